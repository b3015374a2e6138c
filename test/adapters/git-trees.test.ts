import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGit } from '../../src/adapters/git-simple-git.ts';
import type { Git } from '../../src/ports/git.ts';
import { createWorld, git as rawGit, type World } from '../support/git-fixtures.ts';

/** Path → mode and content; a path that another one needs as a folder is dropped. */
type Files = ReadonlyMap<string, { readonly mode: string; readonly content: string }>;

const name = fc.constantFrom('a', 'a.b', 'a-b', 'A', 'ä', 'lock s', '__proto__', '0');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
const file = fc.record({
  mode: fc.constantFrom('100644', '100755', '120000'),
  content: fc.constantFrom('1', '2', '3'),
});
const files = fc.array(fc.tuple(path, file), { maxLength: 12 }).map((list): Files => {
  const kept = new Map<string, { mode: string; content: string }>();
  for (const [at, what] of list)
    if (![...kept.keys()].some((k) => k === at || k.startsWith(`${at}/`) || at.startsWith(`${k}/`)))
      kept.set(at, what);
  return kept;
});

describe('trees of a repository', () => {
  let world: World;
  let git: Git;
  beforeAll(async () => {
    world = createWorld();
    git = await openGit(world.clone);
  });
  afterAll(() => world.dispose());

  const run = (args: string[], input = '') => rawGit(world.clone, args, { input });
  const blobs = new Map<string, string>();
  const blobOf = (content: string): string => {
    const id = blobs.get(content) ?? run(['hash-object', '-w', '--stdin'], content);
    blobs.set(content, id);
    return id;
  };
  const treeOf = (content: Files): string => {
    const index = { GIT_INDEX_FILE: `${world.clone}/.git/test-index` };
    rawGit(world.clone, ['read-tree', '--empty'], { env: index });
    const lines = [...content].map(([at, f]) => `${f.mode} ${blobOf(f.content)}\t${at}\n`);
    rawGit(world.clone, ['update-index', '--index-info'], { env: index, input: lines.join('') });
    return rawGit(world.clone, ['write-tree'], { env: index });
  };
  /** What Git itself says, in its own words. */
  const listed = (tree: string, under: string[]) =>
    run(['ls-tree', '-r', '-z', '--full-tree', tree, ...under])
      .split('\0')
      .filter((l) => l !== '');
  const told = (entries: Awaited<ReturnType<Git['listTree']>>) =>
    entries.map(({ path: at, mode, blob }) => `${mode} blob ${blob}\t${at}`);
  const differ = (from: string, to: string) => {
    const out = run(['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', from, to]).split('\0');
    const changes: string[] = [];
    for (let i = 0; i + 1 < out.length; i += 2) {
      const [, mode, , blob, status] = (out[i] ?? '').split(' ');
      changes.push(`${out[i + 1]} ${status === 'D' ? 'deleted' : `${status} ${mode} ${blob}`}`);
    }
    return changes.toSorted();
  };

  it('are listed and compared as git ls-tree and git diff-tree do it', async () => {
    await fc.assert(
      fc.asyncProperty(files, files, name, async (one, two, folder) => {
        const [from, to] = [treeOf(one), treeOf(two)];
        for (const tree of [from, to]) {
          expect(told(await git.listTree(tree, '')).toSorted()).toEqual(listed(tree, []).toSorted());
          expect(told(await git.listTree(tree, `${folder}/`)).toSorted()).toEqual(
            listed(tree, ['--', folder]).toSorted(),
          );
        }
        const changes = await git.diffTrees(from, to);
        const letter = { added: 'A', deleted: 'D', modified: '[MT]' };
        const expected = differ(from, to);
        expect(changes).toHaveLength(expected.length);
        for (const { path: at, change, mode, blob } of changes) {
          const words = change === 'deleted' ? 'deleted' : `${letter[change]} ${mode} ${blob}`;
          expect(expected).toContainEqual(expect.stringMatching(new RegExp(`^${at} ${words}$`)));
        }
        expect(changes.map((c) => c.path)).toEqual(changes.map((c) => c.path).toSorted());
      }),
      { numRuns: 30 },
    );
  });

  const raw = (...entries: readonly (readonly [mode: string, name: string])[]): string => {
    const id = Buffer.from(run(['hash-object', '-w', '--stdin'], 'x'), 'hex');
    const bytes = Buffer.concat(entries.flatMap(([mode, n]) => [Buffer.from(`${mode} ${n}\0`), id]));
    return rawGit(world.clone, ['hash-object', '-t', 'tree', '-w', '--literally', '--stdin'], {
      input: bytes,
    });
  };

  it.each([
    [
      'a name twice',
      [
        ['100644', 'a'],
        ['100755', 'a'],
      ],
    ],
    ['a path for a name', [['100644', 'locks/web/prod.lock.json']]],
    ['a step up', [['100644', '..']]],
    ['no name', [['100644', '']]],
    ['the folder of Git', [['100644', '.GIT']]],
  ] as const)('refuses a tree that Git would not write: %s', async (_, entries) => {
    const tree = raw(...entries);
    await expect(git.listTree(tree, '')).rejects.toMatchObject({ code: 'bad-document' });
    await expect(git.diffTrees(treeOf(new Map()), tree)).rejects.toMatchObject({ code: 'bad-document' });
  });

  it('takes odd modes as Git takes them', async () => {
    const tree = raw(['100664', 'a'], ['100775', 'b'], ['160000', 'c']);
    const modes = (await git.listTree(tree, '')).map((e) => e.mode);
    expect(modes).toEqual(['100644', '100755', '160000']);
    expect(listed(tree, []).map((l) => l.slice(0, 6))).toEqual(modes);
  });

  it('sees what came after it was asked for the first time', async () => {
    const missing = 'f'.repeat(40);
    await expect(git.listTree(missing, '')).rejects.toMatchObject({ code: 'forge-failed' });
    const tree = treeOf(new Map([['late', { mode: '100644', content: '1' }]]));
    expect((await git.listTree(tree, '')).map((e) => e.path)).toEqual(['late']);
  });
});
