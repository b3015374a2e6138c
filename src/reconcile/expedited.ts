import type { Baseline } from '../contracts/generated/baseline.ts';
import type { PatchLock } from '../contracts/generated/patch-lock.ts';
import { closureOf, type LockEntries } from '../domain/lock-entries.ts';
import { lockKey } from '../domain/purl.ts';
import { addDays, dayOf, type Instant } from '../domain/time.ts';
import type { WantedPatch } from '../domain/wanted-patch.ts';
import { buildLock } from './build-lock.ts';
import type { CompareVersions } from './lock-entries.ts';
import { entriesForRing, type InstalledByRing, type RingEntries } from './ring-entries.ts';
import { expeditedWithin } from './ring-waits.ts';

export interface ExpediteInput {
  readonly baseline: Baseline;
  /** What all rings want, and what it resolved to. */
  readonly wanted: readonly WantedPatch[];
  readonly entries: LockEntries;
  readonly closure: PatchLock['closure'];
  readonly resolvedFrom: PatchLock['resolvedFrom'];
  /** The lock of each ring now, by ring. */
  readonly locks: ReadonlyMap<string, PatchLock>;
  readonly installed: InstalledByRing;
  /** What an open expedited proposal of this baseline brings, as `<key> <version>`. */
  readonly open: ReadonlySet<string>;
  /** What people asked for, as `<key> <version>`. */
  readonly asked: ReadonlySet<string>;
  readonly now: Instant;
  readonly compare: CompareVersions;
}

export interface Expedited {
  /** Rings whose lock changes, in their order. */
  readonly locks: readonly { readonly ring: string; readonly lock: PatchLock }[];
  /** The patches that are in a hurry. */
  readonly wanted: readonly WantedPatch[];
  readonly leftOut: RingEntries['leftOut'];
}

/**
 * Locks of all rings with the patches that cannot wait for ring after ring; null when there are none, or only one ring,
 * which needs no other lane. A patch is in a hurry when it is due within `expedited.withinDays`, and for as long after its
 * due date; beyond that only while a proposal with it is open; what people asked for is, whenever it is due. What was overdue for long before anybody could propose it (a
 * fleet on its first day) goes ring after ring.
 */
export function expediteLocks(input: ExpediteInput): Expedited | null {
  const { baseline, entries } = input;
  if (baseline.rings.length < 2) return null;
  const hurried = input.wanted.filter((w) => isHurried(w, input));
  const keys = new Set(hurried.map(keyOf));
  const together = closureOf(entries, keys);
  const offered = Object.fromEntries(together.flatMap((k) => (entries[k] ? [[k, entries[k]]] : [])));
  const leftOut: RingEntries['leftOut'][number][] = [];
  const locks = baseline.rings.flatMap((ring) => {
    const fit = entriesForRing(baseline, ring, offered, input.installed);
    const lock = buildLock(
      {
        baseline: baseline.id,
        ring: ring.id,
        previous: input.locks.get(ring.id) ?? null,
        wanted: fit.entries,
        closure: input.closure,
        resolvedFrom: input.resolvedFrom,
      },
      input.compare,
    );
    leftOut.push(...fit.leftOut);
    return lock ? [{ ring: ring.id, lock }] : [];
  });
  return locks.length === 0 ? null : { locks, wanted: hurried, leftOut };
}

function isHurried(w: WantedPatch, { baseline, entries, open, asked, now }: ExpediteInput): boolean {
  const version = w.candidate.version;
  if (entries[keyOf(w)]?.version !== version) return false;
  if (asked.has(`${keyOf(w)} ${version}`)) return true;
  if (w.due === null) return false;
  const [today, within] = [dayOf(now), expeditedWithin(baseline)];
  if (w.due > addDays(today, within)) return false;
  return w.due >= addDays(today, -within) || open.has(`${keyOf(w)} ${version}`);
}

const keyOf = (w: WantedPatch): string => lockKey(w.candidate.stream, w.candidate.name, w.candidate.arch);
