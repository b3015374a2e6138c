import { instantOf } from '../domain/time.ts';
import type { HostedIssue, HostedPull, HostedReview, HostedStatus } from './hosted-api.ts';

/** A pull request as GitHub and Gitea give it. */
export interface RestPull {
  readonly number: number;
  readonly title: string;
  readonly body?: string | null;
  readonly state: string;
  readonly merged_at?: string | null;
  readonly merge_commit_sha?: string | null;
  readonly created_at: string;
  readonly user?: { readonly login: string } | null;
  readonly head: {
    readonly label?: string;
    readonly ref: string;
    readonly sha: string;
    readonly repo?: { readonly full_name?: string } | null;
  };
  readonly base: { readonly ref: string };
  readonly labels?: readonly { readonly name?: string }[];
  readonly content_version?: number;
  readonly requested_reviewers?: readonly unknown[] | null;
  readonly requested_teams?: readonly unknown[] | null;
}

export const hostedPull = (pull: RestPull, repository: string): HostedPull => ({
  number: pull.number,
  title: pull.title,
  body: pull.body ?? '',
  branch: pull.head.ref,
  ownBranch: pull.head.repo?.full_name?.toLowerCase() === repository.toLowerCase(),
  head: pull.head.sha,
  base: pull.base.ref,
  state: pull.state === 'open' ? 'open' : pull.merged_at ? 'merged' : 'closed',
  author: pull.user?.login ?? '',
  openedAt: pull.created_at,
  merge: pull.merged_at ? (pull.merge_commit_sha ?? null) : null,
  labels: (pull.labels ?? []).flatMap((l) => (l.name === undefined ? [] : [l.name])),
  reviewAsked: (pull.requested_reviewers ?? []).length + (pull.requested_teams ?? []).length > 0,
  version: pull.content_version,
});

/** Gitea calls the state a status. */
export const statusOf = (given: {
  readonly state?: string;
  readonly status?: string;
  readonly description: string | null;
  readonly creator?: { readonly login: string } | null;
}): HostedStatus => ({
  state: given.state ?? given.status ?? '',
  description: given.description ?? '',
  author: given.creator?.login ?? '',
});

export const hostedIssue = (issue: {
  readonly number: number;
  readonly title: string;
  readonly body?: string | null;
  readonly state: string;
}): HostedIssue => ({ number: issue.number, title: issue.title, body: issue.body ?? '', state: issue.state });

export interface RestReview {
  readonly id: number;
  readonly user?: { readonly id: number } | null;
  readonly state: string;
  readonly commit_id?: string | null;
  readonly submitted_at?: string | null;
  readonly dismissed?: boolean;
}

/** Accounts that are gone have no number of their own, so that nobody can answer for their reviews. */
export function hostedReview(kind: 'github' | 'gitea', review: RestReview): HostedReview {
  const account = review.user?.id ?? 0;
  const at = Date.parse(review.submitted_at ?? '');
  const known = account > 0 && Number.isFinite(at);
  const verdict = VERDICTS[review.dismissed === true ? 'DISMISSED' : review.state];
  return {
    id: review.id,
    account: `${kind}:${account}`,
    verdict: (known ? verdict : undefined) ?? 'none',
    commit: review.commit_id ?? '',
    at: known ? instantOf(at) : '',
  };
}

/** A dismissed review is taken back; a comment is no verdict. Gitea says REQUEST_CHANGES where GitHub says CHANGES_REQUESTED. */
const VERDICTS: Readonly<Record<string, 'approved' | 'refused'>> = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'refused',
  REQUEST_CHANGES: 'refused',
  DISMISSED: 'refused',
};
