import type { LockPredecessor, PatchLock } from '../contracts/generated/patch-lock.ts';

type Entry = PatchLock['entries'][string];

/** The file of the version that a host had before; undefined when nobody keeps it: then there is no package-level way back. */
export const predecessorOf = (
  entry: Pick<Entry, 'predecessors'>,
  installed: string,
): LockPredecessor | undefined => entry.predecessors?.find((p) => p.version === installed);
