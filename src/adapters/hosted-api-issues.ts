import { type HostedApi, HostedFailure } from './hosted-api.ts';
import type { OctokitCalls } from './hosted-api-calls.ts';
import { hostedIssue } from './hosted-api-forms.ts';

/** Issues and what is said below them and below pull requests. */
export function issuesApi({ kind, at, octokit, once, read, write }: OctokitCalls) {
  return {
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
  } satisfies Partial<HostedApi>;
}
