import type { Baseline } from '../../../src/contracts/generated/baseline.ts';
import type { HaltEvidence, ProvenEvidence } from '../../../src/contracts/generated/evidence-entry.ts';
import type { PatchLock } from '../../../src/contracts/generated/patch-lock.ts';
import type { Generation } from '../../../src/domain/generations.ts';
import type { LockEntry } from '../../../src/domain/lock-entries.ts';
import { lockKey } from '../../../src/domain/purl.ts';
import { digestOf, sha256Hex } from '../../../src/util/digest.ts';
import { commitId, digest } from './evidence.ts';

export const STREAM = 'debian:12:amd64';
/** The lock key of a package of Debian 12. */
export const key = (name: string, arch = 'amd64'): string => lockKey(STREAM, name, arch);

export const entry = (version: string, over: Partial<LockEntry> = {}): LockEntry => ({
  version,
  sha256: sha256Hex(version),
  size: 1,
  origin: 'debian:bookworm-security/main',
  role: 'upgrade',
  advisories: [],
  firstSeen: '2024-10-01',
  approvedBy: 'security',
  ...over,
});

/** Entries by package name. */
export const lock = (
  ring: string,
  generation: number,
  entries: Readonly<Record<string, LockEntry>>,
  over: Partial<PatchLock> = {},
): PatchLock => ({
  apiVersion: 'patchwarden/v1',
  kind: 'PatchLock',
  id: ring,
  baseline: 'servers',
  ring,
  generation,
  closure: 'checked',
  entries: Object.fromEntries(Object.entries(entries).map(([name, e]) => [key(name), e])),
  removes: [],
  resolvedFrom: {
    baseline: digest('b'),
    fleet: digest('b'),
    intel: digest('b'),
    packages: digest('b'),
    policy: digest('b'),
  },
  ...over,
});

export const generation = (of: PatchLock, over: Partial<Generation> = {}): Generation => ({
  baseline: of.baseline,
  ring: of.ring,
  generation: of.generation,
  digest: digestOf(of),
  lock: of,
  merge: commitId(`${of.ring.length}${of.generation}`),
  kind: 'remediate',
  at: `2024-10-${String(of.generation).padStart(2, '0')}T08:00:00Z`,
  ...over,
});

export const proven = (of: Generation, over: Partial<ProvenEvidence> = {}): ProvenEvidence => ({
  apiVersion: 'patchwarden/v1',
  type: 'proven',
  time: '2024-10-20T10:00:00Z',
  baseline: of.baseline,
  ring: of.ring,
  generation: of.generation,
  lock: of.digest,
  merge: of.merge,
  patched: 3,
  others: 0,
  ...over,
});

/** A gate's halt of one package version. */
export const halt = (name: string, version: string, over: Partial<HaltEvidence> = {}): HaltEvidence => {
  const scope = { kind: 'package', stream: STREAM, package: name, version } as const;
  return {
    apiVersion: 'patchwarden/v1',
    type: 'halt',
    time: '2024-10-21T10:00:00Z',
    id: digestOf(scope),
    scope,
    reason: 'web-1: probe http failed',
    by: 'gate',
    ...over,
  };
};

export const rings = (...ids: readonly string[]): Baseline['rings'] =>
  ids.map((id) => ({ id, select: { all: [{ label: 'ring', in: [id] }] } }));

/** Baseline `servers` with the rings canary, early and prod, rolled out from here. */
export const ringedBaseline = (over: Partial<Baseline> = {}): Baseline => ({
  apiVersion: 'patchwarden/v1',
  kind: 'Baseline',
  id: 'servers',
  owner: 'team:ops',
  mode: 'apply',
  select: {},
  priority: 10,
  approve: [{ id: 'security', match: {} }],
  deadlines: [],
  rings: rings('canary', 'early', 'prod'),
  ...over,
});
