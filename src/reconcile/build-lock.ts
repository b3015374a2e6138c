import type { PatchLock } from '../contracts/generated/patch-lock.ts';
import { parseLockKey } from '../domain/purl.ts';
import { compareCodePoints } from '../util/sort.ts';
import type { CompareVersions } from './lock-entries.ts';

type Entry = PatchLock['entries'][string];

export interface LockInput {
  readonly baseline: string;
  readonly ring: string;
  /** The lock on the protected branch now. */
  readonly previous: PatchLock | null;
  readonly wanted: ReadonlyMap<string, Entry>;
  readonly closure: PatchLock['closure'];
  readonly resolvedFrom: PatchLock['resolvedFrom'];
}

/**
 * The next generation of a lock, or null when it would hold the same packages. Entries only ever rise: an entry of the
 * previous generation stays (hosts may still come back behind it) unless a newer version is wanted.
 */
export function buildLock(input: LockInput, compare: CompareVersions): PatchLock | null {
  const entries = new Map<string, Entry>(Object.entries(input.previous?.entries ?? {}));
  let changed = false;
  for (const [key, next] of input.wanted) {
    const now = entries.get(key);
    const order = now ? compare(next.version, now.version, streamOfKey(key)) : 1;
    const promoted = order === 0 && now?.role === 'dependency' && next.role === 'upgrade';
    if (order < 0 || (order === 0 && !promoted)) continue;
    entries.set(key, next);
    changed = true;
  }
  if (!changed) return null;
  return {
    apiVersion: 'patchwarden/v1',
    kind: 'PatchLock',
    id: input.ring,
    baseline: input.baseline,
    ring: input.ring,
    generation: (input.previous?.generation ?? 0) + 1,
    closure: input.closure,
    entries: Object.fromEntries([...entries].sort(([a], [b]) => compareCodePoints(a, b))),
    removes: input.previous?.removes ?? [],
    resolvedFrom: input.resolvedFrom,
  };
}

/** The stream that a key is for, as far as the order of versions goes. */
function streamOfKey(key: string): string {
  const named = parseLockKey(key);
  return named ? `${named.distro}:${named.release}:${named.arch}` : key;
}
