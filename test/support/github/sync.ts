import type { Call } from './call.ts';
import { mergePull, settleMerged } from './merge.ts';
import { unmet } from './merge-rules.ts';
import { enqueue, mergeQueued } from './queue.ts';
import { close, isPull, tell } from './record.ts';
import type { PullIssue } from './show-pull.ts';

/**
 * Takes in what was pushed since the last request: open pull requests follow their branches.
 * The call's actor is taken for who pushed, which Git doesn't tell.
 * @returns whether there was anything.
 */
export async function takeInPushes(call: Call): Promise<boolean> {
  const branches = await call.git.branches();
  const before = call.state.branches;
  if (before.size === branches.size && [...branches].every(([name, sha]) => before.get(name) === sha))
    return false;
  call.state.branches = new Map(branches);
  for (const issue of call.state.issues) {
    if (issue.state !== 'open' || !isPull(issue)) continue;
    await follow(call, issue, branches);
  }
  return true;
}

async function follow(call: Call, issue: PullIssue, branches: ReadonlyMap<string, string>): Promise<void> {
  const { pull } = issue;
  const head = branches.get(pull.head);
  const base = branches.get(pull.base);
  // https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-branches-in-your-repository/deleting-and-restoring-branches-in-a-pull-request
  if (head === undefined || base === undefined) {
    const known = issue.events.at(-1)?.event === 'head_ref_deleted';
    if (head === undefined && !known) tell(call, issue, 'head_ref_deleted');
    return base !== undefined && call.world.openWithoutHead ? undefined : close(call, issue, null);
  }
  const baseMoved = base !== pull.baseSha;
  if (baseMoved) {
    pull.mergeable = null;
    // https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/about-pull-request-merges#indirect-merges
    if (await call.git.isAncestor(head, base)) {
      const old = pull.baseSha;
      const emptied = head !== pull.headSha && (await call.git.isAncestor(head, old));
      return emptied ? close(call, issue, null) : settleMerged(call, issue, base);
    }
    pull.baseSha = base;
  }
  if (head !== pull.headSha) await moveHead(call, issue, head);
}

async function moveHead(call: Call, issue: PullIssue, head: string): Promise<void> {
  const { pull } = issue;
  if (!(await call.git.isAncestor(pull.headSha, head)))
    tell(call, issue, 'head_ref_force_pushed', { commitId: head });
  pull.headSha = head;
  pull.mergeable = null;
  issue.updatedAt = call.at;
  await call.git.setRef(`refs/pull/${issue.number}/head`, head);
  if (call.world.protection.get(pull.base)?.dismissStale) dismissStale(call, issue);
  // A branch without anything of its own has nothing to merge: seen in public repositories, not documented.
  if (await call.git.isAncestor(head, pull.baseSha)) close(call, issue, null);
}

/** @see https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-protected-branches/about-protected-branches#require-pull-request-reviews-before-merging */
function dismissStale(call: Call, issue: PullIssue): void {
  for (const review of issue.pull.reviews) {
    if (review.state !== 'APPROVED') continue;
    review.state = 'DISMISSED';
    tell(call, issue, 'review_dismissed', { dismissed: { reviewId: review.id, message: null } });
  }
}

/** @see https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/automatically-merging-a-pull-request */
export async function mergeWhatIsReady(call: Call): Promise<void> {
  for (const issue of call.state.issues) {
    if (issue.state !== 'open' || !isPull(issue) || !issue.pull.autoMerge) continue;
    if (unmet(call, issue) !== undefined) continue;
    if (!(await call.git.mergeable(issue.pull.base, issue.pull.headSha))) continue;
    const { byId, method } = issue.pull.autoMerge;
    if (call.world.protection.get(issue.pull.base)?.queue !== undefined) {
      await enqueue(call, issue, byId);
      continue;
    }
    const user = call.state.users.find((one) => one.id === byId) ?? call.actor.user;
    await mergePull({ ...call, actor: { user, token: null } }, issue, { method });
  }
  await mergeQueued(call);
}
