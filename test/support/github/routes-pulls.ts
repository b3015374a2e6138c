import { created, custom, invalid, ok, Refusal } from './answers.ts';
import { appOf, type Call, nextId, type Route } from './call.ts';
import { mergePull } from './merge.ts';
import { page } from './pages.ts';
import { checkTexts, close, isPull, pullOf, rename, reopen, tell } from './record.ts';
import { repoUrl, repoWeb } from './show-base.ts';
import { type PullIssue, showCommit, showPull, showWholePull } from './show-pull.ts';
import { atLeast } from './state.ts';

const READ = ['pull_requests:read'];
const WRITE = ['pull_requests:write'];

/** @see https://docs.github.com/en/rest/pulls/pulls#list-pull-requests */
function list(call: Call): ReturnType<typeof page> {
  const { query, world } = call;
  const state = query.get('state') ?? 'open';
  const [owner, ...branch] = query.get('head')?.split(':') ?? [];
  const base = query.get('base');
  const sort = query.get('sort') ?? 'created';
  // Newest first when sorted by creation or not at all; oldest first otherwise.
  const down = (query.get('direction') ?? (sort === 'created' ? 'desc' : 'asc')) === 'desc';
  const pulls = call.state.issues.filter(isPull).filter(
    (one) =>
      (state === 'all' || one.state === state) &&
      (base === null || one.pull.base === base) &&
      // A head without an owner filters nothing: argoproj-labs/gitops-promoter#1417.
      (branch.length === 0 || (owner === world.owner && one.pull.head === branch.join(':'))),
  );
  const key = (one: PullIssue): string => (sort === 'updated' ? one.updatedAt : one.createdAt);
  const sorted = pulls.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.number - b.number));
  return page(call, down ? sorted.reverse() : sorted, (one) => showPull(call, one));
}

/** GitHub computes whether it can be merged in the background. @see https://docs.github.com/en/rest/pulls/pulls#get-a-pull-request */
async function get(call: Call): Promise<ReturnType<typeof ok>> {
  const issue = pullOf(call);
  const shown = await showWholePull(call, issue);
  if (issue.pull.mergeable === null && issue.state === 'open')
    issue.pull.mergeable = await call.git.mergeable(issue.pull.base, issue.pull.headSha);
  return ok(shown);
}

/** @see https://docs.github.com/en/rest/pulls/pulls#create-a-pull-request */
async function create(call: Call): Promise<ReturnType<typeof created>> {
  const {
    title,
    body = null,
    head,
    base,
    draft = false,
  } = call.body as Record<string, string> & { draft?: boolean };
  if (title === undefined) throw invalid('PullRequest', 'title', 'missing_field');
  checkTexts('PullRequest', { title, body });
  const branch = ownBranch(call, String(head));
  const headSha = branch === undefined ? undefined : call.state.branches.get(branch);
  const baseSha = call.state.branches.get(String(base));
  if (branch === undefined || headSha === undefined) throw invalid('PullRequest', 'head');
  if (baseSha === undefined) throw invalid('PullRequest', 'base');
  const { owner } = call.world;
  if (openFor(call, branch, String(base)))
    throw custom('PullRequest', `A pull request already exists for ${owner}:${branch}.`);
  if (await call.git.isAncestor(headSha, baseSha))
    throw custom('PullRequest', `No commits between ${base} and ${branch}`);
  const issue = newPull(call, { title, body, branch, base: String(base), headSha, baseSha, draft });
  call.state.issues.push(issue);
  await call.git.setRef(`refs/pull/${issue.number}/head`, headSha);
  return {
    ...created(await showWholePull(call, issue)),
    headers: { location: `${repoUrl(call)}/pulls/${issue.number}` },
  };
}

/** `branch` or `owner:branch`; branches of forks are not modelled. */
function ownBranch(call: Call, head: string): string | undefined {
  if (!head.includes(':')) return head;
  const [owner, ...rest] = head.split(':');
  return owner === call.world.owner ? rest.join(':') : undefined;
}

