import type { PatchLock } from '../contracts/generated/patch-lock.ts';
import { parseLockKey } from './purl.ts';
import { compareVersions } from './version/compare.ts';
import { schemeOf } from './version/scheme.ts';

export type LockEntry = PatchLock['entries'][string];
export type LockEntries = Readonly<Record<string, LockEntry>>;

/**
 * Order of two versions of the package that a lock key names: -1, 0 or 1.
 * @throws PatchwardenError `bad-document` for a key whose distribution no comparator knows
 */
export function compareLocked(key: string, a: string, b: string): -1 | 0 | 1 {
  const of = parseLockKey(key);
  return compareVersions(schemeOf(`${of?.distro}:${of?.release}:${of?.arch}`), a, b);
}

const DEPENDENCY = 'dependency-of:';

/** The package that an entry was locked for; null for one that is wanted itself. */
export const neededBy = (entry: Pick<LockEntry, 'approvedBy'>): string | null =>
  entry.approvedBy.startsWith(DEPENDENCY) ? entry.approvedBy.slice(DEPENDENCY.length) : null;

/** Newer versions from which hosts are taken back to an entry; none is said of most. */
export const goesBackFrom = ({ downgradeFrom }: Pick<LockEntry, 'downgradeFrom'>): readonly string[] =>
  downgradeFrom === undefined ? [] : typeof downgradeFrom === 'string' ? [downgradeFrom] : downgradeFrom;

/**
 * The entries that go and come together with some: those of the same source version (exact-version dependencies run
 * between them), what was locked only because they need it, and what needs them. Keys, the given ones included, sorted.
 */
export function closureOf(entries: LockEntries, keys: Iterable<string>): readonly string[] {
  const closure = new Set([...keys].filter((key) => Object.hasOwn(entries, key)));
  for (let size = -1; size !== closure.size; ) {
    size = closure.size;
    for (const [key, entry] of Object.entries(entries))
      if ([...closure].some((member) => belongsTogether(entries, member, key, entry))) closure.add(key);
  }
  return [...closure].sort();
}

function belongsTogether(entries: LockEntries, member: string, key: string, entry: LockEntry): boolean {
  const other = entries[member];
  const [a, b] = [parseLockKey(member), parseLockKey(key)];
  if (!other || !a || !b || a.distro !== b.distro || a.release !== b.release) return false;
  const siblings =
    entry.sourcePackage !== undefined &&
    entry.sourcePackage === other.sourcePackage &&
    entry.sourceVersion === other.sourceVersion;
  return siblings || neededBy(entry) === a.name || neededBy(other) === b.name;
}
