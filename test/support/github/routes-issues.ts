import { type Answer, created, invalid, notFound, ok, Refusal } from './answers.ts';
import { appOf, type Call, nextId, type Route, userByLogin } from './call.ts';
import { page } from './pages.ts';
import { checkTexts, close, isPull, issueOf, label, rename, reopen, unlabel } from './record.ts';
import { ownOrTriage, reopenPull } from './routes-pulls.ts';
import { repoUrl, showLabel } from './show-base.ts';
import { showComment, showEvent, showIssue, showWholeIssue } from './show-issue.ts';
import { showReview, showTimelineComment } from './show-pull.ts';
import { atLeast, type Comment, type Issue } from './state.ts';

/** Pull requests are listed with the issues. @see https://docs.github.com/en/rest/issues/issues#list-repository-issues */
function list(call: Call): Answer {
  const { query, state } = call;
  const wanted = query.get('state') ?? 'open';
  const labels = query.get('labels')?.split(',').filter(Boolean) ?? [];
  const creator = query.get('creator');
  const creatorId = creator === null ? undefined : (userByLogin(state, creator)?.id ?? -1);
  const since = query.get('since') ?? '';
  const sort = query.get('sort') ?? 'created';
  const key = (one: Issue): string => (sort === 'updated' ? one.updatedAt : one.createdAt);
  const found = state.issues
    .filter(
      (one) =>
        (wanted === 'all' || one.state === wanted) &&
        labels.every((name) => one.labels.includes(name)) &&
        (creatorId === undefined || one.userId === creatorId) &&
        one.updatedAt >= since,
    )
    .sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.number - b.number));
  return page(call, query.get('direction') === 'asc' ? found : found.reverse(), (one) =>
    showIssue(call, one),
  );
}

/** @see https://docs.github.com/en/rest/issues/issues#create-an-issue */
function create(call: Call): Answer {
  const { title, body = null, labels = [], assignees = [] } = call.body;
  checkTexts('Issue', { title: String(title), body });
  const issue: Issue = {
    id: nextId(call.state),
    number: call.state.nextNumber++,
    title: String(title),
    body,
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
  };
  // Labels and assignees of those who may not push are dropped without a word.
  if (mayTriage(call)) {
    issue.assignees = assigneesOf(call, assignees);
    label(call, issue, namesOf(labels));
  }
  call.state.issues.push(issue);
  return {
    ...created(showWholeIssue(call, issue)),
    headers: { location: `${repoUrl(call)}/issues/${issue.number}` },
  };
}

const mayTriage = (call: Call): boolean =>
  call.actor.token?.app !== undefined || atLeast(call.actor.user.role, 'triage');

const namesOf = (labels: readonly (string | { readonly name: string })[]): string[] =>
  labels.map((one) => (typeof one === 'string' ? one : one.name));

function assigneesOf(call: Call, logins: readonly string[]): number[] {
  return logins.map((login) => {
    const user = userByLogin(call.state, login);
    if (!user || user.role === null) throw invalid('Issue', 'assignees', 'invalid', login);
    return user.id;
  });
}

/** @see https://docs.github.com/en/rest/issues/issues#update-an-issue */
async function update(call: Call): Promise<Answer> {
  const issue = issueOf(call);
  ownOrTriage(call, issue);
  const { title, body, state, state_reason: reason, labels, assignees } = call.body;
  checkTexts('Issue', {
    ...(title === undefined || title === null ? {} : { title: String(title) }),
    body: body ?? null,
  });
  if (title !== undefined && title !== null) rename(call, issue, String(title));
  if (body !== undefined) issue.body = body;
  if (labels !== undefined && mayTriage(call)) setLabels(call, issue, namesOf(labels));
  if (assignees !== undefined && mayTriage(call)) issue.assignees = assigneesOf(call, assignees);
  if (state === 'closed' && issue.state === 'open') close(call, issue, reason ?? 'completed');
  if (state === 'open' && issue.state === 'closed')
    if (isPull(issue)) await reopenPull(call, issue);
    else reopen(call, issue);
  issue.updatedAt = call.at;
  return ok(showWholeIssue(call, issue));
}

function setLabels(call: Call, issue: Issue, names: readonly string[]): void {
  for (const name of issue.labels.filter((one) => !names.includes(one))) unlabel(call, issue, name);
  label(call, issue, names);
}

function addLabels(call: Call): Answer {
  const issue = issueOf(call);
  const body = call.body as unknown;
  label(call, issue, namesOf(Array.isArray(body) ? body : (call.body.labels ?? [])));
  return ok(issue.labels.map((name) => showLabel(call, name)));
}

