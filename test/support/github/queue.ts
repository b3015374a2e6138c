import { Refusal } from './answers.ts';
import { type Call, gitPerson, userById } from './call.ts';
import { settleMerged } from './merge.ts';
import { passedAt, unmet } from './merge-rules.ts';
import { isPull, tell } from './record.ts';
import type { PullIssue } from './show-pull.ts';

const QUEUE_BOT = 'github-merge-queue[bot]';

/**
 * Puts a pull request whose requirements are met at the end of the queue, and builds it on what is before it, on a branch of
 * its own.
 * @see https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/configuring-pull-request-merges/managing-a-merge-queue
 */
export async function enqueue(call: Call, issue: PullIssue, byId: number): Promise<void> {
  const { state, git, world } = call;
  const { base, headSha } = issue.pull;
  const method = world.protection.get(base)?.queue;
  if (method === undefined) throw new Refusal(422, 'The merge queue is not enabled for this branch');
  if (state.queue.some((q) => q.number === issue.number)) return;
  const onto = state.queue.at(-1)?.head ?? state.branches.get(base) ?? '';
  const branch = `gh-readonly-queue/${base}/pr-${issue.number}-${onto}`;
  await git.setRef(`refs/heads/${branch}`, onto);
  const message = `Merge pull request #${issue.number} from ${issue.pull.head}\n`;
  const by = gitPerson(userById(state, byId), call.at);
  const head = await git.merge({ base: branch, head: headSha, method, message, by });
  if (head === undefined) return git.deleteBranch(branch);
  state.queue.push({ number: issue.number, byId, branch, head });
  tell({ ...call, actor: { user: userById(state, byId), token: null } }, issue, 'added_to_merge_queue');
  issue.pull.autoMerge = null;
}

/** Fast-forwards the base to the heads whose required checks passed, as many at once as there are. */
export async function mergeQueued(call: Call): Promise<void> {
  const { state, git } = call;
  for (let first = state.queue[0]; first !== undefined; first = state.queue[0]) {
    const { number, head, branch } = first;
    const issue = state.issues.filter(isPull).find((one) => one.number === number);
    if (!issue || issue.state !== 'open' || unmet(call, issue) !== undefined) {
      await dropped(call);
      return;
    }
    if (!passedAt(call, issue.pull.base, head)) return;
    await git.setRef(`refs/heads/${issue.pull.base}`, head);
    await git.deleteBranch(branch);
    state.queue.shift();
    const user = state.users.find((u) => u.login === QUEUE_BOT) ?? call.actor.user;
    settleMerged({ ...call, actor: { user, token: null } }, issue, head);
    state.branches = new Map(await git.branches());
  }
}

/** What is behind one that fell out is built anew, when somebody puts it there again. */
async function dropped({ state, git }: Call): Promise<void> {
  for (const { branch } of state.queue.splice(0)) await git.deleteBranch(branch);
}
