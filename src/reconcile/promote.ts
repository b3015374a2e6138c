import type { Baseline } from '../contracts/generated/baseline.ts';
import type { PatchLock } from '../contracts/generated/patch-lock.ts';
import type { Generation, RingState } from '../domain/generations.ts';
import { compareLocked, type LockEntry } from '../domain/lock-entries.ts';
import { parseLockKey } from '../domain/purl.ts';
import { compareCodePoints } from '../util/sort.ts';
import { entriesForRing, type InstalledByRing, type RingEntries } from './ring-entries.ts';

export interface PromoteInput {
  readonly baseline: Baseline;
  /** The ring that gets a generation. */
  readonly ring: Baseline['rings'][number];
  /** The ring in front of it. */
  readonly from: RingState;
  /** Its lock on the protected branch now. */
  readonly previous: PatchLock | null;
  readonly installed: InstalledByRing;
  /** Why a version may enter no lock (a hold or a halt), or null. */
  readonly forbids: (key: string, version: string) => string | null;
}

export interface Promotion {
  readonly lock: PatchLock;
  readonly source: Generation;
  readonly leftOut: RingEntries['leftOut'];
}

/**
 * The lock of a ring after the newest generation that is proven in the ring in front of it; null when nothing is proven
 * or it brings nothing. It is copied from the merge that brought it, not from what that ring has now:
 *
 * - a held or halted version is left out; what the ring has of that package stays;
 * - a newer entry of the ring is not lowered, unless it is held or halted itself;
 * - `downgradeFrom` is not copied: only a rollback or drift of this very ring writes it;
 * - what has left that ring's lock since, by housekeeping or a rollback, does not come by this way;
 * - `untested` is judged anew for this ring.
 */
export function promoteLock(input: PromoteInput): Promotion | null {
  const source = input.from.proven?.generation;
  if (!source) return null;
  const { baseline, ring, previous, forbids } = input;
  const fit = entriesForRing(baseline, ring, source.lock.entries, input.installed);
  const leftOut = [...fit.leftOut];
  const entries = new Map<string, LockEntry>(Object.entries(previous?.entries ?? {}));
  let changed = false;
  for (const [key, { downgradeFrom: _, ...entry }] of fit.entries) {
    const reason = forbids(key, entry.version);
    if (reason !== null) {
      leftOut.push({ name: parseLockKey(key)?.name ?? key, version: entry.version, reason });
      continue;
    }
    const now = entries.get(key);
    if (!now && hasLeft(input.from, key)) continue;
    if (now && !isRaised(key, now, entry, forbids)) continue;
    entries.set(key, entry);
    changed = true;
  }
  const removes = [...new Set([...(previous?.removes ?? []), ...source.lock.removes])].sort(
    compareCodePoints,
  );
  if (!changed && removes.length === (previous?.removes.length ?? 0)) return null;
  const lock: PatchLock = {
    ...source.lock,
    id: ring.id,
    ring: ring.id,
    generation: (previous?.generation ?? 0) + 1,
    entries: Object.fromEntries([...entries].sort(([a], [b]) => compareCodePoints(a, b))),
    removes,
  };
  return { lock, source, leftOut };
}

const hasLeft = ({ current }: RingState, key: string): boolean =>
  current !== null && !Object.hasOwn(current.lock.entries, key);

/** Whether the entry that is offered takes the place of the ring's own. */
function isRaised(key: string, now: LockEntry, next: LockEntry, forbids: PromoteInput['forbids']): boolean {
  const order = compareLocked(key, next.version, now.version);
  if (order === 0) return now.role === 'dependency' && next.role === 'upgrade';
  return order > 0 || forbids(key, now.version) !== null;
}
