import { Octokit } from 'octokit';
import { instantOf } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Pace } from './forge-pace.ts';
import {
  type HostedApi,
  type HostedChange,
  HostedFailure,
  type HostedIssue,
  type HostedMerge,
  type HostedPull,
  type HostedReview,
  type HostedStatus,
} from './hosted-api.ts';
import { failureOf } from './hosted-failure.ts';

export interface OctokitPlace {
  readonly owner: string;
  readonly repo: string;
  /** Of the API, such as `https://api.github.com` or `https://git.example.org/api/v1`; no slash at the end. */
  readonly baseUrl: string;
}

export interface OctokitDeps {
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
  readonly pace: Pace;
  /** The token to send now; asked again after a 401, for tokens expire in the middle of runs. */
  readonly token: (last?: string) => Promise<string>;
  readonly fetch?: typeof fetch;
  /** Milliseconds that the first repetition of a read waits, then four and nine times as long. */
  readonly retryMs?: number;
  /** Whether the throttling plugin keeps writes a second apart; off where time is not real. */
  readonly spacing?: boolean;
}

/** A pull request as GitHub and Gitea give it. */
export interface RestPull {
  readonly number: number;
  readonly title: string;
  readonly body?: string | null;
  readonly state: string;
  readonly merged_at?: string | null;
  readonly merge_commit_sha?: string | null;
  readonly created_at: string;
  readonly user?: { readonly login: string } | null;
  readonly head: {
    readonly label?: string;
    readonly ref: string;
    readonly sha: string;
    readonly repo?: { readonly full_name?: string } | null;
  };
  readonly base: { readonly ref: string };
  readonly labels?: readonly { readonly name?: string }[];
  readonly content_version?: number;
}

/** Where a forge has forms of its own. */
interface OwnForms {
  /** @param rest what it answered about one pull request alone, which may be less true than in a list */
  readonly alone?: (rest: RestPull, pull: HostedPull) => HostedPull;
  readonly change?: (change: HostedChange) => object;
}

/**
 * What GitHub and Gitea have in common. Reads are repeated after a 5xx (they do nothing), writes never: whether one
 * happened is looked at before it is tried again. No answer waits out a limit; the pace remembers it instead.
 */
