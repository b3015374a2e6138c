import type { HostedApi } from './hosted-api.ts';
import { type OctokitDeps, type OctokitPlace, octokitApi } from './hosted-api-octokit.ts';

interface TimelineEvent {
  readonly type?: string;
  readonly user?: { readonly login?: string } | null;
}

/** Gitea and Forgejo, through octokit, with their own forms where they differ from GitHub's. */
export function giteaApi(place: OctokitPlace, deps: OctokitDeps): HostedApi {
  const { api, octokit, read, at } = octokitApi(place, deps);
  return {
    ...api,
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
