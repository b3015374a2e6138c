import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, readFile, rename, rm, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PatchwardenError } from '../domain/errors.ts';
import { errnoOf } from './durable-file.ts';
import { AREA } from './host-driver-root-commands.ts';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants;

export function failed(what: string, path: string, error: unknown): PatchwardenError {
  const why =
    errnoOf(error) === 'ENOSPC' || errnoOf(error) === 'EDQUOT'
      ? 'the disk is full; free some space and run apply again'
      : error instanceof Error
        ? error.message
        : String(error);
  return new PatchwardenError('host-failed', `cannot ${what} ${path}: ${why}`, { cause: error });
}

/**
 * A directory below our area on the host, made where it is missing. A symbolic link on the way is refused: the host's
 * own root could point it anywhere on this machine.
 */
export async function area(root: string, folder: string): Promise<string> {
  const parts = [...AREA.split('/'), ...folder.split('/')].filter((p) => p !== '');
  let path = root;
  for (const [i, part] of parts.entries()) {
    path = join(path, part);
    try {
      // The first two (/var/lib) are the host's; if they are missing it is no Debian root.
      if (i > 1) await mkdir(path, { mode: 0o700 }).catch(ignore('EEXIST'));
      if ((await lstat(path)).isDirectory()) continue;
    } catch (error) {
      throw failed('use', path, error);
    }
    throw new PatchwardenError('host-failed', `${path} is not a directory, so nothing is written there`);
  }
  return path;
}

const ignore = (code: string) => (error: unknown) => {
  if (errnoOf(error) !== code) throw error;
};

/** Whole or not at all, and on disk when it returns. */
export async function writeWhole(path: string, bytes: string | Uint8Array, mode = 0o600): Promise<void> {
  const part = `${path}.part`;
  try {
    await rm(part, { force: true });
    const file = await open(part, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY, mode);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await unlink(part).catch(() => undefined);
    throw failed('write', path, error);
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** SHA-256 of a regular file; undefined when there is none. */
export async function hashFile(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, O_RDONLY | O_NOFOLLOW);
    try {
      if (!(await file.stat()).isFile()) return undefined;
      const hash = createHash('sha256');
      for await (const chunk of file.createReadStream({ autoClose: false })) hash.update(chunk as Buffer);
      return hash.digest('hex');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return undefined;
    throw failed('read', path, error);
  }
}

/** Names in a directory; none when it is missing. */
export async function namesIn(path: string): Promise<readonly string[]> {
  return readdir(path).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return [];
    throw failed('read', path, error);
  });
}

const POLICY = '/usr/sbin/policy-rc.d';
const POLICY_TEXT =
  '#!/bin/sh\n# patchwarden: services of a root directory are not started by patching it\nexit 101\n';

/**
 * Packages of a directory that is not the running system must not start services on this machine. Debian asks
 * `policy-rc.d` before it starts one; a host's own is left alone.
 * @see /usr/share/doc/init-system-helpers/README.policy-rc.d.gz
 */
export async function forbidServices(root: string): Promise<void> {
  try {
    const file = await open(join(root, POLICY), O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY, 0o755);
    await file.writeFile(POLICY_TEXT);
    await file.close();
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw failed('write', join(root, POLICY), error);
  }
}

/** Removes the file above if it is ours. */
export async function allowServices(root: string): Promise<void> {
  const path = join(root, POLICY);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === POLICY_TEXT) await rm(path, { force: true });
}
