import type { PatchLock } from '../contracts/generated/patch-lock.ts';
import { digestOf } from '../util/digest.ts';
import { compareCodePoints } from '../util/sort.ts';

/** The difference between two locks, entry by entry: formatting and order do not count. */
export interface LockDiff {
  readonly path: string;
  readonly generation: number;
  readonly changed: readonly {
    readonly key: string;
    readonly from: PatchLock['entries'][string] | null;
    readonly to: PatchLock['entries'][string] | null;
  }[];
  readonly removes: readonly string[];
  /** The selector of the ring, as canonical text: approving for one group of hosts is not approving for another. */
  readonly ringSelector: unknown;
}

export interface ContentFacts {
  readonly repository: string;
  readonly kind: string;
  readonly scope: string;
  readonly locks: readonly LockDiff[];
  /** Every other path: its new blob id, or null when deleted. */
  readonly paths: readonly { readonly path: string; readonly blob: string | null }[];
}

/**
 * What an approval binds to. Refreshing a proposal with equal content keeps it. Drift brings the same versions whichever
 * generation they are, so that a generation that follows does not bring back what somebody refused.
 */
export const contentDigest = (facts: ContentFacts): string =>
  digestWith(facts, facts.kind === 'drift' ? facts.locks.map(({ generation: _, ...l }) => l) : facts.locks);

/** The digest that approvals and merges of drift were bound to before; null where it is what it was. */
export const earlierContentDigest = (facts: ContentFacts): string | null =>
  facts.kind === 'drift' && facts.locks.length > 0 ? digestWith(facts, facts.locks) : null;

function digestWith(facts: ContentFacts, locks: readonly Omit<LockDiff, 'generation'>[]): string {
  const actions = new Set<string>();
  for (const lock of facts.locks) {
    for (const c of lock.changed)
      actions.add(c.to === null ? 'forget' : c.to.downgradeFrom ? 'downgrade' : c.to.role);
    if (lock.removes.length > 0) actions.add('remove');
  }
  return digestOf({
    repository: facts.repository,
    kind: facts.kind,
    scope: facts.scope,
    locks: [...locks].sort((a, b) => compareCodePoints(a.path, b.path)),
    paths: [...facts.paths].sort((a, b) => compareCodePoints(a.path, b.path)),
    actions: [...actions].sort(compareCodePoints),
  });
}

/** Entry-wise difference of a lock before (null: none) and after. */
export function diffLocks(
  path: string,
  before: PatchLock | null,
  after: PatchLock | null,
  ringSelector: unknown,
): LockDiff {
  const from = before?.entries ?? {};
  const to = after?.entries ?? {};
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort(compareCodePoints);
  return {
    path,
    generation: after?.generation ?? 0,
    changed: keys
      .map((key) => ({ key, from: from[key] ?? null, to: to[key] ?? null }))
      .filter((c) => digestOf(c.from) !== digestOf(c.to)),
    removes: [...(after?.removes ?? [])]
      .filter((r) => !(before?.removes ?? []).includes(r))
      .sort(compareCodePoints),
    ringSelector,
  };
}
