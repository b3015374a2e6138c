import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { directoryArtifactStore } from '../../src/adapters/artifact-store-directory.ts';
import { storeFailure, writeDurably } from '../../src/adapters/durable-file.ts';
import { directoryStateStore } from '../../src/adapters/state-store-directory.ts';
import { PatchwardenError } from '../../src/domain/errors.ts';
import { sha256Hex } from '../../src/util/digest.ts';
import { tempDir } from '../support/temp-dir.ts';

/** A real file system of 64 KiB, where this user may mount one. */
function smallDisk(): string | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'patchwarden-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', dir], { stdio: 'ignore' });
    return dir;
  } catch {
    rmdirSync(dir);
    return undefined;
  }
}

const disk = smallDisk();
afterAll(() => {
  if (!disk) return;
  execFileSync('umount', [disk]);
  rmdirSync(disk);
});

describe('writeDurably', () => {
  it('replaces a file and keeps its permissions', async () => {
    const file = join(tempDir(), 'deep/er/file');
    await writeDurably(file, 'one');
    chmodSync(file, 0o600);
    await writeDurably(file, Buffer.from('two'));
    expect(readFileSync(file, 'utf8')).toBe('two');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('leaves nothing when the name cannot be taken', async () => {
    const dir = tempDir();
    await writeDurably(join(dir, 'name/file'), 'x');
    await expect(writeDurably(join(dir, 'name'), 'y')).rejects.toMatchObject({ code: 'store-failed' });
    expect(readdirSync(dir)).toEqual(['name']);
  });
});

describe.skipIf(!disk)(`on a full disk${disk ? '' : ' (skipped: tmpfs cannot be mounted here)'}`, () => {
  const full = {
    code: 'store-failed',
    message: expect.stringMatching(/: the disk is full; free space and run again$/) as string,
  };

  it('a file keeps its old content, and no part of the new one stays', async () => {
    const file = join(disk ?? '', 'state.json');
    await writeDurably(file, 'old');
    await expect(writeDurably(file, Buffer.alloc(200_000))).rejects.toMatchObject(full);
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(disk ?? '')).toEqual(['state.json']);
  });

  it('an artifact is not held', async () => {
    const bytes = Buffer.alloc(200_000, 1);
    const store = directoryArtifactStore(disk ?? '');
    await expect(store.put(sha256Hex(bytes), bytes)).rejects.toMatchObject(full);
    expect(await store.has(sha256Hex(bytes))).toBe(false);
  });

  it('a line is refused, and the next one that fits follows the last whole one', async () => {
    const store = directoryStateStore(disk ?? '');
    await store.appendLine('journal', 'first');
    await expect(store.appendLine('journal', 'x'.repeat(200_000))).rejects.toMatchObject(full);
    expect(await store.read('journal')).toBe('first\n');
    writeFileSync(join(disk ?? '', 'state.json'), '');
    await store.appendLine('journal', 'second');
    expect(await store.read('journal')).toBe('first\nsecond\n');
  });
});

describe('storeFailure', () => {
  it.each([
    ['ENOSPC', 'the disk is full'],
    ['EDQUOT', 'the disk quota is used up'],
    ['EROFS', 'the file system is read-only'],
    ['EACCES', 'permission is denied'],
    ['EIO', 'the device reports an input or output error'],
    ['EWEIRD', 'strange'],
  ])('%s', (code, words) => {
    const error = storeFailure('write', '/x/y', Object.assign(new Error('strange'), { code }));
    expect([error.code, error.message]).toEqual([
      'store-failed',
      expect.stringContaining(`cannot write /x/y: ${words}`),
    ]);
  });

  it('keeps an error of ours as it is', () => {
    const ours = new PatchwardenError('bytes-missing', 'x');
    expect(storeFailure('read', 'y', ours)).toBe(ours);
  });
});
