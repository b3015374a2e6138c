import { type Answer, created, invalid, notFound, ok, Refusal } from './answers.ts';
import { appOf, type Call, nextId, type Route, userById } from './call.ts';
import { page } from './pages.ts';
import { nodeId, repoUrl, repoWeb, showApp, showUser } from './show-base.ts';
import { showRepo } from './show-repo.ts';
import type { CheckRun, Status } from './state.ts';

/** A commit id, a branch, or `heads/branch`. @see https://docs.github.com/en/rest/commits/statuses#list-commit-statuses-for-a-reference */
async function shaOf(call: Call, ref: string): Promise<string> {
  const branch = call.state.branches.get(ref.replace(/^heads\//, ''));
  if (branch !== undefined) return branch;
  if (/^[0-9a-f]{40}$/.test(ref) && (await call.git.commit(ref))) return ref;
  throw new Refusal(422, `No commit found for SHA: ${ref}`);
}

function showShort(call: Call, status: Status): Record<string, unknown> {
  return {
    id: status.id,
    node_id: nodeId('SC', status.id),
    url: `${repoUrl(call)}/statuses/${status.sha}`,
    avatar_url: null,
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.createdAt,
  };
}

const showStatus = (call: Call, status: Status): Record<string, unknown> => ({
  ...showShort(call, status),
  creator: showUser(call, userById(call.state, status.creatorId)),
});

/** At most 1000 for a commit and a context. @see https://docs.github.com/en/rest/commits/statuses#create-a-commit-status */
async function createStatus(call: Call): Promise<Answer> {
  const { state, context = 'default', description = null, target_url: targetUrl = null } = call.body;
  const sha = await shaOf(call, call.params.sha ?? '');
  if ((description?.length ?? 0) > 140) throw invalid('Status', 'description');
  const same = call.state.statuses.filter((one) => one.sha === sha && one.context === context);
  if (same.length >= 1000)
    throw new Refusal(422, 'Validation Failed', [
      {
        resource: 'Status',
        code: 'custom',
        message: 'This SHA and context has reached the maximum number of statuses.',
      },
    ]);
  const creatorId = call.actor.user.id;
  const status = {
    id: nextId(call.state),
    sha,
    state,
    context,
    description,
    targetUrl,
    creatorId,
    createdAt: call.at,
  };
  call.state.statuses.push(status);
  return created(showStatus(call, status));
}

const newestFirst = (call: Call, sha: string): Status[] =>
  call.state.statuses.filter((one) => one.sha === sha).reverse();

async function listStatuses(call: Call): Promise<Answer> {
  const sha = await shaOf(call, call.params.ref ?? '');
  return page(call, newestFirst(call, sha), (one) => showStatus(call, one));
}

/** The newest of each context. @see https://docs.github.com/en/rest/commits/statuses#get-the-combined-status-for-a-specific-reference */
async function combined(call: Call): Promise<Answer> {
  const sha = await shaOf(call, call.params.ref ?? '');
  const contexts = new Map<string, Status>();
  for (const one of newestFirst(call, sha)) if (!contexts.has(one.context)) contexts.set(one.context, one);
  const latest = [...contexts.values()];
  const bad = latest.some((one) => one.state === 'error' || one.state === 'failure');
  const waiting = latest.length === 0 || latest.some((one) => one.state === 'pending');
  return page(
    call,
    latest,
    (one) => showShort(call, one),
    (statuses) => ({
      state: bad ? 'failure' : waiting ? 'pending' : 'success',
      statuses,
      sha,
      total_count: latest.length,
      repository: showRepo(call),
      commit_url: `${repoUrl(call)}/commits/${sha}`,
      url: `${repoUrl(call)}/commits/${sha}/status`,
    }),
  );
}

function showCheck(call: Call, run: CheckRun): Record<string, unknown> {
  const url = `${repoUrl(call)}/check-runs/${run.id}`;
  return {
    id: run.id,
    node_id: nodeId('CR', run.id),
    head_sha: run.headSha,
    name: run.name,
    external_id: run.externalId,
    url,
    html_url: `${repoWeb(call)}/runs/${run.id}`,
    details_url: run.detailsUrl,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: { ...run.output, annotations_count: 0, annotations_url: `${url}/annotations` },
    check_suite: { id: 1 },
    app: showApp(call, run.app),
    pull_requests: [],
  };
}

function change(call: Call, run: CheckRun): void {
  const { name, status, conclusion, details_url: details, external_id: external, output } = call.body;
  run.name = name ?? run.name;
  run.detailsUrl = details ?? run.detailsUrl;
  run.externalId = external ?? run.externalId;
  run.startedAt = call.body.started_at ?? run.startedAt;
  run.output = output
    ? { title: output.title ?? null, summary: output.summary ?? null, text: output.text ?? null }
    : run.output;
  run.status = conclusion === undefined ? (status ?? run.status) : 'completed';
  run.conclusion = conclusion ?? (run.status === 'completed' ? run.conclusion : null);
  run.completedAt =
    run.status === 'completed' ? (call.body.completed_at ?? run.completedAt ?? call.at) : null;
}

/** Only apps write checks. @see https://docs.github.com/en/rest/checks/runs#create-a-check-run */
async function createCheck(call: Call): Promise<Answer> {
  const app = appOf(call.actor);
  if (app === null) throw new Refusal(403, 'You must authenticate via a GitHub App.');
  const sha = String(call.body.head_sha);
  if (!(await call.git.commit(sha))) throw new Refusal(422, `No commit found for SHA: ${sha}`);
  if (call.body.status === 'completed' && call.body.conclusion === undefined)
    throw new Refusal(422, 'Invalid request.\n\nMissing required "conclusion" key for completed status.');
  const run: CheckRun = {
    id: nextId(call.state),
    app,
    headSha: sha,
    name: String(call.body.name),
    status: 'queued',
    conclusion: null,
    detailsUrl: null,
    externalId: '',
    startedAt: call.at,
    completedAt: null,
    output: { title: null, summary: null, text: null },
  };
  change(call, run);
  call.state.checks.push(run);
  return created(showCheck(call, run));
}

function updateCheck(call: Call): Answer {
  const run = call.state.checks.find((one) => one.id === Number(call.params.check_run_id));
  const app = appOf(call.actor);
  if (app === null) throw new Refusal(403, 'You must authenticate via a GitHub App.');
  if (!run) throw notFound();
  if (run.app !== app)
    throw new Refusal(
      403,
      'Invalid app_id: check run can only be modified by the GitHub App that created it.',
    );
  change(call, run);
  return ok(showCheck(call, run));
}

/** The latest run of each name and app unless all are asked for. @see https://docs.github.com/en/rest/checks/runs#list-check-runs-for-a-git-reference */
async function listChecks(call: Call): Promise<Answer> {
  const sha = await shaOf(call, call.params.ref ?? '');
  const { query, world } = call;
  const [name, status, appId] = [query.get('check_name'), query.get('status'), query.get('app_id')];
  const idOf = (run: CheckRun): string => String(world.apps.find((one) => one.slug === run.app)?.id);
  const found = call.state.checks
    .filter(
      (one) =>
        one.headSha === sha &&
        (name === null || one.name === name) &&
        (status === null || one.status === status) &&
        (appId === null || idOf(one) === appId),
    )
    .reverse();
  const first = (run: CheckRun, index: number): boolean =>
    found.findIndex((one) => one.name === run.name && one.app === run.app) === index;
  const shown = query.get('filter') === 'all' ? found : found.filter(first);
  return page(
    call,
    shown,
    (one) => showCheck(call, one),
    (runs) => ({ total_count: shown.length, check_runs: runs }),
  );
}

export const checkRoutes: readonly Route[] = [
  {
    operation: 'repos/create-commit-status',
    role: 'write',
    permissions: ['statuses:write'],
    run: createStatus,
  },
  {
    operation: 'repos/list-commit-statuses-for-ref',
    role: 'read',
    permissions: ['statuses:read'],
    run: listStatuses,
  },
  {
    operation: 'repos/get-combined-status-for-ref',
    role: 'read',
    permissions: ['statuses:read'],
    run: combined,
  },
  { operation: 'checks/create', role: 'read', permissions: ['checks:write'], run: createCheck },
  { operation: 'checks/update', role: 'read', permissions: ['checks:write'], run: updateCheck },
  { operation: 'checks/list-for-ref', role: 'read', permissions: ['checks:read'], run: listChecks },
];
