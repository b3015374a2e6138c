import type { HostedApi, HostedChange } from './hosted-api.ts';
import type { OctokitCalls } from './hosted-api-calls.ts';

/** Pull requests, as GitHub and Gitea agree on them. */
export function pullsApi({ at, octokit, once, own, read, write, pullOf, alone, mergeOf }: OctokitCalls) {
  return {
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
        const head = `${at.owner}:${branch}`;
        const pulls = await octokit.paginate('GET /repos/{owner}/{repo}/pulls', {
          ...at,
          ...{ state: 'all', head, sort: 'created', direction: 'asc', per_page: 100 },
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
    mergedAs: (commit: string) =>
      read(async () => {
        const { data } = await octokit.request('GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', {
          ...at,
          commit_sha: commit,
        });
        const found = data.find((p) => p.merged_at && p.merge_commit_sha === commit);
        return found && mergeOf(found.number);
      }),
  } satisfies Partial<HostedApi>;
}
