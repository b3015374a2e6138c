import { type HostedApi, HostedFailure, type HostedStatus } from './hosted-api.ts';
import type { OctokitCalls } from './hosted-api-calls.ts';
import { hostedReview, statusOf } from './hosted-api-forms.ts';

/** What is said of a commit: reviews and statuses. */
export function checksApi({ at, kind, octokit, once, read, write }: OctokitCalls) {
  return {
    reviews: (number: number) =>
      read(async () => {
        const reviews = await octokit.paginate('GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews', {
          ...at,
          ...{ pull_number: number, per_page: 100 },
        });
        return reviews.map((r) => hostedReview(kind, r));
      }),
    loginOf: (number: number) =>
      read(async () => {
        const route = 'GET /user/{account_id}';
        const { data } = await octokit.request(route, { account_id: number });
        return data.login as string | undefined;
      }).catch(nobody),
    askReview: (number: number, reviewers: readonly string[]) =>
      write(async () => {
        const asked = { ...at, pull_number: number, reviewers: [...reviewers], ...once };
        await octokit.request('POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers', asked);
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
  } satisfies Partial<HostedApi>;
}

function nobody(error: unknown): undefined {
  if (!(error instanceof HostedFailure) || error.kind !== 'missing') throw error;
}
