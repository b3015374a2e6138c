import type { Baseline } from '../contracts/generated/baseline.ts';
import type { LockEntries, LockEntry } from '../domain/lock-entries.ts';
import { neededBy } from '../domain/lock-entries.ts';
import { parseLockKey } from '../domain/purl.ts';

type Ring = Baseline['rings'][number];

/** Lock keys of the packages that some host of a ring has installed, by ring. */
export type InstalledByRing = ReadonlyMap<string, ReadonlySet<string>>;

export interface RingEntries {
  readonly entries: ReadonlyMap<string, LockEntry>;
  readonly leftOut: readonly { readonly name: string; readonly version: string; readonly reason: string }[];
}

/**
 * Entries on their way into a ring: those that no earlier ring could exercise, because no host there has the package, are
 * marked `untested`, or left out where the ring says `untested: hold`. In the first ring everything is new, and nothing is
 * marked. A dependency is exercised where what needs it is.
 */
export function entriesForRing(
  baseline: Pick<Baseline, 'rings'>,
  ring: Ring,
  offered: LockEntries,
  installed: InstalledByRing,
): RingEntries {
  const index = baseline.rings.findIndex((r) => r.id === ring.id);
  const before = baseline.rings.slice(0, Math.max(0, index)).map((r) => r.id);
  const entries = new Map<string, LockEntry>();
  const leftOut: RingEntries['leftOut'][number][] = [];
  for (const [key, { untested: _, ...entry }] of Object.entries(offered)) {
    if (index <= 0 || before.some((id) => exercises(installed.get(id), key, entry))) entries.set(key, entry);
    else if ((ring.untested ?? 'own-canary') === 'hold')
      leftOut.push({
        name: parseLockKey(key)?.name ?? key,
        version: entry.version,
        reason: `no host of an earlier ring (${before.join(', ')}) has it, and ring ${ring.id} holds what is untested`,
      });
    else entries.set(key, { ...entry, untested: true });
  }
  return { entries, leftOut };
}

function exercises(installed: ReadonlySet<string> | undefined, key: string, entry: LockEntry): boolean {
  if (!installed) return false;
  if (installed.has(key)) return true;
  const [of, owner] = [parseLockKey(key), neededBy(entry)];
  if (!of || owner === null) return false;
  return [...installed].some((k) => {
    const other = parseLockKey(k);
    return other?.name === owner && other.distro === of.distro && other.release === of.release;
  });
}
