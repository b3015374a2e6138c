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

export interface Refusal {
  readonly code: ErrorCode;
  readonly reason: string;
}
