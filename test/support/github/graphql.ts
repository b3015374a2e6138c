import { type Answer, ok } from './answers.ts';
import type { Call } from './call.ts';
import { unmet } from './merge-rules.ts';
import { isPull, tell } from './record.ts';
import { nodeId } from './show-base.ts';
import type { PullIssue } from './show-pull.ts';
import { atLeast } from './state.ts';

const methods = { MERGE: 'merge', SQUASH: 'squash', REBASE: 'rebase' } as const;

const wrong = (type: string, message: string, field: string): Answer =>
  ok({ data: { [field]: null }, errors: [{ type, path: [field], message }] });

/**
 * Who asks, and the two mutations of auto-merge in their plain form: values come as variables or as literals, the answer has every
 * field that the mutation has here, whatever was selected.
 * @see https://docs.github.com/en/graphql/reference/mutations#enablepullrequestautomerge
 */
export async function graphql(call: Call): Promise<Answer> {
  const query = String(call.body.query ?? '');
  // https://docs.github.com/en/graphql/reference/queries#viewer
  if (/^\s*(query\s*)?\{\s*viewer\s*\{\s*login\s*\}\s*\}\s*$/.test(query))
    return ok({ data: { viewer: { login: call.actor.user.login } } });
  const field = /\b(enable|disable)PullRequestAutoMerge\b/.exec(query)?.[0];
  if (!field)
    return ok({
      errors: [{ type: 'undefinedField', message: 'The stand-in knows auto-merge and the viewer only' }],
    });
  const values = [
    ...texts(call.body.variables),
    ...query.matchAll(/"([^"]+)"|\b(MERGE|SQUASH|REBASE)\b/g),
  ].map((one) => (typeof one === 'string' ? one : (one[1] ?? one[2] ?? '')));
  const issue = call.state.issues.filter(isPull).find((one) => values.includes(nodeId('PR', one.pull.id)));
  if (!issue) return wrong('NOT_FOUND', 'Could not resolve to a node with the global id given.', field);
  const { user, token } = call.actor;
  const may = token?.permissions ? token.permissions.contents === 'write' : atLeast(user.role, 'write');
  if (!may) return wrong('FORBIDDEN', 'Resource not accessible by integration', field);
  if (field === 'disablePullRequestAutoMerge') return disable(call, issue, field);
  const method = values.find((one): one is keyof typeof methods => Object.hasOwn(methods, one)) ?? 'MERGE';
  return enable(call, issue, field, method);
}

function* texts(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null)
    for (const inner of Object.values(value)) yield* texts(inner);
}

/** @see https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/automatically-merging-a-pull-request */
async function enable(
  call: Call,
  issue: PullIssue,
  field: string,
  method: keyof typeof methods,
): Promise<Answer> {
  if (call.world.allowAutoMerge !== true)
    return wrong('UNPROCESSABLE', 'Pull request Auto merge is not allowed for this repository', field);
  if (issue.state === 'closed') return wrong('UNPROCESSABLE', 'Pull request is closed', field);
  const { base, headSha } = issue.pull;
  if (unmet(call, issue) === undefined && (await call.git.mergeable(base, headSha)))
    return wrong('UNPROCESSABLE', 'Pull request Pull request is in clean status', field);
  issue.pull.autoMerge = { byId: call.actor.user.id, method: methods[method] };
  tell(call, issue, 'auto_merge_enabled');
  return shown(issue, field, { enabledAt: call.at, mergeMethod: method });
}

function disable(call: Call, issue: PullIssue, field: string): Answer {
  if (issue.pull.autoMerge) tell(call, issue, 'auto_merge_disabled');
  issue.pull.autoMerge = null;
  return shown(issue, field, null);
}

const shown = (issue: PullIssue, field: string, autoMergeRequest: object | null): Answer =>
  ok({
    data: {
      [field]: { pullRequest: { id: nodeId('PR', issue.pull.id), number: issue.number, autoMergeRequest } },
    },
  });
