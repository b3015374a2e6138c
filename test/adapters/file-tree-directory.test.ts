import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { directoryFileTree } from '../../src/adapters/file-tree-directory.ts';
import { fileTreeConformance } from '../ports/file-tree.conformance.ts';
import { tempDir } from '../support/temp-dir.ts';

function makeTree(files: Readonly<Record<string, string>>): string {
  const dir = join(tempDir(), 'root');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

/** A root with files, links inside it, and a secret beside it. */
function linked(links: Readonly<Record<string, string>>): string {
  const dir = makeTree({ 'usr/lib/os-release': 'ID=debian', 'etc/motd': 'hi', 'etc/passwd': 'inner' });
  writeFileSync(join(dir, '../secret'), 'outer');
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(dir, path));
  return dir;
}

const read = async (dir: string, path: string): Promise<string | undefined> => {
  const bytes = await directoryFileTree(dir).read(path);
  return bytes && Buffer.from(bytes).toString();
};
const refused = (words: string) => ({
  code: 'source-failed',
  message: expect.stringContaining(words) as string,
});

const noPipes = spawnSync('mkfifo', ['--version']).error ? ' (skipped: mkfifo is not on the path)' : '';

describe('directoryFileTree', () => {
  fileTreeConformance((files) => directoryFileTree(makeTree(files)));

  it.each([
    ['a relative link inside', 'etc/os-release', '../usr/lib/os-release', 'ID=debian'],
    ['an absolute link, as the host sees it', 'etc/os-release', '/usr/lib/os-release', 'ID=debian'],
    ['an absolute link to a name that the controller has too', 'etc/x', '/etc/passwd', 'inner'],
    ['a link to nothing', 'etc/x', 'none', undefined],
    ['a link to a directory', 'etc/x', '/usr', undefined],
  ])('follows %s', async (_name, path, target, content) => {
    expect(await read(linked({ [path]: target }), path)).toBe(content);
  });

  it('follows links on the way', async () => {
    expect(await read(linked({ lib: 'usr/lib', 'usr/lib64': '/lib' }), 'usr/lib64/os-release')).toBe(
      'ID=debian',
    );
    expect(await directoryFileTree(linked({ lib: '/usr/lib' })).list('lib')).toEqual(['os-release']);
  });

  it.each([
    ['etc/x', '../../secret'],
    ['etc/x', '../../../../../../../etc/passwd'],
    ['etc/x', '/../secret'],
    ['x', '..'],
  ])('refuses %s → %s, which leads outside', async (path, target) => {
    const tree = directoryFileTree(linked({ [path]: target }));
    await expect(tree.read(path)).rejects.toMatchObject(refused('it leads outside the directory'));
    await expect(tree.list(path)).rejects.toMatchObject(refused('it leads outside the directory'));
  });

  it.each(['../secret', 'etc/../../secret', 'etc/\0'])('refuses the path %j', async (path) => {
    await expect(directoryFileTree(linked({})).read(path)).rejects.toMatchObject({ code: 'source-failed' });
  });

  it('refuses a circle of links', async () => {
    await expect(read(linked({ a: 'b', b: 'a' }), 'a')).rejects.toMatchObject(
      refused('too many symbolic links'),
    );
  });

  it('refuses every link where none is wanted', async () => {
    const tree = directoryFileTree(linked({ x: 'etc/motd', lib: 'usr/lib' }), { links: 'refuse' });
    for (const path of ['x', 'lib/os-release'])
      await expect(tree.read(path)).rejects.toMatchObject(refused('symbolic link'));
    expect(await tree.read('etc/motd')).toBeDefined();
  });

  it.skipIf(noPipes !== '')(`refuses a pipe instead of waiting for it${noPipes}`, async () => {
    const dir = makeTree({ a: 'a' });
    execFileSync('mkfifo', [join(dir, 'pipe')]);
    await expect(read(dir, 'pipe')).rejects.toMatchObject(refused('no regular file'));
  });

  it('refuses a device', async () => {
    await expect(directoryFileTree('/').read('dev/zero')).rejects.toMatchObject(refused('no regular file'));
  });

  it('reads files whose size is not known, up to the cap', async () => {
    const proc = directoryFileTree('/proc');
    expect(Buffer.from((await proc.read('version')) ?? []).toString()).toContain('Linux');
    await expect(proc.read('version', { maxBytes: 10 })).rejects.toMatchObject(
      refused('larger than the 10 bytes'),
    );
  });

  it('has nothing where the directory is not there', async () => {
    const tree = directoryFileTree(join(tempDir(), 'none'));
    expect([await tree.read('a'), await tree.list('')]).toEqual([undefined, []]);
    expect(tree.label).toMatch(/\/none$/);
  });
});
