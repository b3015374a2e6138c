import type { Component } from '../../domain/component.ts';
import { compareDpkg, isDpkgVersion } from '../../domain/version/dpkg.ts';
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
  offersOf(component: Pick<Component, 'name' | 'arch'>): readonly Candidate[];
}

export function indexCandidates(candidates: readonly Candidate[]): CandidateIndex {
  const byName = new Map<string, Candidate[]>();
  for (const c of candidates) {
    if (!isDpkgVersion(c.version)) continue;
    const list = byName.get(c.name);
    if (list) list.push(c);
    else byName.set(c.name, [c]);
  }
  return {
    offersOf: ({ name, arch }) =>
      sortedBy(
        // A package may become independent of the architecture, or stop being it.
        (byName.get(name) ?? []).filter((c) => c.arch === arch || c.arch === 'all' || arch === 'all'),
        (c) => c.origin,
      ).sort((a, b) => compareDpkg(b.version, a.version) || Number(b.security) - Number(a.security)),
  };
}

/** Offers that are newer than what is installed, in their order; none for a version that has no order. */
export const newerThan = (version: string, offers: readonly Candidate[]): readonly Candidate[] =>
  isDpkgVersion(version) ? offers.filter((c) => compareDpkg(c.version, version) > 0) : [];

/** True while the vendor hands an update out to a part of the machines only. */
export const isPhasing = (c: Candidate): boolean => c.phased !== null && c.phased < 100;
