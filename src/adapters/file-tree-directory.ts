import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, readlink, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PatchwardenError } from '../domain/errors.ts';
import type { FileTree } from '../ports/file-tree.ts';
import { printable } from '../util/printable.ts';
import { compareCodePoints } from '../util/sort.ts';
import { errnoOf } from './durable-file.ts';

export interface FileTreeOptions {
  /** `inside` (default) follows symbolic links as a process whose root is the directory would; `refuse` follows none. */
  readonly links?: 'inside' | 'refuse';
}

const MAX_BYTES = 64 * 1024 * 1024;
/** As many as the Linux kernel follows. @see path_resolution(7) */
const MAX_LINKS = 40;

/**
 * The files below a directory that belongs to somebody else (a host’s root, a clone). Every component of a path is
 * looked at: absolute link targets start at the directory, and a path that climbs above it is refused.
 */
export function directoryFileTree(dir: string, options: FileTreeOptions = {}): FileTree {
  const root = resolve(dir);
  const { links = 'inside' } = options;
  return {
    label: root,
    read: async (path, { maxBytes = MAX_BYTES } = {}) => {
      try {
        const found = await walk(root, path, links);
        return found === undefined ? undefined : await readCapped(root, found, maxBytes);
      } catch (error) {
        throw failure(root, path, error);
      }
    },
    list: async (path) => {
      try {
        const found = await walk(root, path, links);
        return found === undefined ? [] : (await readdir(found)).sort(compareCodePoints);
      } catch (error) {
        if (isAbsent(error)) return [];
        throw failure(root, path, error);
      }
    },
  };
}

const isAbsent = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '');

/** The real path below the root that a path leads to; undefined when there is nothing. */
async function walk(root: string, path: string, links: 'inside' | 'refuse'): Promise<string | undefined> {
  if (path.includes('\0')) throw new Error('a path cannot contain a zero character');
  let todo = path.split('/');
  const at: string[] = [];
  let followed = 0;
  for (let part = todo.shift(); part !== undefined; part = todo.shift()) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (at.pop() === undefined) throw new Error('it leads outside the directory');
      continue;
    }
    const here = join(root, ...at, part);
    const stat = await lstat(here).catch((error: unknown) => {
      if (isAbsent(error)) return undefined;
      throw error;
    });
    if (!stat) return undefined;
    if (!stat.isSymbolicLink()) {
      at.push(part);
      continue;
    }
    if (links === 'refuse')
      throw new Error('it is, or lies behind, a symbolic link; replace it by the file itself');
    followed += 1;
    if (followed > MAX_LINKS) throw new Error('too many symbolic links lie on the way');
    const target = await readlink(here);
    if (target.startsWith('/')) at.length = 0;
    todo = [...target.split('/'), ...todo];
  }
  return join(root, ...at);
}

/** Undefined for a directory. Devices, pipes and sockets are never opened for reading: they may block or act. */
async function readCapped(root: string, path: string, maxBytes: number): Promise<Uint8Array | undefined> {
  const before = await lstat(path);
  if (before.isDirectory()) return undefined;
  if (!before.isFile()) throw new Error('it is no regular file');
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw new Error('it is no regular file');
    await checkStillInside(root, file);
    if (stat.size > maxBytes) throw new Error(tooLarge(maxBytes));
    return await readUpTo(file, stat.size, maxBytes);
  } finally {
    await file.close();
  }
}

/** A directory on the way may have been swapped for a link since it was looked at; the open file knows where it is. */
async function checkStillInside(root: string, file: FileHandle): Promise<void> {
  const [real, base] = await Promise.all([
    realpath(`/proc/self/fd/${file.fd}`).catch(() => undefined),
    realpath(root),
  ]);
  if (real !== undefined && real !== base && !real.startsWith(base === '/' ? '/' : `${base}/`))
    throw new Error('it leads outside the directory');
}

/** Also stops at a file that grows, or whose size is not known (below /proc). */
async function readUpTo(file: FileHandle, size: number, maxBytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(Math.max(1, Math.min(size - total, 4 * 1024 * 1024) || 64 * 1024));
    const { bytesRead } = await file.read(chunk, 0, chunk.length, null);
    if (bytesRead === 0) return Buffer.concat(chunks, total);
    total += bytesRead;
    if (total > maxBytes) throw new Error(tooLarge(maxBytes));
    chunks.push(chunk.subarray(0, bytesRead));
  }
}

const tooLarge = (maxBytes: number): string => `it is larger than the ${maxBytes} bytes that are read`;

function failure(root: string, path: string, error: unknown): PatchwardenError {
  const why = error instanceof Error ? error.message : String(error);
  return new PatchwardenError(
    'source-failed',
    `cannot read ${printable(path)} below ${root}: ${errnoOf(error) === 'EACCES' ? 'permission is denied' : printable(why)}`,
    { cause: error },
  );
}
