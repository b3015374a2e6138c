import type { AdvisoryRow, AffectedRow } from '../../../src/contracts/generated/fleet-rows.ts';
import type { Component } from '../../../src/domain/component.ts';
import { advisoryKind } from '../../../src/observe/osv.ts';

/** An advisory with usual values; its kind follows from its id. */
export const anAdvisory = (advisory: string, facts: Partial<AdvisoryRow> = {}): AdvisoryRow => ({
  advisory,
  kind: advisoryKind(advisory),
  aliases: [],
  related: [],
  summary: '',
  published: null,
  modified: null,
  withdrawn: null,
  severity: 'unknown',
  severitySource: 'none',
  score: null,
  feed: 'test',
  ...facts,
});

/** A range of glibc in Debian 12, from the beginning and without an end. */
export const aRange = (advisory: string, facts: Partial<AffectedRow> = {}): AffectedRow => ({
  advisory,
  ecosystem: 'debian:12',
  package: 'glibc',
  scheme: 'dpkg',
  introduced: '0',
  fixed: null,
  lastAffected: null,
  versions: [],
  urgency: null,
  ...facts,
});

export const aComponent = (facts: Partial<Component> = {}): Component => {
  const name = facts.name ?? 'libc6';
  const version = facts.version ?? '2.36-9+deb12u1';
  return {
    name,
    version,
    arch: 'amd64',
    sourcePackage: 'glibc',
    sourceVersion: version,
    held: false,
    state: 'installed',
    ...facts,
  };
};
