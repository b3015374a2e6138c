import type { PackageRow } from '../contracts/generated/fleet-rows.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';

/** Bytes of a package file from a configured source; undefined when it does not have it. */
export type FetchPackage = (source: string, filename: string) => Promise<Uint8Array | undefined>;

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
      const bytes = await fetch(row.source, row.filename);
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
