import type { PatchLock } from '../contracts/generated/patch-lock.ts';

/** A lock, and its next generation without the entries that no host has. */
export interface LockCleanup {
  readonly path: string;
  readonly before: PatchLock;
  readonly after: PatchLock;
  /** Keys of what leaves, sorted. */
  readonly gone: readonly string[];
}
