import type { HostedApi } from './hosted-api.ts';
import { type OctokitDeps, type OctokitPlace, octokitApi } from './hosted-api-octokit.ts';

interface TimelineEvent {
  readonly type?: string;
  readonly user?: { readonly login?: string } | null;
}

/** Gitea and Forgejo, through octokit, with their own forms where they differ from GitHub's. */
export function giteaApi(place: OctokitPlace, deps: OctokitDeps): HostedApi {
  const { api, octokit, read, at, mergeOf } = octokitApi('gitea', place, deps);
  return {
    ...api,
    mergedAs: (commit) =>
      read(async () => {
        const route = 'GET /repos/{owner}/{repo}/commits/{sha}/pull';
        const { data } = await octokit.request(route, { ...at, sha: commit }).catch(absent);
        const found = data as { readonly number: number; readonly merge_commit_sha?: string } | null;
        return found?.merge_commit_sha === commit ? mergeOf(found.number) : undefined;
      }),
    // An issue does not say who closed it; its timeline does.
    closedBy: (number) =>
      read(async () => {
        const events = (await octokit.paginate('GET /repos/{owner}/{repo}/issues/{issue_number}/timeline', {
          ...at,
          issue_number: number,
        })) as unknown as readonly TimelineEvent[];
        return events.filter((e) => e.type === 'close').at(-1)?.user?.login;
      }),
  };
}

const absent = (error: unknown): { readonly data: null } => {
  if ((error as { status?: number }).status !== 404) throw error;
  return { data: null };
};
