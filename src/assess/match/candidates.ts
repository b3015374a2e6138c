import { archFits } from '../../domain/arch.ts';
import type { Component } from '../../domain/component.ts';
import { asInOrigins, isModular, moduleOfOrigin } from '../../domain/rpm-module.ts';
import { compareVersions, isVersion, type VersionScheme } from '../../domain/version/compare.ts';
import { sortedBy } from '../../util/sort.ts';

/** A version that an origin offers. `sourceVersion` is null where the origin does not tell it. */
export interface Candidate {
  readonly name: string;
  readonly arch: string;
  readonly version: string;
  readonly sourceVersion: string | null;
  readonly origin: string;
  readonly security: boolean;
  /** Phased-Update-Percentage; null when offered to everybody. */
  readonly phased: number | null;
}

/** What the origins of a host offer, by package. */
export interface CandidateIndex {
  /** Newest first; of equal versions that of a security archive, then of the smallest origin. */
  offersOf(component: Pick<Component, 'name' | 'arch' | 'version' | 'module'>): readonly Candidate[];
  /** Offers that are newer than what is installed, in their order; none for a version that has no order. */
  newerThan(version: string, offers: readonly Candidate[]): readonly Candidate[];
}

/** @param scheme the order of versions on the host; an offer without a place in it does not count */
export function indexCandidates(candidates: readonly Candidate[], scheme: VersionScheme): CandidateIndex {
  const byName = new Map<string, Candidate[]>();
  for (const c of candidates) {
    if (!isVersion(scheme, c.version)) continue;
    const list = byName.get(c.name);
    if (list) list.push(c);
    else byName.set(c.name, [c]);
  }
  return {
    offersOf: (component) =>
      sortedBy(
        // A package may become independent of the architecture, or stop being it.
        (byName.get(component.name) ?? []).filter(
          (c) => archFits(c.arch, component.arch) && ofSameStream(c, component),
        ),
        (c) => c.origin,
      ).sort(
        (a, b) => compareVersions(scheme, b.version, a.version) || Number(b.security) - Number(a.security),
      ),
    newerThan: (version, offers) =>
      isVersion(scheme, version) ? offers.filter((c) => compareVersions(scheme, c.version, version) > 0) : [],
  };
}

/** A modular package becomes one of its own module stream, any other one of none. */
function ofSameStream(offer: Candidate, installed: Pick<Component, 'version' | 'module'>): boolean {
  const modular = isModular(installed.version);
  if (modular !== isModular(offer.version)) return false;
  const stream = modular ? moduleOfOrigin(offer.origin) : undefined;
  return stream === undefined || (installed.module !== undefined && asInOrigins(installed.module) === stream);
}

/** True while the vendor hands an update out to a part of the machines only. */
export const isPhasing = (c: Candidate): boolean => c.phased !== null && c.phased < 100;
