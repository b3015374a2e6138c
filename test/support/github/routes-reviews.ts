import { created, notFound, ok, Refusal } from './answers.ts';
import { type Call, nextId, type Route, userByLogin } from './call.ts';
import { page } from './pages.ts';
import { pullOf, tell } from './record.ts';
import { ownOrTriage } from './routes-pulls.ts';
import { type PullIssue, showPull, showReview } from './show-pull.ts';
import type { Review, ReviewState } from './state.ts';

const unprocessable = (message: string): Refusal => new Refusal(422, 'Unprocessable Entity', [message]);

const states: Readonly<Record<string, ReviewState>> = {
  APPROVE: 'APPROVED',
  REQUEST_CHANGES: 'CHANGES_REQUESTED',
  COMMENT: 'COMMENTED',
};

/** In the order they were given. @see https://docs.github.com/en/rest/pulls/reviews#list-reviews-for-a-pull-request */
function list(call: Call): ReturnType<typeof page> {
  const issue = pullOf(call);
  const seen = issue.pull.reviews.filter(
    (one) => one.state !== 'PENDING' || one.userId === call.actor.user.id,
  );
  return page(call, seen, (one) => showReview(call, issue, one));
}

/**
 * Without an event it stays pending, seen by its author only; without a commit it is of the newest one.
 * @see https://docs.github.com/en/rest/pulls/reviews#create-a-review-for-a-pull-request
 */
async function create(call: Call): Promise<ReturnType<typeof ok>> {
  const issue = pullOf(call);
  const { event, body = '', commit_id: commitId = issue.pull.headSha } = call.body;
  const own = issue.userId === call.actor.user.id;
  // https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/reviewing-changes-in-pull-requests/about-pull-request-reviews
  if (own && event === 'APPROVE') throw unprocessable('Review Can not approve your own pull request');
  if (own && event === 'REQUEST_CHANGES')
    throw unprocessable('Review Can not request changes on your own pull request');
  if (body === '' && (event === 'COMMENT' || event === 'REQUEST_CHANGES'))
    throw unprocessable('Review Body can not be blank');
  if (!(await call.git.commit(commitId)))
    throw unprocessable('Review Commit is not part of the pull request');
  const state: ReviewState = event === undefined ? 'PENDING' : (states[event] ?? 'PENDING');
  const review: Review = {
    id: nextId(call.state),
    userId: call.actor.user.id,
    body,
    state,
    commitId,
    submittedAt: state === 'PENDING' ? null : call.at,
  };
  issue.pull.reviews.push(review);
  issue.pull.requested.users = issue.pull.requested.users.filter((id) => id !== review.userId);
  issue.updatedAt = call.at;
  return ok(showReview(call, issue, review));
}

/** @see https://docs.github.com/en/rest/pulls/reviews#dismiss-a-review-for-a-pull-request */
function dismiss(call: Call): ReturnType<typeof ok> {
  const issue = pullOf(call);
  const review = issue.pull.reviews.find((one) => one.id === Number(call.params.review_id));
  if (!review) throw notFound();
  if (review.state === 'PENDING' || review.state === 'COMMENTED')
    throw unprocessable('Can not dismiss a commented pull request review');
  review.state = 'DISMISSED';
  tell(call, issue, 'review_dismissed', { dismissed: { reviewId: review.id, message: call.body.message } });
  return ok(showReview(call, issue, review));
}

/** @see https://docs.github.com/en/rest/pulls/review-requests#request-reviewers-for-a-pull-request */
function request(call: Call): ReturnType<typeof created> {
  const issue = pullOf(call);
  ownOrTriage(call, issue);
  const { reviewers = [], team_reviewers: teams = [] } = call.body as {
    reviewers?: string[];
    team_reviewers?: string[];
  };
  const users = reviewers.map((login) => reviewer(call, issue, login));
  if (teams.some((slug) => !call.world.teams.has(slug))) throw strangers(call);
  const { requested } = issue.pull;
  for (const id of users.filter((one) => !requested.users.includes(one))) {
    requested.users.push(id);
    tell(call, issue, 'review_requested', { reviewerId: id });
  }
  for (const slug of teams.filter((one) => !requested.teams.includes(one))) {
    requested.teams.push(slug);
    tell(call, issue, 'review_requested', { team: slug });
  }
  return created(showPull(call, issue));
}

function strangers(call: Call): Refusal {
  const { owner, repo } = call.world;
  return new Refusal(
    422,
    'Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a ' +
      `collaborator of the ${owner}/${repo} repository.`,
  );
}

function reviewer(call: Call, issue: PullIssue, login: string): number {
  const user = userByLogin(call.state, login);
  if (!user || user.role === null) throw strangers(call);
  if (user.id === issue.userId)
    throw new Refusal(422, 'Review cannot be requested from pull request author.');
  return user.id;
}

export const reviewRoutes: readonly Route[] = [
  { operation: 'pulls/list-reviews', role: 'read', permissions: ['pull_requests:read'], run: list },
  { operation: 'pulls/create-review', role: 'read', permissions: ['pull_requests:write'], run: create },
  { operation: 'pulls/dismiss-review', role: 'write', permissions: ['pull_requests:write'], run: dismiss },
  { operation: 'pulls/request-reviewers', role: 'read', permissions: ['pull_requests:write'], run: request },
];
