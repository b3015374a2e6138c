import { type HostedApi, HostedFailure, type HostedPull } from './hosted-api.ts';
import type { OctokitDeps, OctokitPlace } from './hosted-api-connect.ts';
import { hostedIssue, hostedReview, type RestPull, type RestReview } from './hosted-api-forms.ts';
import { giteaAutoMerge } from './hosted-api-gitea-merge.ts';
import { octokitApi } from './hosted-api-octokit.ts';

interface TimelineEvent {
  readonly type?: string;
  readonly user?: { readonly login?: string; readonly id?: number } | null;
  readonly label?: { readonly name?: string } | null;
  /** Of a label: `1` where it was set, empty where it was taken away. */
  readonly body?: string;
}

interface RestIssue {
  readonly id: number;
  readonly number: number;
  readonly title: string;
  readonly body?: string | null;
  readonly state: string;
  readonly user?: { readonly login?: string } | null;
}

interface Label {
  readonly id: number;
  readonly name: string;
}

const PULLS = 'GET /repos/{owner}/{repo}/pulls';
const LABELS = '/repos/{owner}/{repo}/issues/{issue_number}/labels';
/** As many as a page has at most, unless the server has a lower limit. */
const PAGE = 50;

/** Milliseconds between looks for a branch that was just pushed: Gitea enters it some time later. */
const LOOKS = [100, 200, 400, 800, 1600, 3200];

/** Gitea and Forgejo, through octokit, with their own forms where they differ from GitHub's. */
export function giteaApi(place: OctokitPlace, deps: OctokitDeps): HostedApi {
  // Alone, a pull request has the commit of its branch as its head even when it is over and others use the branch.
  const alone = (rest: RestPull, pull: HostedPull): HostedPull =>
    named(rest, pull.state === 'open' ? pull : { ...pull, head: null });
  const shared = octokitApi('gitea', place, deps, {
    alone,
    change: ({ version, ...change }) => ({ ...change, content_version: version }),
  });
  const { api, octokit, read, write, at, pullOf, mergeOf } = shared;
  const autoMerge = giteaAutoMerge(shared, deps.clock);
  const listed = (rest: RestPull): HostedPull => named(rest, pullOf(rest));

  /** Every page, asked for by its number: links lead to where the server believes that it is. */
  const pages = async <T extends { readonly id: number }>(route: string, query: object): Promise<T[]> => {
    const found = new Map<number, T>();
    for (let page = 1, seen = 0; ; page += 1) {
      const answer = await octokit.request(route, { ...at, ...query, limit: PAGE, page });
      const rows = (answer.data ?? []) as readonly T[];
      for (const row of rows) found.set(row.id, row);
      seen += rows.length;
      const total = Number(answer.headers['x-total-count'] ?? Number.NaN);
      // What the account may not see is counted, so that only an empty page is surely the end.
      if (rows.length === 0 || seen >= total) return [...found.values()];
    }
  };
  const listOf = async (state: 'open' | 'all'): Promise<readonly HostedPull[]> =>
    (await pages<RestPull & { readonly id: number }>(PULLS, { state, sort: 'oldest' })).map(listed);

  /** A pull request of a branch that Gitea has not entered yet would be refused as one of no branch at all. */
  const untilEntered = async (branch: string): Promise<void> => {
    const route = 'GET /repos/{owner}/{repo}/branches/{branch}';
    for (const ms of LOOKS) {
      const answer = await read(() => octokit.request(route, { ...at, branch }).catch(absent));
      if (answer.data !== null) return;
      await deps.clock.sleep(ms);
    }
  };

  // There is no way to ask for those of one branch, so that all are asked for once between two writes.
  let all: Promise<readonly HostedPull[]> | undefined;
  const forgetting =
    <A extends unknown[], R>(request: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      all = undefined;
      return request(...args).finally(() => {
        all = undefined;
      });
    };

  const timelineOf = async (number: number): Promise<readonly TimelineEvent[]> => {
    const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}/timeline';
    const { data } = await octokit.request(route, { ...at, issue_number: number });
    return (data ?? []) as unknown as readonly TimelineEvent[];
  };

  return {
    ...api,
    autoMerge,
    openPulls: forgetting(() => read(() => listOf('open'))),
    pullsOf: async (branch) => {
      all ??= read(() => listOf('all')).catch((error: unknown) => {
        all = undefined;
        throw error;
      });
      return (await all).filter((p) => p.branch === branch);
    },
    create: forgetting(async (pull) => {
      await untilEntered(pull.branch);
      return api.create(pull);
    }),
    update: forgetting(api.update),
    findIssue: (author, text) =>
      read(async () => {
        const query = { state: 'all', type: 'issues', created_by: author };
        const issues = await pages<RestIssue>('GET /repos/{owner}/{repo}/issues', query);
        const found = issues.filter((i) => i.user?.login === author && (i.body ?? '').includes(text));
        const [first] = found.sort((a, b) => a.number - b.number);
        return first && hostedIssue(first);
      }),
    mergedAs: (commit) =>
      read(async () => {
        const route = 'GET /repos/{owner}/{repo}/commits/{sha}/pull';
        const { data } = await octokit.request(route, { ...at, sha: commit }).catch(absent);
        const found = data as { readonly number: number; readonly merge_commit_sha?: string } | null;
        return found?.merge_commit_sha === commit ? mergeOf(found.number) : undefined;
      }),
    // An issue does not say who closed it; its timeline does, all of it where no page is asked for.
    closedBy: (number) =>
      read(async () => {
        const events = await timelineOf(number);
        const last = events.findLastIndex((e) => e.type === 'close');
        const account = events[last]?.user?.login;
        const next = events[last + 1];
        const byDeletion = next?.type === 'delete_branch' && next.user?.login === account;
        return account === undefined ? undefined : { account, byDeletion };
      }),
    reviews: (number) =>
      read(async () => {
        const route = 'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews';
        const reviews = await pages<RestReview>(route, { pull_number: number });
        return reviews.map((r) => hostedReview('gitea', r));
      }),
    labelledBy: (number, label) =>
      read(async () => {
        const set = (await timelineOf(number)).findLast(
          (e) => e.type === 'label' && e.body === '1' && e.label?.name === label,
        );
        return set?.user?.id === undefined ? undefined : `gitea:${set.user.id}`;
      }),
    loginOf: (number) =>
      read(async () => {
        const { data } = await octokit.request('GET /users/search', { uid: number });
        const found = (data as { readonly data?: readonly { readonly id: number; readonly login: string }[] })
          .data;
        return found?.find((u) => u.id === number)?.login;
      }),
    // By number, not by name; there can be two of one name.
    unlabel: async (number, name) => {
      const which = { ...at, issue_number: number };
      const { data } = await read(() => octokit.request(`GET ${LABELS}`, which));
      for (const label of (data as readonly Label[]).filter((l) => l.name === name))
        await write(async () => {
          await octokit.request(`DELETE ${LABELS}/{id}`, { ...which, id: label.id, request: { retries: 0 } });
        }).catch(gone);
    },
  };
}

/** Once a branch is deleted only the label has its name; a pull request without any branch has none. */
const named = ({ head }: RestPull, pull: HostedPull): HostedPull => ({
  ...pull,
  branch: head.label || head.ref,
});

const absent = (error: unknown): { readonly data: null } => {
  if ((error as { status?: number }).status !== 404) throw error;
  return { data: null };
};

function gone(error: unknown): void {
  if (!(error instanceof HostedFailure) || error.kind !== 'missing') throw error;
}