function openFor(call: Call, head: string, base: string): PullIssue | undefined {
  return call.state.issues
    .filter(isPull)
    .find((one) => one.state === 'open' && one.pull.head === head && one.pull.base === base);
}

interface NewPull {
  readonly title: string;
  readonly body: string | null;
  readonly branch: string;
  readonly base: string;
  readonly headSha: string;
  readonly baseSha: string;
  readonly draft: boolean;
}

function newPull(call: Call, wish: NewPull): PullIssue {
  const { state } = call;
  return {
    id: nextId(state),
    number: state.nextNumber++,
    title: wish.title,
    body: wish.body,
    state: 'open',
    stateReason: null,
    userId: call.actor.user.id,
    app: appOf(call.actor),
    labels: [],
    assignees: [],
    createdAt: call.at,
    updatedAt: call.at,
    closedAt: null,
    closedById: null,
    comments: [],
    events: [],
    pull: {
      id: nextId(state),
      head: wish.branch,
      base: wish.base,
      headSha: wish.headSha,
      baseSha: wish.baseSha,
      createdHeadSha: wish.headSha,
      draft: wish.draft,
      mergedAt: null,
      mergedById: null,
      mergeSha: null,
      mergeable: null,
      reviews: [],
      requested: { users: [], teams: [] },
      autoMerge: null,
    },
  };
}

/** @see https://docs.github.com/en/rest/pulls/pulls#update-a-pull-request */
async function update(call: Call): Promise<ReturnType<typeof ok>> {
  const issue = pullOf(call);
  const { title, body, state, base } = call.body as Record<string, string | undefined>;
  ownOrTriage(call, issue);
  checkTexts('PullRequest', { ...(title === undefined ? {} : { title }), body: body ?? null });
  if (base !== undefined && base !== issue.pull.base) await changeBase(call, issue, base);
  if (title !== undefined) rename(call, issue, title);
  if (body !== undefined) {
    issue.body = body;
    issue.updatedAt = call.at;
  }
  if (state === 'closed' && issue.state === 'open') close(call, issue, null);
  if (state === 'open' && issue.state === 'closed') await reopenPull(call, issue);
  return ok(await showWholePull(call, issue));
}

export function ownOrTriage(call: Call, issue: { readonly userId: number }): void {
  const { user, token } = call.actor;
  if (token?.app !== undefined || user.id === issue.userId || atLeast(user.role, 'triage')) return;
  throw new Refusal(403, 'Must have admin rights to Repository.');
}

async function changeBase(call: Call, issue: PullIssue, base: string): Promise<void> {
  const sha = call.state.branches.get(base);
  if (sha === undefined) throw invalid('PullRequest', 'base');
  if (issue.state === 'closed')
    throw custom('PullRequest', 'Cannot change the base branch of a closed pull request.');
  if (openFor(call, issue.pull.head, base))
    throw custom(
      'PullRequest',
      `A pull request already exists for base branch '${base}' and head branch '${issue.pull.head}'`,
    );
  if (await call.git.isAncestor(issue.pull.headSha, sha))
    throw custom(
      'PullRequest',
      `There are no new commits between base branch '${base}' and head branch '${issue.pull.head}'`,
    );
  issue.pull.base = base;
  issue.pull.baseSha = sha;
  issue.pull.mergeable = null;
  tell(call, issue, 'base_ref_changed');
}

/**
 * The branch must still be there and have gone on from the commit that was closed.
 * Documented for the page only; the sentences are those of isaacs/github#361 and cilium/cilium#47088.
 * @see https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/closing-a-pull-request
 */
