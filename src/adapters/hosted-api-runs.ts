import type { HostedRun, HostedRuns } from './hosted-api.ts';
import type { OctokitCalls } from './hosted-api-calls.ts';

type Given = Omit<HostedRun, 'id'>;

/** Check runs of an App on GitHub. @see https://docs.github.com/en/rest/checks/runs */
export function runsApi({ at, octokit, once, read, write }: OctokitCalls, appId: number): HostedRuns {
  return {
    find: (commit, name) =>
      read(async () => {
        const route = 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs';
        const { data } = await octokit.request(route, {
          ...at,
          ...{ ref: commit, check_name: name, app_id: appId, filter: 'latest', per_page: 100 },
        });
        // The newest of one name and one App is one run: there are no further pages.
        const newest = data.check_runs.find((r) => r.name === name && r.app?.id === appId);
        if (!newest) return undefined;
        const { conclusion, output, external_id: externalId } = newest;
        const { title, summary } = output;
        return {
          ...{ id: Number(newest.id), state: conclusion ?? 'pending', externalId: externalId ?? '' },
          ...{ title: title ?? '', summary: summary ?? '' },
        };
      }),
    create: (commit, name, run) =>
      write(async () => {
        const created = { ...at, head_sha: commit, ...formOf(name, run), ...once };
        await octokit.request('POST /repos/{owner}/{repo}/check-runs', created);
      }),
    update: (name, { id, ...run }) =>
      write(async () => {
        const changed = { ...at, check_run_id: id, ...formOf(name, run), ...once };
        await octokit.request('PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', changed);
      }),
  };
}

const formOf = (name: string, { state, title, summary, externalId }: Given) => ({
  ...{ name, external_id: externalId, output: { title, summary } },
  ...(state === 'pending'
    ? ({ status: 'in_progress' } as const)
    : ({ status: 'completed', conclusion: state as 'success' | 'failure' } as const)),
});
