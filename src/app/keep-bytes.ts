import type { Config } from '../contracts/generated/config.ts';
import type { PackageRow } from '../contracts/generated/fleet-rows.ts';
import type { LockPredecessor, PatchLock } from '../contracts/generated/patch-lock.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { LockEntry } from '../domain/lock-entries.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';

/** Bytes of a package file from a configured source; undefined when it does not have it. */
export type FetchPackage = (row: PackageRow) => Promise<Uint8Array | undefined>;

/**
 * Sees to it that the bytes of a package can be had when a host needs them: held in the artifact store, or from a source
 * that never changes, or downloaded by the host itself (and checked there).
 * @returns a function that says why not, or null
 */
export function bytesKeeper(
  artifacts: Pick<ArtifactStore, 'has' | 'put'>,
  fetch: FetchPackage,
): (row: PackageRow) => Promise<string | null> {
  return async (row) => {
    if (row.fetch === 'host' || row.immutable || (await artifacts.has(row.sha256))) return null;
    try {
      const bytes = await fetch(row);
      if (!bytes) return `the package source ${row.source} does not hold ${row.filename}`;
      await artifacts.put(row.sha256, bytes);
      return null;
    } catch (error) {
      if (!(error instanceof PatchwardenError) || error.code === 'store-failed') throw error;
      if (error.code === 'digest-mismatch')
        return `the package source ${row.source} offers other bytes for ${row.filename} than its index promises`;
      return error.message;
    }
  };
}

/** Whether hosts can get the file of a lock entry: held, from a source that never changes, or still on offer there. */
export function keptEntries(
  artifacts: Pick<ArtifactStore, 'has'>,
  { packages }: Pick<Config, 'packages'>,
  isOnOffer: (source: string, sha256: string) => Promise<boolean>,
): (entry: LockEntry) => Promise<boolean> {
  const immutable = new Set(packages.sources.flatMap((s) => (s.immutable ? [s.id] : [])));
  return async ({ source, sha256 }) =>
    (await artifacts.has(sha256)) ||
    (source !== undefined && (immutable.has(source) || (await isOnOffer(source, sha256))));
}

/**
 * The file of an earlier version as a lock of the policy repository names it, where its bytes can still be had: held in
 * the artifact store. What only hosts could fetch may be gone from its source since.
 */
export function earlierFiles(
  artifacts: Pick<ArtifactStore, 'has'>,
  locks: Iterable<PatchLock>,
): (key: string, version: string) => Promise<LockPredecessor | null> {
  const known = new Map<string, LockPredecessor>();
  for (const lock of locks)
    for (const [key, entry] of Object.entries(lock.entries)) {
      for (const p of entry.predecessors ?? []) known.set(`${key} ${p.version}`, p);
      const { version, sha256, size, origin, filename, source } = entry;
      const place = {
        ...(filename === undefined ? {} : { filename }),
        ...(source === undefined ? {} : { source }),
      };
      known.set(`${key} ${version}`, { version, sha256, size, origin, ...place });
    }
  return async (key, version) => {
    const file = known.get(`${key} ${version}`);
    return file && (await artifacts.has(file.sha256)) ? file : null;
  };
}
