import type { PatchLock } from '../contracts/generated/patch-lock.ts';
import type { DriftStays, ForeignPackage } from '../domain/foreign-package.ts';
import { type BadVersion, isBadEntry } from '../domain/halt.ts';
import { compareLocked, goesBackFrom, type LockEntry } from '../domain/lock-entries.ts';
import { lockKey } from '../domain/purl.ts';
import type { WantedPatch } from '../domain/wanted-patch.ts';
import { sortedBy } from '../util/sort.ts';

/** One version of a package as hosts of a ring have it, and what their origins say of it. */
export interface InstalledVersion {
  readonly ring: string;
  readonly stream: string;
  readonly name: string;
  readonly arch: string;
  readonly version: string;
  readonly assets: number;
  readonly offered: boolean;
  readonly offers: readonly string[];
}

export interface DriftInput {
  /** Locks at the head, by ring. */
  readonly locks: ReadonlyMap<string, PatchLock>;
  readonly installed: readonly InstalledVersion[];
  /** Versions that may be in no lock. */
  readonly bad: readonly BadVersion[];
  /** The package sources were read after the hosts were. */
  readonly sourcesAreNewer: boolean;
  /** Approved patches that hosts miss. */
  readonly wanted: readonly Pick<WantedPatch, 'ring' | 'name' | 'arch' | 'stream' | 'candidate'>[];
  /** Whether hosts can still get the file of an entry. */
  readonly isKept: (entry: LockEntry) => Promise<boolean>;
}

/**
 * The foreign packages of a baseline, sorted by ring, key and version; hosts with different origins count together. A newer
 * version that an origin offers or offered is `ahead`, and so is one of a package that none of them knows: no drift.
 */
export async function foreignPackages(input: DriftInput): Promise<readonly ForeignPackage[]> {
  const found = new Map<string, ForeignPackage>();
  for (const row of input.installed) {
    const at = entryOf(input.locks.get(row.ring), row);
    if (!at || compareLocked(at.key, row.version, at.entry.version) <= 0) continue;
    if (goesBackFrom(at.entry).some((from) => compareLocked(at.key, row.version, from) === 0)) continue;
    const why = whyForeign(at.key, row, input.bad);
    if (why === null) continue;
    const id = `${row.ring} ${at.key} ${row.version}`;
    const before = found.get(id);
    const stays = first(before?.stays ?? null, await whyStays(input, at, row, why));
    const { ring, name, version } = row;
    found.set(id, {
      ...{ ring, key: at.key, name, version, locked: at.entry.version, stays },
      why: before?.why ?? why,
      assets: (before?.assets ?? 0) + row.assets,
    });
  }
  return sortedBy(
    found.values(),
    (f) => f.ring,
    (f) => f.key,
    (f) => f.version,
  );
}

function entryOf(
  lock: PatchLock | undefined,
  { stream, name, arch }: InstalledVersion,
): { readonly key: string; readonly entry: LockEntry } | undefined {
  const key = lockKey(stream, name, arch);
  const entry = lock?.entries[key];
  return entry && { key, entry };
}

function whyForeign(
  key: string,
  { version, offered, offers }: InstalledVersion,
  bad: DriftInput['bad'],
): ForeignPackage['why'] | null {
  if (bad.some((b) => isBadEntry(b, key, version))) return 'on-hold';
  return offered || offers.length === 0 ? null : 'not-offered';
}

async function whyStays(
  input: DriftInput,
  { key, entry }: { readonly key: string; readonly entry: LockEntry },
  row: InstalledVersion,
  why: ForeignPackage['why'],
): Promise<DriftStays | null> {
  const isNewer = (version: string) => compareLocked(key, version, row.version) > 0;
  if (input.bad.some((b) => isBadEntry(b, key, entry.version))) return 'lock-is-bad';
  if (input.wanted.some((w) => isOf(row, w) && isNewer(w.candidate.version))) return 'newer-wanted';
  if (why === 'not-offered' && !input.sourcesAreNewer) return 'sources-are-older';
  if (why === 'not-offered' && row.offers.some(isNewer)) return 'newer-on-offer';
  if (why === 'not-offered' && input.installed.some((other) => isSameAndAhead(row, other)))
    return 'offered-to-others';
  return (await input.isKept(entry)) ? null : 'bytes-gone';
}

/** In this order whatever the order of the hosts: what holds for some of them holds for the lock that all share. */
const ORDER: readonly (DriftStays | null)[] = [
  ...(['lock-is-bad', 'newer-wanted', 'sources-are-older', 'newer-on-offer'] as const),
  ...(['offered-to-others', 'bytes-gone', null] as const),
];
const first = (a: DriftStays | null, b: DriftStays | null): DriftStays | null =>
  ORDER.indexOf(a) < ORDER.indexOf(b) ? a : b;

type Place = Pick<InstalledVersion, 'ring' | 'stream' | 'name' | 'arch'>;
const isOf = (a: Place, b: Place): boolean =>
  a.ring === b.ring && a.stream === b.stream && a.name === b.name && a.arch === b.arch;

const isSameAndAhead = (row: InstalledVersion, other: InstalledVersion): boolean =>
  isOf(row, other) && row.version === other.version && (other.offered || other.offers.length === 0);

/**
 * The next generation of each lock that can take hosts back, by ring: its versions stay, and each entry says from which
 * foreign versions too. What it said before stays said, lest hosts that were to go back are forgotten.
 */
export function driftLocks(
  locks: ReadonlyMap<string, PatchLock>,
  foreign: readonly ForeignPackage[],
): readonly { readonly ring: string; readonly lock: PatchLock }[] {
  return [...locks].flatMap(([ring, lock]) => {
    const mine = foreign.filter((f) => f.ring === ring && f.stays === null);
    if (mine.length === 0) return [];
    const entries = Object.fromEntries(
      Object.entries(lock.entries).map(([key, entry]) => {
        const more = mine.filter((f) => f.key === key).map((f) => f.version);
        return [key, more.length === 0 ? entry : goingBack(entry, more)];
      }),
    );
    return [{ ring, lock: { ...lock, generation: lock.generation + 1, entries } }];
  });
}

/** What the schema of locks takes. */
const MOST = 50;

function goingBack(entry: LockEntry, more: readonly string[]): LockEntry {
  const [first = '', ...others] = [...new Set([...goesBackFrom(entry), ...more])].sort().slice(-MOST);
  return { ...entry, downgradeFrom: others.length === 0 ? first : [first, ...others] };
}
