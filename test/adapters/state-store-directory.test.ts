import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { directoryStateStore } from '../../src/adapters/state-store-directory.ts';
import { stateStoreConformance } from '../ports/state-store.conformance.ts';
import { tempDir } from '../support/temp-dir.ts';

describe('directoryStateStore', () => {
  stateStoreConformance(() => {
    const dir = tempDir();
    const leave = (name: string, text: string) => {
      mkdirSync(dirname(join(dir, name)), { recursive: true });
      writeFileSync(join(dir, name), text);
    };
    return { store: directoryStateStore(dir), leave };
  });

  it('names files below its directory and leaves no temporary ones', async () => {
    const dir = tempDir();
    const store = directoryStateStore(dir);
    expect(store.path('a/b.json')).toBe(join(dir, 'a/b.json'));
    await store.write('a/b.json', '{}');
    expect(readdirSync(join(dir, 'a'))).toEqual(['b.json']);
  });

  it('lists no temporary, hidden or special files', async () => {
    const dir = tempDir();
    writeFileSync(join(dir, '.b.json.1.tmp'), '');
    symlinkSync('/etc/passwd', join(dir, 'link'));
    expect(await directoryStateStore(dir).list('')).toEqual([]);
    expect(await directoryStateStore(join(dir, 'none')).list('')).toEqual([]);
  });

  it('does not append through a link', async () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'target'), 'x\n');
    symlinkSync('target', join(dir, 'journal'));
    await expect(directoryStateStore(dir).appendLine('journal', 'y')).rejects.toMatchObject({
      code: 'store-failed',
    });
  });

  it('says what is in the way', async () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'file'), '');
    mkdirSync(join(dir, 'folder'));
    const store = directoryStateStore(dir);
    const failed = (words: string) => ({
      code: 'store-failed',
      message: expect.stringContaining(words) as string,
    });
    await expect(store.write('file/x', '')).rejects.toMatchObject(failed('is a file and not a directory'));
    await expect(store.appendLine('folder', '')).rejects.toMatchObject(
      failed('there is a directory of that name'),
    );
    await expect(store.remove('folder')).rejects.toMatchObject(failed('cannot remove'));
    await expect(store.read('folder')).rejects.toMatchObject(failed('there is a directory of that name'));
    await expect(directoryStateStore(join(dir, 'file')).list('')).rejects.toMatchObject(
      failed('is a file and not a directory'),
    );
  });
});
