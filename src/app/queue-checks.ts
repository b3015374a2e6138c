import { isCleanMerge } from '../audit/history/clean-merge.ts';
import { changeInput, gatherChange } from '../audit/history/gather-change.ts';
import { approvalsOf } from '../audit/history/judge-exported.ts';
import { short } from '../audit/history/refusal.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { Growth } from '../domain/growth.ts';
import type { PullCheck, PullRequest } from '../ports/forge.ts';
import type { CheckPorts } from './check-ports.ts';
import { failedCheck, outgrown, verdictCheck } from './post-checks.ts';
import { fetchedHead } from './pr-context.ts';

/** Branches of a merge queue: each has one pull request on top of what is before it in the queue. */
const QUEUED = /\/pr-(\d+)-[0-9a-f]{40,64}$/;

/**
 * Says the same at the heads that a merge queue made: there the required check is awaited once more. A head is what would
 * land, with everything that is before it in the queue, so each of its merges is judged as the walk will judge it.
 * @see https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/configuring-pull-request-merges/managing-a-merge-queue
 * @param grown those, by number, whose approvals were given for a smaller effect
 * @returns how many checks were written
 */
export async function postQueueChecks(
  ports: CheckPorts,
  pulls: readonly PullRequest[],
  grown: ReadonlyMap<number, Growth> = new Map(),
): Promise<number> {
  const { git, remote, branch, forge } = ports;
  const refs = await git.refs(`refs/remotes/${remote}/gh-readonly-queue/${branch}/`);
  const queued = new Map<string, PullRequest>();
  for (const [ref, tip] of refs) {
    const number = Number(QUEUED.exec(ref)?.[1]);
    const pull = pulls.find((p) => p.number === number);
    if (pull) queued.set(tip, pull);
  }
  if (queued.size === 0) return 0;
  const base = await fetchedHead(ports);
  let written = 0;
  for (const [tip, pull] of queued) {
    const line = await git.firstParentLine(base, tip);
    // Left behind by the protected branch: the queue makes it anew.
    if (line === undefined) continue;
    if (await forge.check?.(tip, await groupCheck({ ...ports, grown }, line, queued, pull))) written += 1;
  }
  return written;
}

/** The first that is not green speaks for all. */
async function groupCheck(
  ports: CheckPorts & { readonly grown: ReadonlyMap<number, Growth> },
  line: readonly string[],
  queued: ReadonlyMap<string, PullRequest>,
  own: PullRequest,
): Promise<PullCheck> {
  let last = failedCheck('it brings nothing', own.contentDigest);
  for (const commit of line) {
    const pull = queued.get(commit);
    if (pull === undefined)
      return failedCheck(
        `${short(commit)} is before it in the queue, and of no open pull request`,
        own.contentDigest,
      );
    const growth = ports.grown.get(pull.number);
    last = growth ? outgrown(growth, pull.contentDigest).check : await mergeCheck(ports, commit, pull);
    if (last.state !== 'success') return last;
  }
  return last;
}

async function mergeCheck(ports: CheckPorts, commit: string, pull: PullRequest): Promise<PullCheck> {
  const { git, forge, remedies } = ports;
  const { number, kind, scope, contentDigest } = pull;
  const head = pull.tip ?? pull.head;
  const no = (why: string): PullCheck => failedCheck(why, contentDigest);
  try {
    const made = await git.readCommit(commit);
    const [base, second] = made.parents;
    if (base === undefined || (second !== undefined && second !== head))
      return no(`${short(commit)} does not merge the head of pull request ${number}`);
    const clean = await isCleanMerge(git, made, base, head);
    if (!clean.ok) return no(clean.error.sentence);
    const gathered = await gatherChange(git, {
      ...{ base, head, tree: commit, pull: number, kind, scope, approvals: [], merger: null },
      halts: await ports.halts(),
    });
    if (!gathered.ok) return no(gathered.error.sentence);
    const { content, authority } = gathered.value;
    const reviews = (await forge.reviews?.(number, head)) ?? [];
    const approvals = approvalsOf(reviews, head, content.digest, authority);
    const input = changeInput({ kind, scope, merger: null }, gathered.value, approvals);
    return verdictCheck((await ports.policyAt(base)).change(input), content.digest, remedies);
  } catch (error) {
    if (!(error instanceof PatchwardenError) || error.code === 'bug' || error.code === 'forge-limited')
      throw error;
    return no(error.message);
  }
}