export async function reopenPull(call: Call, issue: PullIssue): Promise<void> {
  const { pull } = issue;
  const refused = (why: string): Refusal => custom('PullRequest', `state cannot be changed. ${why}`, 'state');
  if (pull.mergedAt !== null) throw refused('The pull request cannot be reopened.');
  const head = call.state.branches.get(pull.head);
  const base = call.state.branches.get(pull.base);
  if (head === undefined) throw refused(`The ${pull.head} branch has been deleted.`);
  if (base === undefined) throw refused(`The ${pull.base} branch has been deleted.`);
  if (!(await call.git.isAncestor(pull.headSha, head)))
    throw refused(`The ${pull.head} branch was force-pushed or recreated.`);
  if (openFor(call, pull.head, pull.base))
    throw refused(
      `There is already an open pull request from ${call.world.owner}:${pull.head} to ${call.world.owner}:${pull.base}.`,
    );
  if (await call.git.isAncestor(head, base))
    throw refused(`There are no new commits on the ${pull.head} branch.`);
  pull.headSha = head;
  pull.baseSha = base;
  await call.git.setRef(`refs/pull/${issue.number}/head`, head);
  reopen(call, issue);
}

async function merge(call: Call): Promise<ReturnType<typeof ok>> {
  const { merge_method: method = 'merge', sha, commit_title: title, commit_message: message } = call.body;
  const issue = pullOf(call);
  const merged = await mergePull(call, issue, {
    method,
    ...(sha === undefined ? {} : { sha }),
    ...(title === undefined ? {} : { title }),
    ...(message === undefined ? {} : { message }),
  });
  return ok({ sha: merged, merged: true, message: 'Pull Request successfully merged' });
}

/** At most 3000 files. @see https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files */
async function listFiles(call: Call): Promise<ReturnType<typeof page>> {
  const { pull } = pullOf(call);
  const files = await call.git.files(pull.baseSha, pull.headSha);
  return page(call, files.slice(0, 3000), (one) => ({
    ...one,
    changes: one.additions + one.deletions,
    blob_url: `${repoWeb(call)}/blob/${pull.headSha}/${encodeURI(one.filename)}`,
    raw_url: `${repoWeb(call)}/raw/${pull.headSha}/${encodeURI(one.filename)}`,
    contents_url: `${repoUrl(call)}/contents/${encodeURI(one.filename)}?ref=${pull.headSha}`,
  }));
}

/** At most 250 commits. @see https://docs.github.com/en/rest/pulls/pulls#list-commits-on-a-pull-request */
async function listCommits(call: Call): Promise<ReturnType<typeof page>> {
  const { pull } = pullOf(call);
  const commits = await call.git.commits(pull.baseSha, pull.headSha);
  return page(call, commits.slice(0, 250), (one) => showCommit(call, one));
}

/**
 * Of a commit of the default branch: the pull requests that brought it there; of another one, those that have it open.
 * @see https://docs.github.com/en/rest/commits/commits#list-pull-requests-associated-with-a-commit
 */
async function listOfCommit(call: Call): Promise<ReturnType<typeof page>> {
  const sha = call.params.commit_sha ?? '';
  if ((await call.git.commit(sha)) === undefined) throw new Refusal(422, `No commit found for SHA: ${sha}`);
  const found: PullIssue[] = [];
  for (const one of call.state.issues.filter(isPull)) {
    const brought = one.pull.mergeSha === sha && one.pull.mergedAt !== null;
    if (brought || (one.state === 'open' && one.pull.headSha === sha)) found.push(one);
  }
  return page(call, found, (one) => showPull(call, one));
}

export const pullRoutes: readonly Route[] = [
  { operation: 'pulls/list', role: 'read', permissions: READ, run: list },
  { operation: 'pulls/get', role: 'read', permissions: READ, run: get },
  { operation: 'pulls/create', role: 'write', permissions: WRITE, run: create },
  { operation: 'pulls/update', role: 'read', permissions: WRITE, run: update },
  // https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps#repository-permissions-for-contents
  { operation: 'pulls/merge', role: 'write', permissions: ['contents:write'], run: merge },
  { operation: 'pulls/list-files', role: 'read', permissions: READ, run: listFiles },
  { operation: 'pulls/list-commits', role: 'read', permissions: READ, run: listCommits },
  {
    operation: 'repos/list-pull-requests-associated-with-commit',
    ...{ role: 'read', permissions: READ, run: listOfCommit },
  },
];
