import { type HostedAutoMerge, HostedFailure } from './hosted-api.ts';
import type { OctokitCalls } from './hosted-api-calls.ts';

const QUERY = `query ($owner: String!, $repo: String!, $number: Int!) {
  repository(owner: $owner, name: $repo) {
    autoMergeAllowed mergeCommitAllowed squashMergeAllowed rebaseMergeAllowed
    pullRequest(number: $number) { id headRefOid }
  }
}`;
const ALLOWED = `query ($owner: String!, $repo: String!) {
  repository(owner: $owner, name: $repo) { autoMergeAllowed }
}`;
const ENABLE = `mutation ($pull: ID!, $how: PullRequestMergeMethod!, $head: GitObjectID!) {
  enablePullRequestAutoMerge(input: { pullRequestId: $pull, mergeMethod: $how, expectedHeadOid: $head }) {
    clientMutationId
  }
}`;
const DISABLE = `mutation ($pull: ID!) {
  disablePullRequestAutoMerge(input: { pullRequestId: $pull }) { clientMutationId }
}`;

interface Found {
  readonly repository: {
    readonly autoMergeAllowed: boolean;
    readonly mergeCommitAllowed: boolean;
    readonly squashMergeAllowed: boolean;
    readonly pullRequest: { readonly id: string; readonly headRefOid: string };
  };
}

interface Rule {
  readonly type: string;
  readonly parameters?: { readonly required_status_checks?: readonly { readonly context: string }[] };
}

/**
 * Auto-merge of GitHub, which has it in GraphQL alone.
 * @see https://docs.github.com/en/graphql/reference/mutations#enablepullrequestautomerge
 */
export function githubAutoMerge({ at, octokit, once, read, write }: OctokitCalls): HostedAutoMerge {
  const { owner, repo } = at;
  const pullRoute = 'GET /repos/{owner}/{repo}/pulls/{pull_number}';
  const mutate = (mutation: string, variables: object): Promise<void> =>
    write(async () => {
      await octokit.graphql(mutation, { ...variables, ...once });
    });
  const found = async (number: number): Promise<Found['repository']> =>
    (await read(() => octokit.graphql<Found>(QUERY, { owner, repo, number }))).repository;

  return {
    askedBy: (number) =>
      read(async () => {
        const { data } = await octokit.request(pullRoute, { ...at, pull_number: number });
        return data.auto_merge ? (data.auto_merge.enabled_by?.login ?? '') : undefined;
      }),
    takenBackBy: (number) =>
      read(async () => {
        const events = await octokit.paginate('GET /repos/{owner}/{repo}/issues/{issue_number}/events', {
          ...at,
          ...{ issue_number: number, per_page: 100 },
        });
        const last = events.findLast((e) => e.event === 'auto_merge_disabled');
        return last && (last.actor?.login ?? '');
      }),
    possible: (base, check) =>
      read(async () => {
        const { repository } = await octokit.graphql<Found>(ALLOWED, { owner, repo });
        if (!repository.autoMergeAllowed) return false;
        const branch = { ...at, branch: base };
        const { data } = await octokit.request('GET /repos/{owner}/{repo}/branches/{branch}', branch);
        if (data.protection?.required_status_checks?.contexts?.includes(check)) return true;
        const rules = await octokit.request('GET /repos/{owner}/{repo}/rules/branches/{branch}', {
          ...branch,
          per_page: 100,
        });
        return (rules.data as readonly Rule[]).some((r) =>
          r.parameters?.required_status_checks?.some((c) => c.context === check),
        );
      }),
    ask: async (number, head) => {
      const { pullRequest, ...allows } = await found(number);
      if (pullRequest.headRefOid !== head)
        throw new HostedFailure('unknown', `pull request ${number} has another head by now`);
      const how = allows.mergeCommitAllowed ? 'MERGE' : allows.squashMergeAllowed ? 'SQUASH' : 'REBASE';
      await mutate(ENABLE, { pull: pullRequest.id, how, head });
    },
    takeBack: async (number) => mutate(DISABLE, { pull: (await found(number)).pullRequest.id }),
  };
}
