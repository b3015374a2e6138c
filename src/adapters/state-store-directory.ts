import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { PatchwardenError } from '../domain/errors.ts';
import type { StateStore } from '../ports/state-store.ts';
import { compareCodePoints } from '../util/sort.ts';
import { errnoOf, storeFailure, syncDirectory, writeDurably } from './durable-file.ts';

/** Parts start with a letter or digit, so `..`, hidden files and absolute paths are no names. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/;
const NEWLINE = 0x0a;

/** State files below a directory. One writer at a time is assumed for {@link StateStore.appendLine}. */
export function directoryStateStore(root: string): StateStore {
  const pathOf = (name: string): string => {
    if (!NAME.test(name) || name.length > 255)
      throw new PatchwardenError(
        'store-failed',
        `${JSON.stringify(name.slice(0, 80))} is no name of a state file; parts are letters, digits, ".", "_" and "-", separated by "/"`,
      );
    return join(resolve(root), name);
  };
  return {
    path: pathOf,
    read: async (name) => {
      const path = pathOf(name);
      try {
        return await readFile(path, 'utf8');
      } catch (error) {
        if (errnoOf(error) === 'ENOENT') return undefined;
        throw storeFailure('read', path, error);
      }
    },
    write: async (name, text) => writeDurably(pathOf(name), text),
    appendLine: async (name, line) => appendLine(pathOf(name), line),
    remove: async (name) => {
      const path = pathOf(name);
      try {
        await rm(path, { force: true });
      } catch (error) {
        throw storeFailure('remove', path, error);
      }
    },
    list: async (prefix) => {
      const names = await namesBelow(resolve(root), '');
      return names.filter((name) => name.startsWith(prefix)).sort(compareCodePoints);
    },
  };
}

async function appendLine(path: string, line: string): Promise<void> {
  if (/[\r\n]/.test(line))
    throw new PatchwardenError(
      'store-failed',
      `cannot append to ${path}: a line must not contain a line break`,
    );
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o644);
    try {
      const end = await endOfWholeLines(file);
      await file.truncate(end);
      await writeAll(file, Buffer.from(`${line}\n`), end).catch(async (error: unknown) => {
        await file.truncate(end).catch(() => undefined); // No torn line for readers; the next append would cut it anyway.
        throw error;
      });
      await file.sync();
    } finally {
      await file.close();
    }
    await syncDirectory(dirname(path));
  } catch (error) {
    throw storeFailure('append to', path, error);
  }
}

/** Length up to the last newline. A torn last line was never acknowledged, and would make the next one unreadable. */
async function endOfWholeLines(file: FileHandle): Promise<number> {
  const chunk = Buffer.alloc(64 * 1024);
  for (let end = (await file.stat()).size; end > 0; ) {
    const start = Math.max(0, end - chunk.length);
    const { bytesRead } = await file.read(chunk, 0, end - start, start);
    const last = chunk.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (last >= 0) return start + last + 1;
    end = start;
  }
  return 0;
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; )
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}

/** Names of regular files, temporary and hidden ones left out. */
async function namesBelow(root: string, prefix: string): Promise<readonly string[]> {
  const path = join(root, prefix);
  try {
    const entries = await readdir(path, { withFileTypes: true });
    const visible = entries.filter((e) => NAME.test(e.name));
    const nested = await Promise.all(
      visible.map(async (e) => {
        if (e.isDirectory()) return namesBelow(root, `${prefix}${e.name}/`);
        return e.isFile() ? [`${prefix}${e.name}`] : [];
      }),
    );
    return nested.flat();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw storeFailure('list', path, error);
  }
}
