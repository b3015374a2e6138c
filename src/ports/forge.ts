import type { ProposalKind } from '../domain/proposal.ts';
import type { Signer } from './git.ts';

type PullState = 'open' | 'merged' | 'closed';

/** A pull request as the forge has it now. */
export interface PullRequest {
  readonly number: number;
  readonly kind: ProposalKind | 'manual';
  readonly scope: string;
  /** Without `refs/heads/`. */
  readonly branch: string;
  readonly base: string;
  /** Commit the branch had at the last event. */
  readonly head: string;
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  readonly contentDigest: string;
  readonly state: PullState;
  readonly openedBy: string;
  readonly openedAt: string;
  /** Ids of the signed approval commits, oldest first. */
  readonly approvals: readonly string[];
  /** The merge on the protected branch, once merged. */
  readonly merge: string | null;
  readonly closeReason: string | null;
  /** Principal that closed it; null while it is not closed. A person's close is a refusal of that content. */
  readonly closedBy: string | null;
}

export interface NewPull {
  readonly kind: PullRequest['kind'];
  readonly scope: string;
  readonly branch: string;
  /** Commit to put on the branch; it must exist locally. */
  readonly head: string;
  /** Lease on the branch: its commit now, null when it must not exist. */
  readonly expectedBranch: string | null;
  readonly title: string;
  readonly body: string;
  readonly contentDigest: string;
  readonly at: string;
}

/** Why a listing cannot be trusted to be whole. An incomplete listing is never an empty one (R5). */
interface IncompleteListing {
  readonly reason: string;
}

/** Pull requests. All writes carry leases; a lost one throws `lease-lost` and changes nothing. */
export interface Forge {
  list(): Promise<
    | { readonly complete: true; readonly pulls: readonly PullRequest[] }
    | ({ readonly complete: false } & IncompleteListing)
  >;
  open(pull: NewPull, by: Signer): Promise<PullRequest>;
  /** New head, title and body of an open pull request. */
  refresh(number: number, pull: NewPull, by: Signer): Promise<PullRequest>;
  close(
    number: number,
    reason: string,
    at: string,
    by: Signer,
    options?: { readonly deleteBranch?: boolean },
  ): Promise<PullRequest>;
  /** A signed approval that binds the number and the content digest. */
  approve(number: number, contentDigest: string, at: string, by: Signer): Promise<PullRequest>;
  /** Moves the protected branch to a ready merge commit and records it, in one atomic push. */
  merge(
    number: number,
    mergeCommit: string,
    expectedBase: string,
    at: string,
    by: Signer,
  ): Promise<PullRequest>;
}
