import { compareCodePoints, sortedBy } from '../util/sort.ts';
import type { RolloutHost } from './rollout.ts';

/** A host that could be a canary, with what it would exercise: its class, and each untested entry that it gets. */
export interface Candidate {
  readonly asset: string;
  readonly covers: readonly string[];
}

export interface Cover {
  /** Sorted. */
  readonly hosts: readonly string[];
  /** What no chosen host exercises, sorted. */
  readonly uncovered: readonly string[];
}

/** A search over all subsets is done up to so many candidates; above that greedy choice is at most ln(n) times worse. */
const EXACT = 14;

/** Stream, kernel and the labels that make hosts different, as one readable key. */
export const classOf = (host: RolloutHost, labels: readonly string[]): string =>
  [host.stream, host.kernel ?? 'no kernel', ...labels.map((l) => `${l}=${host.labels[l] ?? '-'}`)].join(
    ' · ',
  );

/**
 * The smallest set of hosts that together exercise everything: exact for few candidates, greedy for many. The same
 * candidates in any order give the same set.
 * @param limit at most so many hosts; undefined: as many as it takes
 */
export function coveringCanary(candidates: readonly Candidate[], limit?: number): Cover {
  const all = [...new Set(candidates.flatMap((c) => c.covers))].sort(compareCodePoints);
  const useful = distinct(candidates);
  const greedy = greedyCover(useful, all.length);
  const best = useful.length <= EXACT ? (exactCover(useful, all, greedy.length - 1) ?? greedy) : greedy;
  // Cut short, the greedy order keeps those that exercise most.
  const chosen = limit !== undefined && best.length > limit ? greedy.slice(0, limit) : best;
  const covered = new Set(chosen.flatMap((c) => c.covers));
  return {
    hosts: chosen.map((c) => c.asset).sort(compareCodePoints),
    uncovered: all.filter((e) => !covered.has(e)),
  };
}

/** Of hosts that exercise the same, the first by name stands for all. */
function distinct(candidates: readonly Candidate[]): readonly Candidate[] {
  const byCover = new Map<string, Candidate>();
  for (const c of sortedBy(candidates, (x) => x.asset)) {
    const key = [...new Set(c.covers)].sort(compareCodePoints).join('\n');
    if (c.covers.length > 0 && !byCover.has(key)) byCover.set(key, c);
  }
  return [...byCover.values()];
}

function greedyCover(candidates: readonly Candidate[], total: number): readonly Candidate[] {
  const covered = new Set<string>();
  const chosen: Candidate[] = [];
  const gain = (c: Candidate) => new Set(c.covers.filter((e) => !covered.has(e))).size;
  while (covered.size < total) {
    const best = candidates.reduce((a, b) => (gain(b) > gain(a) ? b : a));
    for (const e of best.covers) covered.add(e);
    chosen.push(best);
  }
  return chosen;
}

/** A cover of at most `most` candidates, the smallest first; undefined when there is none. */
function exactCover(
  candidates: readonly Candidate[],
  all: readonly string[],
  most: number,
): readonly Candidate[] | undefined {
  for (let size = 1; size <= most; size += 1)
    for (const subset of subsets(candidates, size)) {
      const covered = new Set(subset.flatMap((c) => c.covers));
      if (all.every((e) => covered.has(e))) return subset;
    }
  return undefined;
}

function* subsets<T>(items: readonly T[], size: number, from = 0): Generator<readonly T[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let i = from; i <= items.length - size; i += 1)
    for (const rest of subsets(items, size - 1, i + 1)) yield [items[i] as T, ...rest];
}
