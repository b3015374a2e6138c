import { readFileSync } from 'node:fs';
import { buildSchema, execute, type GraphQLSchema, parse, validate } from 'graphql';
import { type Answer, ok } from './answers.ts';
import { type Call, userById } from './call.ts';
import { unmet } from './merge-rules.ts';
import { enqueue } from './queue.ts';
import { isPull, tell } from './record.ts';
import { nodeId } from './show-base.ts';
import type { PullIssue } from './show-pull.ts';
import { atLeast } from './state.ts';

type Method = 'MERGE' | 'SQUASH' | 'REBASE';
const methods = { MERGE: 'merge', SQUASH: 'squash', REBASE: 'rebase' } as const;

/** Errors that GitHub answers with status 200 and a type. */
class Wrong extends Error {
  readonly extensions: { readonly type: string };
  constructor(type: string, message: string) {
    super(message);
    this.extensions = { type };
  }
}

let cut: GraphQLSchema | undefined;
const schema = (): GraphQLSchema => {
  const file = new URL('../../fixtures/github/graphql-cut.graphql', import.meta.url);
  cut ??= buildSchema(readFileSync(file, 'utf8'));
  return cut;
};

/** A query held to the cut of GitHub's published schema. @see https://docs.github.com/en/graphql/guides/forming-calls-with-graphql */
export async function graphql(call: Call): Promise<Answer> {
  const { query, variables } = call.body as { query?: string; variables?: Record<string, unknown> };
  const document = parse(String(query ?? ''));
  const problems = validate(schema(), document);
  if (problems.length > 0) return ok({ errors: problems.map(({ message }) => ({ message })) });
  const { data, errors } = await execute({
    ...{ schema: schema(), document, contextValue: call, rootValue: ROOT },
    variableValues: variables ?? null,
  });
  const told = errors?.map(({ message, path, extensions }) => ({
    type: extensions.type,
    ...{ path, message },
  }));
  return ok({ data: data ?? null, ...(told ? { errors: told } : {}) });
}

interface Asked<I> {
  readonly input: I & { readonly pullRequestId: string; readonly clientMutationId?: string };
}

const ROOT = {
  // https://docs.github.com/en/graphql/reference/queries#viewer
  viewer: (_: unknown, call: Call) => ({ login: call.actor.user.login }),
  // https://docs.github.com/en/graphql/reference/queries#repository
  repository: ({ owner, name }: { owner: string; name: string }, call: Call) => {
    const { world } = call;
    if (owner !== world.owner || name !== world.repo)
      throw new Wrong('NOT_FOUND', `Could not resolve to a Repository with the name '${owner}/${name}'.`);
    const allowed = world.methods ?? ['merge', 'squash', 'rebase'];
    return {
      autoMergeAllowed: world.allowAutoMerge === true,
      mergeCommitAllowed: allowed.includes('merge'),
      squashMergeAllowed: allowed.includes('squash'),
      rebaseMergeAllowed: allowed.includes('rebase'),
      pullRequest: ({ number }: { number: number }) => {
        const found = call.state.issues.filter(isPull).find((one) => one.number === number);
        if (!found)
          throw new Wrong('NOT_FOUND', `Could not resolve to a PullRequest with the number of ${number}.`);
        return { ...shown(found), timelineItems: () => ({ nodes: queuedBy(call, found) }) };
      },
    };
  },
  enablePullRequestAutoMerge: async (
    { input }: Asked<{ readonly mergeMethod: Method; readonly expectedHeadOid?: string }>,
    call: Call,
  ) => {
    const issue = pullWith(call, input.pullRequestId);
    await enable(call, issue, input);
    return { clientMutationId: input.clientMutationId, pullRequest: shown(issue) };
  },
  // https://docs.github.com/en/graphql/reference/mutations#enqueuepullrequest
  enqueuePullRequest: async ({ input }: Asked<object>, call: Call) => {
    const issue = pullWith(call, input.pullRequestId);
    const missing = unmet(call, issue);
    if (missing !== undefined) throw new Wrong('UNPROCESSABLE', missing);
    await enqueue(call, issue, call.actor.user.id);
    return { clientMutationId: input.clientMutationId };
  },
  disablePullRequestAutoMerge: ({ input }: Asked<object>, call: Call) => {
    const issue = pullWith(call, input.pullRequestId);
    if (issue.pull.autoMerge) tell(call, issue, 'auto_merge_disabled');
    issue.pull.autoMerge = null;
    return { clientMutationId: input.clientMutationId, pullRequest: shown(issue) };
  },
};

/** Whose node it is, for somebody who may merge. */
function pullWith(call: Call, id: string): PullIssue {
  const issue = call.state.issues.filter(isPull).find((one) => id === nodeId('PR', one.pull.id));
  if (!issue) throw new Wrong('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`);
  const { user, token } = call.actor;
  const may = token?.permissions ? token.permissions.contents === 'write' : atLeast(user.role, 'write');
  if (!may) throw new Wrong('FORBIDDEN', 'Resource not accessible by integration');
  return issue;
}

/**
 * What lacks nothing is refused: there is nothing to wait for.
 * @see https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/automatically-merging-a-pull-request
 * @see https://docs.github.com/en/graphql/reference/mutations#enablepullrequestautomerge
 */
async function enable(
  call: Call,
  issue: PullIssue,
  { mergeMethod, expectedHeadOid }: { readonly mergeMethod: Method; readonly expectedHeadOid?: string },
): Promise<void> {
  const no = (message: string): Wrong => new Wrong('UNPROCESSABLE', message);
  if (call.world.allowAutoMerge !== true)
    throw no('Pull request Auto merge is not allowed for this repository');
  if (issue.state === 'closed') throw no('Pull request is closed');
  const { base, headSha } = issue.pull;
  if (expectedHeadOid !== undefined && expectedHeadOid !== headSha)
    throw no(`Expected head sha didn't match current head ref.`);
  if (!(call.world.methods ?? ['merge', 'squash', 'rebase']).includes(methods[mergeMethod]))
    throw no(`Merge method ${methods[mergeMethod]} merging is not allowed on this repository`);
  if (unmet(call, issue) === undefined && (await call.git.mergeable(base, headSha)))
    throw no('Pull request Pull request is in clean status');
  issue.pull.autoMerge = { byId: call.actor.user.id, method: methods[mergeMethod] };
  tell(call, issue, 'auto_merge_enabled');
}

/** @see https://docs.github.com/en/graphql/reference/objects#addedtomergequeueevent */
const queuedBy = (call: Call, issue: PullIssue): readonly object[] =>
  issue.events
    .filter((e) => e.event === 'added_to_merge_queue')
    .slice(-1)
    .map((event) => {
      const { id, login, type } = userById(call.state, event.actorId);
      const actor = { __typename: type, databaseId: id, login };
      return { __typename: 'AddedToMergeQueueEvent', actor, enqueuer: type === 'User' ? actor : null };
    });

const shown = ({ number, pull }: PullIssue) => ({
  ...{ id: nodeId('PR', pull.id), number, headRefOid: pull.headSha },
  autoMergeRequest: pull.autoMerge
    ? { enabledAt: null, mergeMethod: pull.autoMerge.method.toUpperCase() }
    : null,
});