export function octokitApi(
  kind: 'github' | 'gitea',
  place: OctokitPlace,
  deps: OctokitDeps,
  own: OwnForms = {},
) {
  const { owner, repo } = place;
  const at = { owner, repo };
  const octokit = authenticate(new (connect(place, deps))(), deps.token);
  const asked = async <T>(request: () => Promise<T>): Promise<T> => {
    try {
      return await request();
    } catch (error) {
      throw failureOf(error, deps.clock.now());
    }
  };
  const read = <T>(request: () => Promise<T>): Promise<T> => deps.pace.read(() => asked(request));
  const write = <T>(request: () => Promise<T>): Promise<T> => deps.pace.write(() => asked(request));
  const once = { request: { retries: 0 } };
  const pullOf = (pull: RestPull): HostedPull => hostedPull(pull, `${owner}/${repo}`);
  const alone = (rest: RestPull): HostedPull => own.alone?.(rest, pullOf(rest)) ?? pullOf(rest);
  let login: string | undefined;
  const mergeOf = async (number: number): Promise<HostedMerge> => {
    const which = { ...at, pull_number: number };
    const { data } = await octokit.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', which);
    return { pull: alone(data), merger: `${kind}:${data.merged_by?.id ?? 0}` };
  };

  const api = {
    login: async () => {
      login ??= await read(async () => (await octokit.request('GET /user')).data.login);
      return login;
    },
    openPulls: () =>
      read(async () => {
        const pulls = await octokit.paginate('GET /repos/{owner}/{repo}/pulls', {
          ...at,
          ...{ state: 'open', sort: 'created', direction: 'asc', per_page: 100 },
        });
        return pulls.map(pullOf);
      }),
    pullsOf: (branch: string) =>
      read(async () => {
        const pulls = await octokit.paginate('GET /repos/{owner}/{repo}/pulls', {
          ...at,
          ...{ state: 'all', head: `${owner}:${branch}`, sort: 'created', direction: 'asc', per_page: 100 },
        });
        // A forge that does not know this filter ignores it.
        return pulls.map(pullOf).filter((p) => p.branch === branch);
      }),
    pull: (number: number) =>
      read(async () =>
        alone(
          (
            await octokit.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', {
              ...at,
              pull_number: number,
            })
          ).data,
        ),
      ),
    create: ({ title, body, branch, base }: Parameters<HostedApi['create']>[0]) =>
      write(async () => {
        const pull = { ...at, title, body, head: branch, base, ...once };
        return alone((await octokit.request('POST /repos/{owner}/{repo}/pulls', pull)).data);
      }),
    update: (number: number, { version, ...change }: HostedChange) =>
      write(async () => {
        const fields = own.change?.({ version, ...change }) ?? change;
        const next = { ...at, pull_number: number, ...fields, ...once };
        return alone((await octokit.request('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', next)).data);
      }),
    closedBy: (number: number) =>
      read(async () => {
        const issue = { ...at, issue_number: number };
        const { data } = await octokit.request('GET /repos/{owner}/{repo}/issues/{issue_number}', issue);
        return data.closed_by ? { account: data.closed_by.login, byDeletion: false } : undefined;
      }),
    comments: (number: number) =>
      read(async () => {
        const comments = await octokit.paginate('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
          ...at,
          issue_number: number,
          per_page: 100,
        });
        return comments.map((c) => ({ author: c.user?.login ?? '', body: c.body ?? '' }));
      }),
    comment: (number: number, body: string) =>
      write(async () => {
        const comment = { ...at, issue_number: number, body, ...once };
        await octokit.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', comment);
      }),
    findIssue: (author: string, text: string) =>
      read(async () => {
        const pages = octokit.paginate.iterator('GET /repos/{owner}/{repo}/issues', {
          ...at,
          ...{ creator: author, state: 'all', sort: 'created', direction: 'asc', per_page: 100 },
        });
        for await (const { data } of pages) {
          const found = data.find((i) => (i.pull_request ?? null) === null && (i.body ?? '').includes(text));
          if (found) return hostedIssue(found);
        }
        return undefined;
      }),
    createIssue: (title: string, body: string) =>
      write(async () => {
        await octokit.request('POST /repos/{owner}/{repo}/issues', { ...at, title, body, ...once });
      }),
    updateIssue: (number: number, body: string) =>
      write(async () => {
        const issue = { ...at, issue_number: number, body, ...once };
        await octokit.request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', issue);
      }),
    mergedAs: (commit: string) =>
      read(async () => {
        const { data } = await octokit.request('GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', {
          ...at,
          commit_sha: commit,
        });
        const found = data.find((p) => p.merged_at && p.merge_commit_sha === commit);
        return found && mergeOf(found.number);
      }),
    reviews: (number: number) =>
      read(async () => {
        const reviews = await octokit.paginate('GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews', {
          ...at,
          ...{ pull_number: number, per_page: 100 },
        });
        return reviews.map((r) => hostedReview(kind, r));
      }),
    status: (commit: string, context: string) =>
      read(async () => {
        const statuses = await octokit.paginate('GET /repos/{owner}/{repo}/commits/{ref}/statuses', {
          ...at,
          ...{ ref: commit, per_page: 100 },
        });
        const newest = statuses
          .filter((s) => s.context === context)
          .reduce<(typeof statuses)[number] | undefined>((a, b) => (a && a.id > b.id ? a : b), undefined);
        return newest && statusOf(newest);
      }),
    setStatus: (sha: string, context: string, { state, description }: Omit<HostedStatus, 'author'>) =>
      write(async () => {
        const status = { ...at, sha, context, state: state as 'success', description, ...once };
        await octokit.request('POST /repos/{owner}/{repo}/statuses/{sha}', status);
      }),
    labelledBy: (number: number, label: string) =>
      read(async () => {
        const events = await octokit.paginate('GET /repos/{owner}/{repo}/issues/{issue_number}/events', {
          ...at,
          ...{ issue_number: number, per_page: 100 },
        });
        const set = events.findLast(
          (e) => e.event === 'labeled' && 'label' in e && (e.label as { name?: string }).name === label,
        );
        return set?.actor ? `${kind}:${set.actor.id}` : undefined;
      }),
    unlabel: (number: number, label: string) =>
      write(async () => {
        const which = { ...at, issue_number: number, name: label, ...once };
        await octokit.request('DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}', which);
      }).catch((error: unknown) => {
        if (!(error instanceof HostedFailure) || error.kind !== 'missing') throw error;
      }),
  } satisfies HostedApi;
  return { api, octokit, read, write, at, pullOf, mergeOf };
}

