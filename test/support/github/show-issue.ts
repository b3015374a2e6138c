import { type Call, userById } from './call.ts';
import {
  association,
  nodeId,
  repoUrl,
  repoWeb,
  showApp,
  showLabel,
  showTeam,
  showUser,
} from './show-base.ts';
import type { Comment, Issue, IssueEvent } from './state.ts';

export const who = (call: Call, id: number | null): Record<string, unknown> | null =>
  id === null ? null : showUser(call, userById(call.state, id));

export const issueUrl = (call: Call, issue: Issue): string => `${repoUrl(call)}/issues/${issue.number}`;

export function issueWeb(call: Call, issue: Issue): string {
  return `${repoWeb(call)}/${issue.pull ? 'pull' : 'issues'}/${issue.number}`;
}

/** Every pull request is an issue too. @see https://docs.github.com/en/rest/issues/issues#list-repository-issues */
export function showIssue(call: Call, issue: Issue): Record<string, unknown> {
  const url = issueUrl(call, issue);
  return {
    id: issue.id,
    node_id: nodeId('I', issue.id),
    url,
    repository_url: repoUrl(call),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    html_url: issueWeb(call, issue),
    number: issue.number,
    title: issue.title,
    body: issue.body,
    state: issue.state,
    state_reason: issue.stateReason,
    locked: false,
    active_lock_reason: null,
    user: who(call, issue.userId),
    author_association: association(userById(call.state, issue.userId)),
    performed_via_github_app: showApp(call, issue.app),
    labels: issue.labels.map((name) => showLabel(call, name)),
    assignee: who(call, issue.assignees[0] ?? null),
    assignees: issue.assignees.map((id) => who(call, id)),
    milestone: null,
    comments: issue.comments.length,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    ...(issue.pull ? { draft: issue.pull.draft, pull_request: pullLinks(call, issue) } : {}),
  };
}

/** Who closed it is told on the page of one issue. @see https://docs.github.com/en/rest/issues/issues#get-an-issue */
export function showWholeIssue(call: Call, issue: Issue): Record<string, unknown> {
  return { ...showIssue(call, issue), closed_by: who(call, issue.closedById) };
}

function pullLinks(call: Call, issue: Issue): Record<string, unknown> {
  const html = issueWeb(call, issue);
  return {
    url: `${repoUrl(call)}/pulls/${issue.number}`,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    merged_at: issue.pull?.mergedAt ?? null,
  };
}

export function showComment(call: Call, issue: Issue, comment: Comment): Record<string, unknown> {
  return {
    id: comment.id,
    node_id: nodeId('IC', comment.id),
    url: `${repoUrl(call)}/issues/comments/${comment.id}`,
    html_url: `${issueWeb(call, issue)}#issuecomment-${comment.id}`,
    issue_url: issueUrl(call, issue),
    body: comment.body,
    user: who(call, comment.userId),
    author_association: association(userById(call.state, comment.userId)),
    performed_via_github_app: showApp(call, comment.app),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
  };
}

/** @see https://docs.github.com/en/rest/using-the-rest-api/issue-event-types */
export function showEvent(call: Call, event: IssueEvent): Record<string, unknown> {
  const { commitId, label, rename, reviewerId, team, dismissed } = event;
  const requested =
    reviewerId === undefined && team === undefined
      ? {}
      : {
          review_requester: who(call, event.actorId),
          ...(reviewerId === undefined ? {} : { requested_reviewer: who(call, reviewerId) }),
          ...(team === undefined ? {} : { requested_team: showTeam(call, team) }),
        };
  return {
    id: event.id,
    node_id: nodeId('E', event.id),
    url: `${repoUrl(call)}/issues/events/${event.id}`,
    actor: who(call, event.actorId),
    event: event.event,
    commit_id: commitId ?? null,
    commit_url: commitId ? `${repoUrl(call)}/commits/${commitId}` : null,
    created_at: event.createdAt,
    performed_via_github_app: showApp(call, event.app),
    ...(label === undefined ? {} : { label: { name: label, color: 'ededed' } }),
    ...(rename ? { rename } : {}),
    ...(dismissed
      ? {
          dismissed_review: {
            state: 'approved',
            review_id: dismissed.reviewId,
            dismissal_message: dismissed.message,
          },
        }
      : {}),
    ...requested,
  };
}
