import type { HostedMerge } from './hosted-api.ts';
import type { OctokitCalls } from './hosted-api-calls.ts';

/** Account of the merge queue, which merges for whoever put a pull request into it. */
const QUEUE = 'github-merge-queue[bot]';
const QUERY = `query ($owner: String!, $repo: String!, $number: Int!) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      timelineItems(itemTypes: [ADDED_TO_MERGE_QUEUE_EVENT], last: 1) {
        nodes {
          ... on AddedToMergeQueueEvent {
            enqueuer { databaseId }
            actor { ... on User { databaseId } ... on Bot { databaseId } }
          }
        }
      }
    }
  }
}`;

interface Account {
  readonly databaseId?: number | null;
}

interface Found {
  readonly repository: {
    readonly pullRequest: {
      readonly timelineItems: {
        readonly nodes: readonly { readonly enqueuer: Account | null; readonly actor: Account | null }[];
      };
    };
  };
}

/**
 * A merge with the account that wanted it: who put it into the merge queue, where that merged it.
 * @see https://docs.github.com/en/graphql/reference/objects#addedtomergequeueevent
 */
export async function mergedForSomebody(
  { at, octokit, read }: Pick<OctokitCalls, 'at' | 'octokit' | 'read'>,
  merge: HostedMerge,
): Promise<HostedMerge> {
  if (merge.mergerName !== QUEUE) return merge;
  const which = { owner: at.owner, repo: at.repo, number: merge.pull.number };
  const { repository } = await read(() => octokit.graphql<Found>(QUERY, which));
  const last = repository.pullRequest.timelineItems.nodes.at(-1);
  const id = last?.enqueuer?.databaseId ?? last?.actor?.databaseId;
  // Nobody known: then it stays the queue's, which is nobody in roles.json.
  return id ? { ...merge, merger: `github:${id}` } : merge;
}
