import { Refusal } from './answers.ts';
import type { MergeMethod } from './backend.ts';
import { type Call, gitPerson } from './call.ts';
import { mayBypass, unmet } from './merge-rules.ts';
import { close, tell } from './record.ts';
import type { PullIssue } from './show-pull.ts';

export interface Wish {
  readonly method: MergeMethod;
  readonly title?: string;
  readonly message?: string;
  readonly sha?: string;
}

/**
 * 405: not mergeable, 409: the given head isn't the head any more.
 * @see https://docs.github.com/en/rest/pulls/pulls#merge-a-pull-request
 * @returns the commit on the base branch.
 */
export async function mergePull(call: Call, issue: PullIssue, wish: Wish): Promise<string> {
  const { pull } = issue;
  if (issue.state === 'closed') throw new Refusal(405, 'Pull Request is not mergeable');
  if (pull.draft) throw new Refusal(405, 'Pull Request is still a draft');
  if (wish.sha !== undefined && wish.sha !== pull.headSha)
    throw new Refusal(409, 'Head branch was modified. Review and try the merge again.');
  const allowed = call.world.methods ?? ['merge', 'squash', 'rebase'];
  if (!allowed.includes(wish.method))
    throw new Refusal(405, `${names[wish.method]} are not allowed on this repository.`);
  if (call.world.protection.get(pull.base)?.queue !== undefined)
    throw new Refusal(405, 'Changes must be made through the merge queue');
  const missing = unmet(call, issue);
  if (missing !== undefined && !mayBypass(call, issue)) throw new Refusal(405, missing);
  const sha = await call.git.merge({
    base: pull.base,
    head: pull.headSha,
    method: wish.method,
    message: messageOf(issue, wish),
    by: gitPerson(call.actor.user, call.at),
  });
  if (sha === undefined) throw await notMerged(call, issue);
  settleMerged(call, issue, sha);
  if (call.world.deleteBranchOnMerge === true) {
    await call.git.deleteBranch(pull.head);
    tell(call, issue, 'head_ref_deleted');
  }
  return sha;
}

/** Both are 405: a conflict, and a base that moved in the meantime (cli/cli#8092). */
async function notMerged(call: Call, { pull }: PullIssue): Promise<Refusal> {
  const moved = await call.git.mergeable(pull.base, pull.headSha);
  const why = moved
    ? 'Base branch was modified. Review and try the merge again.'
    : 'Pull Request is not mergeable';
  return new Refusal(405, why);
}

const names = { merge: 'Merge commits', squash: 'Squash merges', rebase: 'Rebase merges' };

/** @see https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/about-pull-request-merges */
function messageOf(issue: PullIssue, wish: Wish): string {
  const usual =
    wish.method === 'squash'
      ? `${issue.title} (#${issue.number})`
      : `Merge pull request #${issue.number} from ${issue.pull.head}`;
  const body = wish.message ?? (wish.method === 'squash' ? '' : issue.title);
  return `${wish.title ?? usual}${body ? `\n\n${body}` : ''}\n`;
}

export function settleMerged(call: Call, issue: PullIssue, sha: string): void {
  issue.pull.mergedAt = call.at;
  issue.pull.mergedById = call.actor.user.id;
  issue.pull.mergeSha = sha;
  issue.pull.autoMerge = null;
  tell(call, issue, 'merged', { commitId: sha });
  close(call, issue, null, sha);
}