/** @see https://docs.github.com/en/rest/issues/labels#remove-a-label-from-an-issue */
function removeLabel(call: Call): Answer {
  const issue = issueOf(call);
  const name = call.params.name ?? '';
  if (!issue.labels.includes(name)) throw new Refusal(404, 'Label does not exist');
  unlabel(call, issue, name);
  return ok(issue.labels.map((one) => showLabel(call, one)));
}

/** @see https://docs.github.com/en/rest/issues/comments#create-an-issue-comment */
function createComment(call: Call): Answer {
  const issue = issueOf(call);
  checkTexts('IssueComment', { body: call.body.body });
  const comment: Comment = {
    id: nextId(call.state),
    userId: call.actor.user.id,
    app: appOf(call.actor),
    body: call.body.body,
    createdAt: call.at,
    updatedAt: call.at,
  };
  issue.comments.push(comment);
  issue.updatedAt = call.at;
  return created(showComment(call, issue, comment));
}

/** Whoever may write may edit the words of others. @see https://docs.github.com/en/communities/moderating-comments-and-conversations/managing-disruptive-comments#editing-a-comment */
function updateComment(call: Call): Answer {
  const id = Number(call.params.comment_id);
  const issue = call.state.issues.find((one) => one.comments.some((comment) => comment.id === id));
  const comment = issue?.comments.find((one) => one.id === id);
  if (!issue || !comment) throw notFound();
  const { user } = call.actor;
  if (comment.userId !== user.id && !atLeast(user.role, 'write'))
    throw new Refusal(403, 'Must have admin rights to Repository.');
  checkTexts('IssueComment', { body: call.body.body });
  comment.body = call.body.body;
  comment.updatedAt = call.at;
  return ok(showComment(call, issue, comment));
}

/** Oldest first. @see https://docs.github.com/en/rest/issues/comments#list-issue-comments */
function listComments(call: Call): Answer {
  const issue = issueOf(call);
  const since = call.query.get('since') ?? '';
  return page(
    call,
    issue.comments.filter((one) => one.updatedAt >= since),
    (one) => showComment(call, issue, one),
  );
}

function listEvents(call: Call): Answer {
  return page(call, issueOf(call).events, (one) => showEvent(call, one));
}

/** Events, comments and reviews in the order of time. @see https://docs.github.com/en/rest/issues/timeline#list-timeline-events-for-an-issue */
function timeline(call: Call): Answer {
  const issue = issueOf(call);
  const reviews = (issue.pull?.reviews ?? []).filter((one) => one.submittedAt !== null);
  const items = [
    ...issue.events.map((one) => ({ at: one.createdAt, id: one.id, show: () => showEvent(call, one) })),
    ...issue.comments.map((one) => ({
      at: one.createdAt,
      id: one.id,
      show: () => showTimelineComment(call, issue, one),
    })),
    ...reviews.map((one) => ({
      at: one.submittedAt ?? '',
      id: one.id,
      show: () => ({ ...showReview(call, issue, one), event: 'reviewed', state: one.state.toLowerCase() }),
    })),
  ].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id - b.id));
  return page(call, items, (one) => one.show());
}

// What is done to a pull request through its issue needs either permission.
const READ = ['issues:read', 'pull_requests:read'];
const WRITE = ['issues:write', 'pull_requests:write'];

export const issueRoutes: readonly Route[] = [
  { operation: 'issues/list-for-repo', role: 'read', permissions: READ, run: list },
  {
    operation: 'issues/get',
    role: 'read',
    permissions: READ,
    run: (call) => ok(showWholeIssue(call, issueOf(call))),
  },
  { operation: 'issues/create', role: 'read', permissions: ['issues:write'], run: create },
  { operation: 'issues/update', role: 'read', permissions: WRITE, run: update },
  { operation: 'issues/add-labels', role: 'triage', permissions: WRITE, run: addLabels },
  { operation: 'issues/remove-label', role: 'triage', permissions: WRITE, run: removeLabel },
  { operation: 'issues/create-comment', role: 'read', permissions: WRITE, run: createComment },
  { operation: 'issues/update-comment', role: 'read', permissions: WRITE, run: updateComment },
  { operation: 'issues/list-comments', role: 'read', permissions: READ, run: listComments },
  { operation: 'issues/list-events', role: 'read', permissions: READ, run: listEvents },
  { operation: 'issues/list-events-for-timeline', role: 'read', permissions: READ, run: timeline },
];
