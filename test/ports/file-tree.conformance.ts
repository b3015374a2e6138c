import { expect, it } from 'vitest';
import type { FileTree } from '../../src/ports/file-tree.ts';

/** @param make a tree of these files, nothing else */
export function fileTreeConformance(make: (files: Readonly<Record<string, string>>) => FileTree): void {
  const files = { 'etc/os-release': 'ID=debian\n', 'etc/apt/sources.list': '', 'var/x': 'x', a: 'a' };
  const text = async (tree: FileTree, path: string, maxBytes?: number) => {
    const bytes = await tree.read(path, maxBytes === undefined ? {} : { maxBytes });
    return bytes === undefined ? undefined : Buffer.from(bytes).toString();
  };

  it('reads files, and nothing where there is none', async () => {
    const tree = make(files);
    expect(await text(tree, 'etc/os-release')).toBe('ID=debian\n');
    expect(await text(tree, 'etc/apt/sources.list')).toBe('');
    for (const path of ['etc', 'etc/none', 'none/deep', 'a/below'])
      expect(await text(tree, path)).toBeUndefined();
  });

  it('refuses more than the cap', async () => {
    const tree = make(files);
    expect(await text(tree, 'etc/os-release', 10)).toBe('ID=debian\n');
    await expect(tree.read('etc/os-release', { maxBytes: 9 })).rejects.toMatchObject({
      code: 'source-failed',
    });
  });

  it('lists directories, sorted, and nothing where there is none', async () => {
    const tree = make(files);
    expect(await tree.list('')).toEqual(['a', 'etc', 'var']);
    expect(await tree.list('etc')).toEqual(['apt', 'os-release']);
    for (const path of ['none', 'a', 'etc/os-release/x']) expect(await tree.list(path)).toEqual([]);
  });
}
