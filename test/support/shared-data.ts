import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openUnpacked } from '../../src/adapters/decompress.ts';
import { readTar } from '../../src/adapters/tar-reader.ts';

/** Real data beside the repository: too large, or not ours to give away, to be part of it. */
export const SHARED_DATA = resolve(import.meta.dirname, '../../../shared/data');
export const hasSharedData = existsSync(SHARED_DATA);
/** For the names of tests that need it. */
export const sharedDataNote = hasSharedData ? '' : ' (skipped: ../shared/data is absent)';

/** Files of an archive whose path matches, by path. */
export async function sharedArchive(path: string, wanted: RegExp): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const limits = { maxEntry: 64 << 20, maxTotal: 1 << 30 };
  for await (const entry of readTar(openUnpacked(join(SHARED_DATA, path)), path, limits))
    if (wanted.test(entry.path)) files.set(entry.path.replace(/^\.\//, ''), Uint8Array.from(entry.bytes));
  return files;
}
