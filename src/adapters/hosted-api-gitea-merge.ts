import type { Clock } from '../ports/clock.ts';
import { type HostedAutoMerge, HostedFailure } from './hosted-api.ts';
import type { OctokitCalls } from './hosted-api-calls.ts';

interface TimelineEvent {
  readonly type?: string;
  readonly user?: { readonly login?: string } | null;
}

interface Branch {
  readonly protected?: boolean;
  readonly enable_status_check?: boolean;
  readonly status_check_contexts?: readonly string[] | null;
}

interface Repository {
  readonly allow_merge_commits?: boolean;
  readonly allow_squash_merge?: boolean;
}

const ASKED = 'pull_scheduled_merge';
const TAKEN_BACK = 'pull_cancel_scheduled_merge';
const MERGE = '/repos/{owner}/{repo}/pulls/{index}/merge';
/** Milliseconds between attempts: until Gitea has looked at a pull request, it says to try again. */
const LOOKS = [200, 400, 800, 1600, 3200];

/**
 * The scheduled merge of Gitea, at the endpoint that merges as well: what tells them apart is `merge_when_checks_succeed`,
 * which is always set here. Fast-forwards would be merged at once all the same, and are never asked for.
 * @see https://github.com/go-gitea/gitea/issues/35756
 */
export function giteaAutoMerge(
  { at, octokit, once, read, write }: OctokitCalls,
  clock: Pick<Clock, 'sleep'>,
): HostedAutoMerge {
  /** A pull request does not say it, its timeline does. */
  const last = (number: number): Promise<TimelineEvent | undefined> =>
    read(async () => {
      const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}/timeline';
      const { data } = await octokit.request(route, { ...at, issue_number: number });
      const events = (data ?? []) as unknown as readonly TimelineEvent[];
      return events.findLast((e) => e.type === ASKED || e.type === TAKEN_BACK);
    });
  const accountOf = (event: TimelineEvent | undefined, type: string): string | undefined =>
    event?.type === type ? (event.user?.login ?? '') : undefined;

  return {
    askedBy: async (number) => accountOf(await last(number), ASKED),
    takenBackBy: async (number) => accountOf(await last(number), TAKEN_BACK),
    possible: (base, check) =>
      read(async () => {
        const route = 'GET /repos/{owner}/{repo}/branches/{branch}';
        const branch = (await octokit.request(route, { ...at, branch: base })).data as Branch;
        const required = branch.enable_status_check ? (branch.status_check_contexts ?? []) : [];
        return branch.protected === true && required.includes(check);
      }),
    ask: async (number, head) => {
      // What is scheduled is not bound to a head, whatever the request says.
      const pull = await read(() =>
        octokit.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', { ...at, pull_number: number }),
      );
      if (pull.data.head.sha !== head)
        throw new HostedFailure('unknown', `pull request ${number} has another head by now`);
      const repository = await read(() => octokit.request('GET /repos/{owner}/{repo}', at));
      const { allow_merge_commits: merges, allow_squash_merge: squashes } = repository.data as Repository;
      const wish = {
        ...{ ...at, index: number, Do: merges ? 'merge' : squashes ? 'squash' : 'rebase' },
        ...{ merge_when_checks_succeed: true, head_commit_id: head, ...once },
      };
      for (const ms of LOOKS) {
        const looked = await write(async () => {
          await octokit.request(`POST ${MERGE}`, wish);
          return true;
        }).catch(notLookedYet);
        if (looked) return;
        await clock.sleep(ms);
      }
      throw new HostedFailure('unknown', `the forge has not looked at pull request ${number} yet`);
    },
    takeBack: (number) =>
      write(async () => {
        await octokit.request(`DELETE ${MERGE}`, { ...at, index: number, ...once });
      }).catch((error: unknown) => {
        if (!(error instanceof HostedFailure) || error.kind !== 'missing') throw error;
      }),
  };
}

function notLookedYet(error: unknown): false {
  if (error instanceof HostedFailure && /try again later/i.test(error.message)) return false;
  throw error;
}
