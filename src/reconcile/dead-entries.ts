import type { PatchLock } from '../contracts/generated/patch-lock.ts';
import { type LockEntries, neededBy } from '../domain/lock-entries.ts';
import { parseLockKey } from '../domain/purl.ts';
import { ecosystemOf } from '../domain/stream.ts';

/** What the hosts that a baseline selects have, whoever governs them. */
export interface SelectedPackages {
  /** Hosts whose packages are known, and those of which nobody knows them. */
  readonly known: number;
  readonly unknown: number;
  readonly installed: readonly { readonly stream: string; readonly name: string }[];
}

/**
 * Keys of the entries that no host has and none will be given, sorted: neither the package is there, nor one that it is
 * locked for. None as long as the packages of a single host are unknown, or there is no host at all: it may have them.
 */
export function deadEntries(entries: LockEntries, hosts: SelectedPackages): readonly string[] {
  if (hosts.unknown > 0 || hosts.known === 0) return [];
  const alive = new Set(hosts.installed.map((i) => `${ecosystemOf(i.stream)} ${i.name}`));
  const named = Object.entries(entries).flatMap(([key, entry]) => {
    const of = parseLockKey(key);
    const owner = neededBy(entry);
    const release = `${of?.distro}:${of?.release}`;
    return of
      ? [{ key, id: `${release} ${of.name}`, owner: owner && `${release} ${owner}`, role: entry.role }]
      : [];
  });
  for (let size = -1; size !== alive.size; ) {
    size = alive.size;
    for (const { id, owner, role } of named)
      if (owner === null ? role !== 'upgrade' : alive.has(owner)) alive.add(id);
  }
  return named.flatMap(({ key, id }) => (alive.has(id) ? [] : [key])).sort();
}

/** The next generation of a lock without some entries; null when it has none of them. */
export function withoutEntries(lock: PatchLock, keys: ReadonlySet<string>): PatchLock | null {
  const left = Object.entries(lock.entries).filter(([key]) => !keys.has(key));
  if (left.length === Object.keys(lock.entries).length) return null;
  return { ...lock, generation: lock.generation + 1, entries: Object.fromEntries(left) };
}
