import type { GitCommit } from './backend.ts';
import { type Call, userById } from './call.ts';
import { association, nodeId, repoUrl, repoWeb, showLabel, showOwner, showTeam } from './show-base.ts';
import { issueUrl, issueWeb, showComment, who } from './show-issue.ts';
import { showRepo } from './show-repo.ts';
import type { Comment, Issue, Pull, Review } from './state.ts';

export interface PullIssue extends Issue {
  readonly pull: Pull;
}

const pullUrl = (call: Call, issue: Issue): string => `${repoUrl(call)}/pulls/${issue.number}`;

function side(call: Call, branch: string, sha: string): Record<string, unknown> {
  const label = `${call.world.owner}:${branch}`;
  return { label, ref: branch, sha, user: showOwner(call), repo: showRepo(call) };
}

/** The form of listings. @see https://docs.github.com/en/rest/pulls/pulls#list-pull-requests */
export function showPull(call: Call, issue: PullIssue): Record<string, unknown> {
  const { pull } = issue;
  const url = pullUrl(call, issue);
  const html = issueWeb(call, issue);
  return {
    id: pull.id,
    node_id: nodeId('PR', pull.id),
    ...pullLinks(call, issue, url, html),
    number: issue.number,
    state: issue.state,
    locked: false,
    title: issue.title,
    body: issue.body,
    user: who(call, issue.userId),
    author_association: association(userById(call.state, issue.userId)),
    labels: issue.labels.map((name) => showLabel(call, name)),
    milestone: null,
    assignee: who(call, issue.assignees[0] ?? null),
    assignees: issue.assignees.map((id) => who(call, id)),
    requested_reviewers: pull.requested.users.map((id) => who(call, id)),
    requested_teams: pull.requested.teams.map((slug) => showTeam(call, slug)),
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeSha,
    draft: pull.draft,
    head: side(call, pull.head, pull.headSha),
    base: side(call, pull.base, pull.baseSha),
    auto_merge: autoMerge(call, issue),
  };
}

function pullLinks(call: Call, issue: Issue, url: string, html: string): Record<string, unknown> {
  const comments = `${issueUrl(call, issue)}/comments`;
  const statuses = `${repoUrl(call)}/statuses/${issue.pull?.headSha ?? ''}`;
  const addresses = {
    url,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issueUrl(call, issue),
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${repoUrl(call)}/pulls/comments{/number}`,
    comments_url: comments,
    statuses_url: statuses,
  };
  const href = (target: string): { href: string } => ({ href: target });
  return {
    ...addresses,
    _links: {
      self: href(url),
      html: href(html),
      issue: href(addresses.issue_url),
      comments: href(comments),
      review_comments: href(addresses.review_comments_url),
      review_comment: href(addresses.review_comment_url),
      commits: href(addresses.commits_url),
      statuses: href(statuses),
    },
  };
}

function autoMerge(call: Call, issue: PullIssue): Record<string, unknown> | null {
  const set = issue.pull.autoMerge;
  if (!set) return null;
  return {
    enabled_by: who(call, set.byId),
    merge_method: set.method,
    commit_title: `${issue.title} (#${issue.number})`,
    commit_message: issue.body ?? '',
  };
}

/** The form of one pull request's own page; `commits` and files are counted there. */
export async function showWholePull(call: Call, issue: PullIssue): Promise<Record<string, unknown>> {
  const { pull } = issue;
  const [commits, files] = await Promise.all([
    call.git.commits(pull.baseSha, pull.headSha),
    call.git.files(pull.baseSha, pull.headSha),
  ]);
  return {
    ...showPull(call, issue),
    merged: pull.mergedAt !== null,
    merged_by: who(call, pull.mergedById),
    mergeable: pull.mergeable,
    rebaseable: pull.mergeable,
    mergeable_state: pull.mergeable === null ? 'unknown' : pull.mergeable ? 'clean' : 'dirty',
    maintainer_can_modify: false,
    comments: issue.comments.length,
    review_comments: 0,
    commits: commits.length,
    additions: files.reduce((sum, one) => sum + one.additions, 0),
    deletions: files.reduce((sum, one) => sum + one.deletions, 0),
    changed_files: files.length,
  };
}

export function showReview(call: Call, issue: Issue, review: Review): Record<string, unknown> {
  const html = `${issueWeb(call, issue)}#pullrequestreview-${review.id}`;
  return {
    id: review.id,
    node_id: nodeId('PRR', review.id),
    user: who(call, review.userId),
    body: review.body,
    state: review.state,
    commit_id: review.commitId,
    html_url: html,
    pull_request_url: pullUrl(call, issue),
    _links: { html: { href: html }, pull_request: { href: pullUrl(call, issue) } },
    author_association: association(userById(call.state, review.userId)),
    ...(review.submittedAt === null ? {} : { submitted_at: review.submittedAt }),
  };
}

export function showCommit(call: Call, commit: GitCommit): Record<string, unknown> {
  const url = `${repoUrl(call)}/commits/${commit.sha}`;
  const git = `${repoUrl(call)}/git`;
  return {
    sha: commit.sha,
    node_id: nodeId('C', commit.sha),
    url,
    html_url: `${repoWeb(call)}/commit/${commit.sha}`,
    comments_url: `${url}/comments`,
    commit: {
      url: `${git}/commits/${commit.sha}`,
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      comment_count: 0,
      tree: { sha: commit.tree, url: `${git}/trees/${commit.tree}` },
    },
    // Accounts are found by the commit's address, which anybody can write; nothing may rest on them.
    author: null,
    committer: null,
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${repoUrl(call)}/commits/${sha}`,
      html_url: `${repoWeb(call)}/commit/${sha}`,
    })),
  };
}

/** @see https://docs.github.com/en/rest/issues/timeline */
export function showTimelineComment(call: Call, issue: Issue, comment: Comment): Record<string, unknown> {
  return { ...showComment(call, issue, comment), event: 'commented', actor: who(call, comment.userId) };
}
