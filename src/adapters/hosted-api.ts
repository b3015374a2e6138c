/** A pull request as a forge with pages tells it. */
export interface HostedPull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  /** Branch that it comes from, without `refs/heads/`. */
  readonly branch: string;
  /** Whether that branch is in the policy repository itself, and not in somebody's fork. */
  readonly ownBranch: boolean;
  /** Commit that the forge last saw on it; null where it tells only what the branch has now, which may be another matter. */
  readonly head: string | null;
  readonly base: string;
  readonly state: 'open' | 'merged' | 'closed';
  /** Name of the account that opened it. */
  readonly author: string;
  /** RFC 3339 UTC. */
  readonly openedAt: string;
  /** Commit on the base branch that it was merged as. */
  readonly merge: string | null;
  readonly labels: readonly string[];
  /** Somebody is asked for a review. */
  readonly reviewAsked: boolean;
  /** Of title and body, where the forge counts them: an edit that names an older one is refused. */
  readonly version?: number | undefined;
}

export interface HostedChange {
  readonly title?: string;
  readonly body?: string;
  readonly state?: 'closed';
  /** That the change is based on. */
  readonly version?: number | undefined;
}

/** Who closed a pull request. */
interface HostedClose {
  readonly account: string;
  /** Nobody asked for it: the forge did it when a branch of that name was deleted, this one or an earlier one. */
  readonly byDeletion: boolean;
}

/** A pull request that the forge merged, and the account that did. */
export interface HostedMerge {
  readonly pull: HostedPull;
  /** `<forge>:<number>`. */
  readonly merger: string;
  /** What that account is called. */
  readonly mergerName: string;
}

export interface HostedReview {
  readonly id: number;
  /** `<forge>:<number>`. */
  readonly account: string;
  readonly verdict: 'approved' | 'refused' | 'none';
  /** Head that it looked at. */
  readonly commit: string;
  /** RFC 3339 UTC. */
  readonly at: string;
}

export interface HostedStatus {
  readonly state: string;
  readonly description: string;
  readonly author: string;
}

/** A check run of our own App. */
export interface HostedRun {
  readonly id: number;
  /** `success`, `failure` and other conclusions; `pending` while there is none. */
  readonly state: string;
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
  readonly externalId: string;
}

/** Check runs, which only an App may write; another App's run of the same name is not found. */
export interface HostedRuns {
  /** The newest of that name at a commit. */
  find(commit: string, name: string): Promise<HostedRun | undefined>;
  create(commit: string, name: string, run: Omit<HostedRun, 'id'>): Promise<void>;
  update(name: string, run: HostedRun): Promise<void>;
}

/** Merging by the forge itself, once all that the branch requires is there. */
export interface HostedAutoMerge {
  /** Account whose wish stands; undefined where nobody's does. */
  askedBy(number: number): Promise<string | undefined>;
  /** Account that took back the last wish. */
  takenBackBy(number: number): Promise<string | undefined>;
  /** Whether the repository has such a thing, and the branch requires a check of that name. */
  possible(base: string, check: string): Promise<boolean>;
  /** Nothing but that head may be merged by it. */
  ask(number: number, head: string): Promise<void>;
  /** Where there is nothing to take back, it is none the less gone. */
  takeBack(number: number): Promise<void>;
}

/** An issue that is no pull request. */
export interface HostedIssue {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: string;
}

interface HostedComment {
  readonly author: string;
  readonly body: string;
}

/**
 * What differs between forges with pages, and nothing more: one call a method, no state. Lists are whole or throw. Every
 * failure is a {@link HostedFailure}.
 */
export interface HostedApi {
  /** Name of the account that the token belongs to. */
  login(): Promise<string>;
  openPulls(): Promise<readonly HostedPull[]>;
  /** Every pull request of a branch, in whatever state, oldest first. */
  pullsOf(branch: string): Promise<readonly HostedPull[]>;
  pull(number: number): Promise<HostedPull>;
  create(pull: {
    readonly title: string;
    readonly body: string;
    readonly branch: string;
    readonly base: string;
  }): Promise<HostedPull>;
  update(number: number, change: HostedChange): Promise<HostedPull>;
  /** The last close; undefined when the forge does not say. */
  closedBy(number: number): Promise<HostedClose | undefined>;
  /** Comments below a pull request or issue, oldest first. */
  comments(number: number): Promise<readonly HostedComment[]>;
  comment(number: number, body: string): Promise<void>;
  /** The pull request that a commit of the protected branch is the merge of. */
  mergedAs(commit: string): Promise<HostedMerge | undefined>;
  /** Oldest first; `none` says nothing about an earlier one of the same account. */
  reviews(number: number): Promise<readonly HostedReview[]>;
  /** The first issue of an account, in whatever state, whose text has this in it. */
  findIssue(author: string, text: string): Promise<HostedIssue | undefined>;
  createIssue(title: string, body: string): Promise<void>;
  updateIssue(number: number, body: string): Promise<void>;
  /** The newest status of that context at a commit. */
  status(commit: string, context: string): Promise<HostedStatus | undefined>;
  setStatus(commit: string, context: string, status: Omit<HostedStatus, 'author'>): Promise<void>;
  /** Missing where the account may not write them: then statuses are. */
  readonly runs?: HostedRuns;
  readonly autoMerge?: HostedAutoMerge;
  /** Name of the account with a number; undefined where there is none. */
  loginOf(number: number): Promise<string | undefined>;
  /** All of them or, where it refuses one, none. */
  askReview(number: number, logins: readonly string[]): Promise<void>;
  /** Account `<forge>:<number>` that set a label last; undefined when the forge does not say. */
  labelledBy(number: number, label: string): Promise<string | undefined>;
  /** Takes a label away; one that is not there is none the less gone. */
  unlabel(number: number, label: string): Promise<void>;
}

/**
 * - `missing`: there is no such thing, or the token may not see it
 * - `exists`: such a pull request is open already
 * - `refused`: the forge understood and will not
 * - `limited`: not before `retryAt`
 * - `unknown`: it may have happened or not (no answer, or a 5xx)
 */
export type HostedFailureKind = 'missing' | 'exists' | 'refused' | 'limited' | 'unknown';

export class HostedFailure extends Error {
  readonly kind: HostedFailureKind;
  /** RFC 3339 UTC; only of `limited`. */
  readonly retryAt: string | undefined;

  constructor(kind: HostedFailureKind, message: string, options?: { retryAt?: string; cause?: unknown }) {
    super(message, { cause: options?.cause });
    this.name = 'HostedFailure';
    this.kind = kind;
    this.retryAt = options?.retryAt;
  }
}
