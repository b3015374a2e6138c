import type { Hold } from '../contracts/generated/hold.ts';
import type { PatchLock } from '../contracts/generated/patch-lock.ts';
import type { ErrorCode } from '../domain/errors.ts';

/** A lock at the verified head, with the merge that authorises it. */
export interface MergedLock {
  /** Path in the policy repository. */
  readonly path: string;
  readonly lock: PatchLock;
  /** Digest of the lock document, as the merge evidence names it. */
  readonly digest: string;
  /** Commit on the protected branch. */
  readonly merge: string;
}

/** One host that a baseline in mode `apply` governs, and what is authorised for it. */
export interface HostTarget {
  readonly asset: string;
  readonly target: MergedLock;
  /** Holds in force now, read at the verified head. */
  readonly holds: readonly Hold[];
  /** Why this host must not be touched whatever is due, such as a window that cannot be judged. */
  readonly refusal: Refusal | null;
}

export interface Refusal {
  readonly code: ErrorCode;
  readonly reason: string;
}
