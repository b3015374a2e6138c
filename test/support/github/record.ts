import { custom, notFound, Refusal } from './answers.ts';
import { appOf, type Call, nextId } from './call.ts';
import type { PullIssue } from './show-pull.ts';
import type { Issue, IssueEvent } from './state.ts';

type Told = Partial<Omit<IssueEvent, 'id' | 'event' | 'createdAt'>>;

/** Notes who did what, in the issue's own history. */
export function tell(call: Call, issue: Issue, event: string, more: Told = {}): void {
  const by = { actorId: call.actor.user.id, app: appOf(call.actor) };
  issue.events.push({ id: nextId(call.state), event, createdAt: call.at, ...by, ...more });
  issue.updatedAt = call.at;
}

/** @throws Refusal 404; 410 for a deleted one. @see https://docs.github.com/en/rest/issues/issues#get-an-issue */
export function issueOf(call: Call): Issue {
  const number = Number(call.params.issue_number ?? call.params.pull_number);
  if (call.state.deleted.has(number)) throw new Refusal(410, 'This issue was deleted');
  const found = call.state.issues.find((one) => one.number === number);
  if (!found) throw notFound();
  return found;
}

export const isPull = (issue: Issue): issue is PullIssue => issue.pull !== undefined;

/** @throws Refusal 404, for an issue that is no pull request as well. */
export function pullOf(call: Call): PullIssue {
  const issue = issueOf(call);
  if (!isPull(issue)) throw notFound();
  return issue;
}

export function close(call: Call, issue: Issue, reason: Issue['stateReason'], commitId?: string): void {
  issue.state = 'closed';
  issue.stateReason = issue.pull ? null : reason;
  issue.closedAt = call.at;
  issue.closedById = call.actor.user.id;
  tell(call, issue, 'closed', commitId ? { commitId } : {});
}

export function reopen(call: Call, issue: Issue): void {
  issue.state = 'open';
  issue.stateReason = issue.pull ? null : 'reopened';
  issue.closedAt = null;
  issue.closedById = null;
  tell(call, issue, 'reopened');
}

/** Texts have an end: 65,536 characters of body, 256 of title. Seen in renovatebot/renovate#42993; not documented. */
export function checkTexts(
  resource: string,
  texts: { readonly title?: string; readonly body?: string | null },
): void {
  if (texts.title?.trim() === '') throw custom(resource, "title can't be blank", 'title');
  if ((texts.title?.length ?? 0) > 256)
    throw custom(resource, 'title is too long (maximum is 256 characters)', 'title');
  if ((texts.body?.length ?? 0) > 65_536)
    throw custom(resource, 'body is too long (maximum is 65536 characters)', 'body');
}

export function rename(call: Call, issue: Issue, title: string): void {
  if (title === issue.title) return;
  tell(call, issue, 'renamed', { rename: { from: issue.title, to: title } });
  issue.title = title;
}

/** A label that doesn't exist yet is made. @see https://docs.github.com/en/rest/issues/labels#add-labels-to-an-issue */
export function label(call: Call, issue: Issue, names: readonly string[]): void {
  for (const name of names) {
    if (name.length > 50) throw custom('Label', 'name is too long (maximum is 50 characters)', 'name');
    if (!call.state.labels.has(name)) call.state.labels.set(name, nextId(call.state));
    if (issue.labels.includes(name)) continue;
    issue.labels.push(name);
    tell(call, issue, 'labeled', { label: name });
  }
}

export function unlabel(call: Call, issue: Issue, name: string): void {
  issue.labels = issue.labels.filter((one) => one !== name);
  tell(call, issue, 'unlabeled', { label: name });
}
