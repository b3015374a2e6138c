import { PatchwardenError } from '../../domain/errors.ts';
import { fail, type Result } from '../../domain/result.ts';
import type { Git } from '../../ports/git.ts';
import { lookAhead } from '../../util/look-ahead.ts';
import { judgeMerge } from './judge-merge.ts';
import type { LoggedObjects } from './logged-objects.ts';
import { type Refusal, refusal, short, unverified } from './refusal.ts';
import type { HistoryDeps, VerifiedMerge } from './verified-merge.ts';

export interface WalkDeps {
  readonly git: HistoryDeps['git'] & Pick<Git, 'firstParentLine' | 'isShallow'>;
  readonly policy: HistoryDeps['policy'];
}

export interface WalkInput {
  /** Full commit id, given from outside of the repository. */
  readonly anchor: string;
  /** Full commit id of the head of the protected branch. */
  readonly head: string;
  /** Signed objects of the evidence: exports of a forge's merges, and approvals whose references are gone. */
  readonly objects?: LoggedObjects;
}

/** Commits that are judged at a time: their signatures are checked together, by other processes. */
const AHEAD = 16;

export type WalkResult =
  | { readonly kind: 'verified'; readonly head: string; readonly merges: readonly VerifiedMerge[] }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/**
 * Walks the first-parent line from the trust anchor to the head and believes nothing else (R4): every commit that touches
 * what is governed must be a merge that {@link judgeMerge} accepts, with the keys and roles at its own first parent. The
 * first that does not stand ends the walk: what comes after it has no basis.
 */
export async function walkHistory(deps: WalkDeps, input: WalkInput): Promise<WalkResult> {
  const { git } = deps;
  const { anchor, head } = input;
  const refused = (...facts: Parameters<typeof refusal>): WalkResult => ({
    kind: 'refused',
    refusal: refusal(...facts),
  });
  if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(anchor) || (await git.resolve(anchor)) !== anchor)
    return refused(
      anchor,
      'history/anchor',
      'the trust anchor is not the full id of a commit of this repository',
    );
  if (await git.isShallow())
    return refused(
      head,
      'history/shallow',
      'this clone lacks older history (a shallow clone); run git fetch --unshallow',
    );
  const line = await git.firstParentLine(anchor, head);
  if (line === undefined)
    return refused(
      head,
      'history/anchor',
      `the trust anchor ${short(anchor)} is not on the first-parent line of the protected branch: the branch was rewritten, or the anchor belongs to another one`,
    );

  const merges: VerifiedMerge[] = [];
  // Each is judged by what its own first parent says, so that the next ones can be looked at meanwhile.
  for await (const [commit, verdict] of lookAhead(line, AHEAD, (c) => judged(deps, c, input.objects))) {
    if (!verdict.ok) return { kind: 'refused', refusal: verdict.error };
    if (!verdict.value) continue;
    const { pull } = verdict.value;
    // Not the approval's id: the same signature can be wrapped again under another one.
    const before = merges.find((m) => m.pull === pull);
    if (before)
      return refused(
        commit,
        'history/merged-twice',
        `pull request ${pull} was merged before, by ${short(before.commit)}; its approvals count once`,
        verdict.value.paths[0]?.path,
      );
    merges.push(verdict.value);
  }
  return { kind: 'verified', head, merges };
}

/** The verified head and its merges, for those who cannot go on without. Throws `history-unverified`. */
export async function requireVerified(
  deps: WalkDeps,
  input: WalkInput,
): Promise<Extract<WalkResult, { kind: 'verified' }>> {
  const result = await walkHistory(deps, input);
  if (result.kind === 'refused') throw unverified(result.refusal);
  return result;
}

/** A commit that cannot even be read is no failure of ours: it is not accepted. */
async function judged(
  deps: WalkDeps,
  commit: string,
  objects: LoggedObjects | undefined,
): Promise<Result<VerifiedMerge | null, Refusal>> {
  try {
    return await judgeMerge(deps, commit, objects);
  } catch (error) {
    if (error instanceof PatchwardenError && ['forge-failed', 'bad-document'].includes(error.code))
      return fail(refusal(commit, 'history/unreadable', error.message));
    throw error;
  }
}
