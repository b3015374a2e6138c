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

/** Newest version of each package; of equal ones that of a security archive, then of the smallest origin. */
export interface CandidateIndex {
  newest(component: Pick<Component, 'name' | 'arch'>): Candidate | undefined;
  readonly empty: boolean;
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
    empty: candidates.length === 0,
    newest: ({ name, arch }) =>
      sortedBy(
        // A package may become independent of the architecture, or stop being it.
        (byName.get(name) ?? []).filter((c) => c.arch === arch || c.arch === 'all' || arch === 'all'),
        (c) => c.origin,
      ).sort((a, b) => compareDpkg(b.version, a.version) || Number(b.security) - Number(a.security))[0],
  };
}
