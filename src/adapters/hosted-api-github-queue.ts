import type { HostedMerge } from './hosted-api.ts';
import type { OctokitCalls } from './hosted-api-calls.ts';

/** Account of the merge queue, which merges for whoever put a pull request into it. */
export const QUEUE = 'github-merge-queue[bot]';
const QUERY = `query ($owner: String!, $repo: String!, $number: Int!) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      timelineItems(itemTypes: [ADDED_TO_MERGE_QUEUE_EVENT], last: 1) {
        nodes {
          ... on AddedToMergeQueueEvent {
            enqueuer { databaseId }
            actor { __typename login ... on User { databaseId } ... on Bot { databaseId } }
          }
        }
      }
      isInMergeQueue
    }
  }
}`;

interface Account {
  readonly databaseId?: number | null;
}

interface Actor extends Account {
  readonly __typename: string;
  readonly login: string;
}

interface Found {
  readonly repository: {
    readonly pullRequest: {
      readonly timelineItems: {
        readonly nodes: readonly { readonly enqueuer: Account | null; readonly actor: Actor | null }[];
      };
      readonly isInMergeQueue: boolean;
    };
  };
}

/**
 * A merge with the account that wanted it: who put it into the merge queue, where that merged it.
 * @see https://docs.github.com/en/graphql/reference/objects#addedtomergequeueevent
 */
export async function mergedForSomebody(calls: Calls, merge: HostedMerge): Promise<HostedMerge> {
  if (merge.mergerName !== QUEUE) return merge;
  const last = (await found(calls, merge.pull.number)).timelineItems.nodes.at(-1);
  const id = last?.enqueuer?.databaseId ?? last?.actor?.databaseId;
  // Nobody known: then it stays the queue's, which is nobody in roles.json.
  return id ? { ...merge, merger: `github:${id}` } : merge;
}

/** Name of the account that put it into the queue, where it is in there. */
export async function queuedBy(calls: Calls, number: number): Promise<string | undefined> {
  const { isInMergeQueue, timelineItems } = await found(calls, number);
  if (!isInMergeQueue) return undefined;
  const { __typename: type, login = '' } = timelineItems.nodes.at(-1)?.actor ?? {};
  // GraphQL leaves away what REST has at the end of an App's name.
  return type === 'Bot' && !login.endsWith('[bot]') ? `${login}[bot]` : login;
}

type Calls = Pick<OctokitCalls, 'at' | 'octokit' | 'read'>;

async function found(
  { at, octokit, read }: Calls,
  number: number,
): Promise<Found['repository']['pullRequest']> {
  const which = { owner: at.owner, repo: at.repo, number };
  return (await read(() => octokit.graphql<Found>(QUERY, which))).repository.pullRequest;
}
