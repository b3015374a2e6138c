import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { join } from 'node:path';
import { PatchwardenError } from '../domain/errors.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import { sha256Hex } from '../util/digest.ts';
import { errnoOf, storeFailure, writeDurably } from './durable-file.ts';

/** Package files below a directory, as `sha256/ab/cdef…`. What is read is hashed again: a disk or a person may have changed it. */
export function directoryArtifactStore(root: string): ArtifactStore {
  const pathOf = (sha256: string): string => {
    if (!/^[0-9a-f]{64}$/.test(sha256))
      throw new PatchwardenError(
        'digest-mismatch',
        `${JSON.stringify(sha256.slice(0, 80))} is no SHA-256; an artifact is named by 64 lower-case hexadecimal digits`,
      );
    return join(root, 'sha256', sha256.slice(0, 2), sha256.slice(2));
  };
  return {
    has: async (sha256) => {
      const path = pathOf(sha256);
      try {
        return (await lstat(path)).isFile();
      } catch (error) {
        if (errnoOf(error) === 'ENOENT') return false;
        throw storeFailure('look at', path, error);
      }
    },
    put: async (sha256, bytes) => {
      const path = pathOf(sha256);
      const found = sha256Hex(bytes);
      if (found !== sha256)
        throw new PatchwardenError(
          'digest-mismatch',
          `${bytes.length} bytes were to be kept as ${sha256}, but their SHA-256 is ${found}; fetch the file again`,
        );
      const held = await readRegular(path);
      if (held === undefined || sha256Hex(held) !== sha256) await writeDurably(path, bytes);
    },
    get: async (sha256) => {
      const path = pathOf(sha256);
      const bytes = await readRegular(path);
      if (bytes === undefined)
        throw new PatchwardenError(
          'bytes-missing',
          `the artifact store ${root} does not hold ${sha256}; sync the package source that offers it`,
        );
      const found = sha256Hex(bytes);
      if (found !== sha256)
        throw new PatchwardenError(
          'digest-mismatch',
          `${path} was altered: its SHA-256 is ${found}; delete it and sync again`,
        );
      return bytes;
    },
  };
}

async function readRegular(path: string): Promise<Uint8Array | undefined> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!(await file.stat()).isFile()) throw new Error('it is no regular file; remove it');
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw storeFailure('read', path, error);
  }
}
