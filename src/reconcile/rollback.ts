import type { Baseline } from '../contracts/generated/baseline.ts';
import type { Hold } from '../contracts/generated/hold.ts';
import type { PatchLock } from '../contracts/generated/patch-lock.ts';
import type { RingState } from '../domain/generations.ts';
import { type BadVersion, isBadEntry } from '../domain/halt.ts';
import { holdIdOf } from '../domain/hold-id.ts';
import { closureOf, compareLocked, type LockEntry } from '../domain/lock-entries.ts';

/** A version that failed, or that a person holds, and why. */
export interface Bad extends BadVersion {
  readonly reason: string;
  /** True when no hold names it yet. */
  readonly needsHold: boolean;
}

export interface RollbackInput {
  readonly baseline: Pick<Baseline, 'owner'>;
  /** The ring, with the generations before the present one. */
  readonly state: RingState;
  readonly bad: readonly Bad[];
}

export interface Rollback {
  readonly lock: PatchLock;
  readonly holds: readonly Hold[];
  /** Keys of the entries that failed, sorted; the others that change belong to them. */
  readonly failed: readonly string[];
}

/**
 * The next lock of a ring without the versions that failed; null when it has none of them. Only they and their closure go
 * back, to what the ring had before: the entry of the newest earlier generation, else the newest predecessor whose file is
 * kept. What hosts never had before leaves the lock. Each entry that goes back says from which version (`downgradeFrom`),
 * because hosts are taken back by nothing else; entries of other packages stay as they are.
 */
export function rollbackLock({ baseline, state, bad }: RollbackInput): Rollback | null {
  const lock = state.current?.lock;
  if (!lock) return null;
  const isBad = (key: string, version: string) => bad.some((b) => isBadEntry(b, key, version));
  const failed = Object.keys(lock.entries)
    .filter((key) => isBad(key, lock.entries[key]?.version ?? ''))
    .sort();
  if (failed.length === 0) return null;
  const back = new Set(closureOf(lock.entries, failed));
  const entries = Object.entries(lock.entries).flatMap(([key, now]): [string, LockEntry][] => {
    const before = back.has(key) ? entryBefore(key, now, state, isBad) : null;
    if (before) return [[key, { ...before, downgradeFrom: now.version }]];
    const leaves = back.has(key) && (failed.includes(key) || now.role === 'dependency');
    return leaves ? [] : [[key, now]];
  });
  const found = bad.filter((b) => failed.some((key) => isBadEntry(b, key, lock.entries[key]?.version ?? '')));
  return {
    lock: { ...lock, generation: lock.generation + 1, entries: Object.fromEntries(entries) },
    holds: found.filter((b) => b.needsHold).map((b) => holdOf(b, baseline.owner)),
    failed,
  };
}

/** The hold that keeps a version out of every lock. */
export const holdOf = (bad: BadVersion & { readonly reason: string }, owner: string): Hold => ({
  apiVersion: 'patchwarden/v1',
  kind: 'Hold',
  id: holdIdOf(bad),
  stream: bad.stream,
  package: bad.package,
  version: bad.version,
  owner,
  reason: bad.reason.slice(0, 2000),
});

function entryBefore(
  key: string,
  now: LockEntry,
  { earlier }: RingState,
  isBad: (key: string, version: string) => boolean,
): LockEntry | null {
  const older = (version: string) => compareLocked(key, version, now.version) < 0 && !isBad(key, version);
  for (const { lock } of earlier) {
    const entry = lock.entries[key];
    if (entry && older(entry.version)) return entry;
  }
  const [newest] = (now.predecessors ?? [])
    .filter((p) => older(p.version))
    .sort((a, b) => compareLocked(key, b.version, a.version));
  if (!newest) return null;
  const { sourceVersion: _, downgradeFrom: __, predecessors: ___, source: ____, ...kept } = now;
  return { ...kept, ...newest, origin: newest.origin ?? now.origin, advisories: [], approvedBy: 'rollback' };
}
