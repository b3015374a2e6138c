import type { Baseline } from '../contracts/generated/baseline.ts';
import type { PatchLock } from '../contracts/generated/patch-lock.ts';
import { type ContentFacts, diffLocks } from './content-digest.ts';
import { lockPathOf } from './document-paths.ts';

/** One changed path of a proposal, with what a lock was and becomes. */
export interface ContentChange {
  readonly path: string;
  /** New blob id; null when deleted. */
  readonly blob: string | null;
  /** Only for locks that can be read on both sides; others are bound by their blob. */
  readonly lock?: { readonly before: PatchLock | null; readonly after: PatchLock | null };
}

/**
 * What an approval binds to, from the difference between the protected branch and the tree that would land.
 * @param baselines those of the tree that would land, by id: which hosts a ring means is part of what is approved
 */
export function contentFacts(
  subject: { readonly repository: string; readonly kind: string; readonly scope: string },
  changes: readonly ContentChange[],
  baselines: ReadonlyMap<string, Baseline>,
): ContentFacts {
  const selector = (path: string): unknown => {
    const at = lockPathOf(path);
    return baselines.get(at?.baseline ?? '')?.rings.find((r) => r.id === at?.ring)?.select ?? null;
  };
  return {
    ...subject,
    locks: changes.flatMap(({ path, lock }) =>
      lock ? [diffLocks(path, lock.before, lock.after, selector(path))] : [],
    ),
    paths: changes.flatMap(({ path, blob, lock }) => (lock ? [] : [{ path, blob }])),
  };
}