/** Octokit with our settings, without an account. */
export const connect = ({ baseUrl }: OctokitPlace, deps: Omit<OctokitDeps, 'token'>): typeof Octokit => {
  const never = (): boolean => false;
  return Octokit.defaults({
    baseUrl,
    userAgent: 'patchwarden',
    log: { debug: () => undefined, info: () => undefined, warn: deps.log.warn, error: deps.log.warn },
    request: deps.fetch ? { fetch: deps.fetch } : {},
    retry: { retryAfterBaseValue: deps.retryMs ?? 1000, doNotRetry: FINAL },
    throttle: { enabled: deps.spacing ?? true, onRateLimit: never, onSecondaryRateLimit: never },
  });
};

const FINAL = [400, 401, 403, 404, 409, 410, 422, 429, 451];

/** Sends the token of the moment; once more with another one when it is refused. */
function authenticate(octokit: Octokit, token: OctokitDeps['token']): Octokit {
  octokit.hook.wrap('request', async (request, options) => {
    // Hooks share one object of options; a copy of it would not reach the request.
    const send = (now: string) => {
      options.headers.authorization = `token ${now}`;
      return request(options);
    };
    const first = await token();
    try {
      return await send(first);
    } catch (error) {
      if ((error as { status?: number }).status !== 401) throw error;
      const next = await token(first);
      if (next === first) throw error;
      return await send(next);
    }
  });
  return octokit;
}

/** Gitea calls the state a status. */
const statusOf = (given: {
  readonly state?: string;
  readonly status?: string;
  readonly description: string | null;
  readonly creator?: { readonly login: string } | null;
}): HostedStatus => ({
  state: given.state ?? given.status ?? '',
  description: given.description ?? '',
  author: given.creator?.login ?? '',
});

export const hostedIssue = (issue: {
  readonly number: number;
  readonly title: string;
  readonly body?: string | null;
  readonly state: string;
}): HostedIssue => ({ number: issue.number, title: issue.title, body: issue.body ?? '', state: issue.state });

export interface RestReview {
  readonly id: number;
  readonly user?: { readonly id: number } | null;
  readonly state: string;
  readonly commit_id?: string | null;
  readonly submitted_at?: string | null;
  readonly dismissed?: boolean;
}

/** Accounts that are gone have no number of their own, so that nobody can answer for their reviews. */
export function hostedReview(kind: 'github' | 'gitea', review: RestReview): HostedReview {
  const account = review.user?.id ?? 0;
  const at = Date.parse(review.submitted_at ?? '');
  const known = account > 0 && Number.isFinite(at);
  const verdict = VERDICTS[review.dismissed === true ? 'DISMISSED' : review.state];
  return {
    id: review.id,
    account: `${kind}:${account}`,
    verdict: (known ? verdict : undefined) ?? 'none',
    commit: review.commit_id ?? '',
    at: known ? instantOf(at) : '',
  };
}

/** A dismissed review is taken back; a comment is no verdict. Gitea says REQUEST_CHANGES where GitHub says CHANGES_REQUESTED. */
const VERDICTS: Readonly<Record<string, 'approved' | 'refused'>> = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'refused',
  REQUEST_CHANGES: 'refused',
  DISMISSED: 'refused',
};

const hostedPull = (pull: RestPull, repository: string): HostedPull => ({
  number: pull.number,
  title: pull.title,
  body: pull.body ?? '',
  branch: pull.head.ref,
  ownBranch: pull.head.repo?.full_name?.toLowerCase() === repository.toLowerCase(),
  head: pull.head.sha,
  base: pull.base.ref,
  state: pull.state === 'open' ? 'open' : pull.merged_at ? 'merged' : 'closed',
  author: pull.user?.login ?? '',
  openedAt: pull.created_at,
  merge: pull.merged_at ? (pull.merge_commit_sha ?? null) : null,
  labels: (pull.labels ?? []).flatMap((l) => (l.name === undefined ? [] : [l.name])),
  version: pull.content_version,
});
