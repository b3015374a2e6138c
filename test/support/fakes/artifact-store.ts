import { PatchwardenError } from '../../../src/domain/errors.ts';
import type { ArtifactStore } from '../../../src/ports/artifact-store.ts';
import { sha256Hex } from '../../../src/util/digest.ts';

/** Artifacts in memory; a test may alter `held` as a disk would. */
export function fakeArtifactStore(held: Map<string, Uint8Array> = new Map()): ArtifactStore {
  const named = (sha256: string): string => {
    if (!/^[0-9a-f]{64}$/.test(sha256))
      throw new PatchwardenError('digest-mismatch', `${sha256} is no SHA-256`);
    return sha256;
  };
  return {
    has: async (sha256) => held.has(named(sha256)),
    put: async (sha256, bytes) => {
      if (sha256Hex(bytes) !== named(sha256))
        throw new PatchwardenError('digest-mismatch', `not the bytes of ${sha256}`);
      held.set(sha256, Uint8Array.from(bytes));
    },
    get: async (sha256) => {
      const bytes = held.get(named(sha256));
      if (!bytes) throw new PatchwardenError('bytes-missing', `${sha256} is not held`);
      if (sha256Hex(bytes) !== sha256) throw new PatchwardenError('digest-mismatch', `${sha256} was altered`);
      return bytes;
    },
  };
}
