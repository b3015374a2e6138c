import { ok, type Result } from '../../domain/result.ts';
import type { Git, GitCommit } from '../../ports/git.ts';
import { type Refusal, refuse, short } from './refusal.ts';

/** A merge may bring what its second parent has, and nothing of its own. */
export async function isCleanMerge(
  git: Pick<Git, 'mergeTree' | 'diffTrees'>,
  commit: GitCommit,
  base: string,
  head: string,
): Promise<Result<true, Refusal>> {
  const merged = await git.mergeTree(base, head);
  if ('conflicts' in merged)
    return refuse(
      commit.id,
      'history/evil-merge',
      `${short(head)} does not merge cleanly into ${short(base)}, so somebody wrote the result by hand`,
      merged.conflicts[0] ?? null,
    );
  if (merged.tree === commit.tree) return ok(true);
  const [odd] = await git.diffTrees(merged.tree, commit.tree);
  return refuse(
    commit.id,
    'history/evil-merge',
    'the merge itself brings a change that its branch does not have',
    odd?.path ?? null,
  );
}
