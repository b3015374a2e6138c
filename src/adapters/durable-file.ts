import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PatchwardenError } from '../domain/errors.ts';

/** What the operating system said, as a sentence with a way out. */
const SENTENCES: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; free space and run again',
  EDQUOT: 'the disk quota is used up; free space and run again',
  EROFS: 'the file system is read-only; mount it writable or choose another place',
  EACCES: 'permission is denied; run as its owner or change its permissions',
  EPERM: 'permission is denied; run as its owner or change its permissions',
  ENOTDIR: 'a part of the path is a file and not a directory; remove it or choose another place',
  EEXIST: 'a part of the path is a file and not a directory; remove it or choose another place',
  EISDIR: 'there is a directory of that name; remove it or choose another place',
  ELOOP: 'the path is a symbolic link, which is not followed here; replace it by what it points to',
  EMFILE: 'too many files are open; raise the limit (ulimit -n)',
  ENFILE: 'too many files are open on this machine; wait and run again',
  EIO: 'the device reports an input or output error; check the disk',
};

export const errnoOf = (error: unknown): string | undefined => {
  const code: unknown = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
};

export function storeFailure(doing: string, path: string, error: unknown): PatchwardenError {
  if (error instanceof PatchwardenError) return error;
  const why = SENTENCES[errnoOf(error) ?? ''] ?? (error instanceof Error ? error.message : String(error));
  return new PatchwardenError('store-failed', `cannot ${doing} ${path}: ${why}`, { cause: error });
}

/**
 * Writes a file whole or not at all; it is on disk when this returns. A temporary file beside it takes the bytes and
 * then the name; an existing file keeps its permissions.
 * @throws PatchwardenError `store-failed`
 */
export async function writeDurably(path: string, bytes: string | Uint8Array): Promise<void> {
  const dir = dirname(path);
  // Hidden, and no name that a reader asks for: what a killed process leaves is never taken for content.
  const temporary = join(dir, `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    await mkdir(dir, { recursive: true });
    const mode = await stat(path).then(
      (s) => s.mode & 0o777,
      () => 0o644,
    );
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncDirectory(dir);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw storeFailure('write', path, error);
  }
}

/** A new name is durable only when its directory is. */
export async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
