import type { Baseline } from '../contracts/generated/baseline.ts';
import type { PatchLock } from '../contracts/generated/patch-lock.ts';
import { type ForeignPackage, WHY_FOREIGN, WHY_STAYS } from '../domain/foreign-package.ts';
import { compareLocked } from '../domain/lock-entries.ts';
import type { Observation } from '../domain/observation.ts';
import { parseLockKey } from '../domain/purl.ts';
import { sortedBy } from '../util/sort.ts';

type Owners = readonly Pick<Baseline, 'id' | 'owner'>[];
const ownerOf = (baselines: Owners, id: string): string | null =>
  baselines.find((b) => b.id === id)?.owner ?? null;

/** An origin of hosts of which no package source of the config knows a package. */
export interface UnknownOrigin {
  readonly stream: string;
  readonly origin: string;
  readonly assets: number;
  readonly names: readonly string[];
}

export const unknownOrigins = (rows: readonly UnknownOrigin[]): readonly Observation[] =>
  sortedBy(
    rows,
    (r) => r.origin,
    (r) => r.stream,
  ).map(({ stream, origin, assets, names }) => ({
    ...{ code: 'unknown-origin', subject: origin, owner: null, assets, names },
    sentence: `hosts of ${stream} get packages from ${origin}, which no package source of patchwarden.json has: declare it there, or remove it from the hosts`,
  }));

/** Foreign packages that no pull request takes back. What is about to be replaced is not worth a look. */
export const foreignStays = (
  foreign: readonly (ForeignPackage & { readonly baseline: string })[],
  baselines: Owners,
): readonly Observation[] =>
  foreign.flatMap(({ baseline, ring, name, version, locked, why, stays, assets }): readonly Observation[] =>
    stays === null || stays === 'newer-wanted'
      ? []
      : [
          {
            ...{ code: 'foreign-stays', subject: `${baseline}/${ring}`, owner: ownerOf(baselines, baseline) },
            ...{ assets, names: [] },
            sentence: `${name} ${version} is newer than the ${locked} of the lock, and ${WHY_FOREIGN[why]}; it stays: ${WHY_STAYS[stays]}`,
          },
        ],
  );

/** A package that a rollout once brought to hosts, and that they have in another version now. */
export interface OncePatched {
  readonly baseline: string;
  readonly ring: string;
  /** The lock key. */
  readonly key: string;
  /** Version that the rollout brought, and the one that is installed. */
  readonly to: string;
  readonly version: string;
  readonly assets: number;
  readonly names: readonly string[];
}

/**
 * Hosts once patched and behind again, by package. Apply patches them anew; that somebody or something undid it is what has
 * to be looked at. A version that the lock does not want any more says nothing.
 */
export const behindAgain = (
  rows: readonly OncePatched[],
  lockOf: (baseline: string, ring: string) => PatchLock | undefined,
  baselines: Owners,
): readonly Observation[] =>
  sortedBy(
    rows,
    (r) => r.baseline,
    (r) => r.ring,
    (r) => r.key,
    (r) => r.version,
  ).flatMap(({ baseline, ring, key, to, version, assets, names }): readonly Observation[] => {
    const entry = lockOf(baseline, ring)?.entries[key];
    if (!entry || compareLocked(key, entry.version, to) !== 0 || compareLocked(key, version, to) >= 0)
      return [];
    const name = parseLockKey(key)?.name ?? key;
    return [
      {
        ...{ code: 'behind-again', subject: `${baseline}/${ring}`, owner: ownerOf(baselines, baseline) },
        ...{ assets, names },
        sentence: `these hosts had ${name} ${to} by a rollout and have ${version} again: apply patches them anew; find out who or what takes them back (an image, a restored snapshot, another patcher)`,
      },
    ];
  });
