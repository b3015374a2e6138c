import type { ExportedReview } from '../domain/merge-export.ts';
import type { ProposalKind } from '../domain/proposal.ts';
import type { SeenPull } from '../domain/seen-pulls.ts';
import type { Signer } from './git.ts';

type PullState = 'open' | 'merged' | 'closed';

/**
 * What people ask of the bot at a pull request, by a label `patchwarden/<request>`.
 * - `hold`: leave it alone, whatever is wanted
 * - `rebase`: make it anew from the protected branch, over whatever is on its branch
 * - `expedite`: bring what it brings to all rings at once, in a pull request of its own
 */
export type PullAsk = 'hold' | 'rebase' | 'expedite';

/** Who asked: an account of a forge with pages, `<forge>:<number>`, or the signed commit that says so. */
export type Asker = { readonly account: string } | { readonly commit: string };

/** A pull request as the forge has it now. */
export interface PullRequest {
  readonly number: number;
  readonly kind: ProposalKind | 'manual';
  readonly scope: string;
  /** Without `refs/heads/`. */
  readonly branch: string;
  readonly base: string;
  /** The last commit that we put on the branch; what a person put there since is `foreign`. */
  readonly head: string;
  /** Commit of the branch now; null when it is gone. */
  readonly tip: string | null;
  /** Somebody else's commit is on our branch, so the branch is theirs now (R3). A deleted branch is not. */
  readonly foreign: boolean;
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  readonly contentDigest: string;
  readonly state: PullState;
  readonly openedBy: string;
  readonly openedAt: string;
  readonly asks: readonly PullAsk[];
  /** Ids of the signed approval commits, oldest first. */
  readonly approvals: readonly string[];
  /** The merge on the protected branch, once merged. */
  readonly merge: string | null;
  readonly closeReason: string | null;
  /** Principal that closed it; null while it is not closed. A person's close is a refusal of that content. */
  readonly closedBy: string | null;
}

/** Whom to ask for a review when a pull request is opened; never again after that. */
export interface ReviewRequest {
  /** `<forge>:<number>`. */
  readonly accounts: readonly string[];
  /** Only where the forge asked nobody by itself. */
  readonly unlessAsked: boolean;
}

export interface NewPull {
  readonly kind: PullRequest['kind'];
  readonly scope: string;
  readonly branch: string;
  /** Commit to put on the branch; it must exist locally. */
  readonly head: string;
  /** Lease on the branch: its commit now, null when it must not exist. */
  readonly expectedBranch: string | null;
  /** What there was of the branch when it was decided; undefined: only open ones forbid to open another. */
  readonly seen?: readonly SeenPull[];
  /** People asked for it, so that their commits on the branch are replaced too. */
  readonly asked?: boolean;
  /** Approvals of the same content that were given before do not count any more. */
  readonly anew?: boolean;
  readonly title: string;
  readonly body: string;
  readonly contentDigest: string;
  readonly at: string;
  readonly reviewers?: ReviewRequest | undefined;
}

/** An incomplete listing says why and is never an empty one (R5). */
export type Listing =
  | { readonly complete: true; readonly pulls: readonly PullRequest[] }
  | { readonly complete: false; readonly reason: string };

/** What there is of one branch. */
export interface BranchState {
  /** Every pull request that came from it, in whatever state, oldest first. */
  readonly pulls: readonly PullRequest[];
  /** Its commit now; null when it does not exist. */
  readonly tip: string | null;
  /** Whether `tip` is nobody's work but ours, so that it may be replaced. */
  readonly ours: boolean;
}

/** A pull request that the forge merged itself. Accounts are `<forge>:<number>`. */
export interface MergedPull {
  readonly number: number;
  readonly kind: PullRequest['kind'];
  readonly scope: string;
  /** The head that was merged; it is in the clone. */
  readonly head: string;
  readonly merger: string;
  /** Reviews that approve exactly this head and were not taken back. */
  readonly reviews: readonly ExportedReview[];
}

/** The check `patchwarden/change` at the head of a pull request. */
export interface PullCheck {
  readonly state: 'success' | 'pending' | 'failure';
  /** One sentence. */
  readonly description: string;
  /** Markdown: every reason, and what to do about it. Shown where the forge has a place for it. */
  readonly summary: string;
  /** What was judged. */
  readonly contentDigest: string;
}

/** Merging by the forge itself, once all that the protected branch requires is there. */
export interface AutoMerge {
  /** Whether what we asked for stands. */
  asked(number: number): Promise<boolean>;
  /**
   * Whether to ask for it: not where a person did or took back what we asked, where the forge refused it for that head, and
   * where the protected branch does not require our check, so that the forge would wait for nothing.
   */
  possible(number: number, head: string): Promise<boolean>;
  /** For that head alone. Throws `forge-failed` when the forge will not, which is said below the pull request once. */
  ask(number: number, head: string): Promise<void>;
  takeBack(number: number): Promise<void>;
}

/** Pull requests as reconcile needs them. All writes carry leases; a lost one throws `lease-lost` and changes nothing. */
export interface Forge {
  /** All that are open. */
  list(): Promise<Listing>;
  /** Throws `forge-failed` when it cannot be told in full. */
  branch(name: string): Promise<BranchState>;
  /** Throws `lease-lost` when the branch is not where it was expected. One that is open from that branch already is the answer. */
  open(pull: NewPull, by: Signer): Promise<PullRequest>;
  /** New head, title and body of an open pull request; with its present head only the text changes. */
  refresh(number: number, pull: NewPull, by: Signer): Promise<PullRequest>;
  close(
    number: number,
    reason: string,
    at: string,
    by: Signer,
    options?: { readonly deleteBranch?: boolean },
  ): Promise<PullRequest>;
  /** Who asked last for what a pull request asks; undefined where nobody knows. */
  asker?(number: number, ask: PullAsk): Promise<Asker | undefined>;
  /** Says something below a pull request, once for each key. Missing where there are no comments. */
  note?(number: number, key: string, text: string): Promise<void>;
  /** Reviews that approve exactly this head and were not taken back. */
  reviews?(number: number, head: string): Promise<readonly ExportedReview[]>;
  /** Sets the check of a commit. @returns false when it says so already */
  check?(head: string, check: PullCheck): Promise<boolean>;
  /** Missing where people merge through us. */
  readonly autoMerge?: AutoMerge;
  /**
   * Keeps the one issue of the bot up to date that shows everything; one that a person closed stays closed.
   * @returns false when it says so already, or is closed
   */
  dashboard?(title: string, body: string): Promise<boolean>;
  /** The text of that issue now; undefined where there is none, or it is closed. */
  dashboardText?(): Promise<string | undefined>;
  /** What it knows of a commit of the protected branch that it merged; undefined when that is of no pull request. */
  merged?(commit: string): Promise<MergedPull | undefined>;
}

/** The embedded forge, where people approve and merge through us and not on pages of its own. */
export interface GitForge extends Forge {
  /** Open, merged and closed ones. */
  all(): Promise<Listing>;
  /** A signed approval that binds the number and the content digest. */
  approve(number: number, contentDigest: string, at: string, by: Signer): Promise<PullRequest>;
  /** Asks something of the bot at an open pull request, or takes it back. */
  label(number: number, ask: PullAsk, set: boolean, at: string, by: Signer): Promise<PullRequest>;
  /** Moves the protected branch to a ready merge commit and records it, in one atomic push. */
  merge(
    number: number,
    mergeCommit: string,
    expectedBase: string,
    at: string,
    by: Signer,
  ): Promise<PullRequest>;
}
