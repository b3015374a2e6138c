import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { git, rawCommit } from '../git-fixtures.ts';
import type { GitBackend, MergeMethod } from './backend.ts';
import { BareBackend } from './bare-backend.ts';
import { MemoryBackend } from './memory-backend.ts';

type Files = Readonly<Record<string, string | null>>;

interface Made {
  readonly backend: GitBackend;
  readonly write: (parents: readonly string[], files: Files) => string;
}

const by = { name: 'Ada', email: 'ada@example.org', date: '2024-10-24T12:00:00Z' };
const scratch = mkdtempSync(join(tmpdir(), 'patchwarden-backend-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function bare(): Made {
  const dir = mkdtempSync(join(scratch, 'repository-'));
  git(dir, ['init', '--bare', '--quiet', '-b', 'main', dir]);
  const write = (parents: readonly string[], files: Files): string => {
    const base = parents[0];
    return rawCommit(dir, {
      ...(base ? { base } : {}),
      files,
      parents,
      message: 'change',
      signer: null,
      at: by.date,
    });
  };
  return { backend: new BareBackend(dir), write };
}

function memory(): Made {
  const backend = new MemoryBackend();
  return { backend, write: (parents, files) => backend.write(parents, files, 'change', by) };
}

describe.each([
  ['in memory', memory],
  ['of a bare repository', bare],
])('the backend %s', (_name, make) => {
  async function forked(theirs: Files = { 'b.txt': 'b\n' }, ours: Files = { 'c.txt': 'c\n' }) {
    const { backend, write } = make();
    const root = write([], { 'a.txt': 'a\n' });
    const head = write([write([root], theirs)], { 'locks/d.json': '{}\n' });
    const main = write([root], ours);
    await backend.setRef('refs/heads/main', main);
    await backend.setRef('refs/heads/patch/web', head);
    return { backend, root, head, main };
  }

  it('knows branches, commits and who descends from whom', async () => {
    const { backend, root, head, main } = await forked();
    expect(new Map(await backend.branches())).toEqual(
      new Map([
        ['main', main],
        ['patch/web', head],
      ]),
    );
    expect(await backend.isAncestor(root, head)).toBe(true);
    expect(await backend.isAncestor(main, head)).toBe(false);
    expect(await backend.commit(head)).toMatchObject({ sha: head, message: 'change' });
    expect(await backend.commit('0'.repeat(40))).toBe(undefined);
    const commits = await backend.commits(main, head);
    expect(commits.map((one) => one.sha).at(-1)).toBe(head);
    expect(commits).toHaveLength(2);
    const files = await backend.files(main, head);
    expect(files.map((one) => [one.filename, one.status, one.additions])).toEqual([
      ['b.txt', 'added', 1],
      ['locks/d.json', 'added', 1],
    ]);
    await backend.deleteBranch('patch/web');
    expect([...(await backend.branches()).keys()]).toEqual(['main']);
  });

  it.each<[MergeMethod, number]>([
    ['merge', 3],
    ['squash', 1],
    ['rebase', 2],
  ])('merges by %s', async (method, added) => {
    const { backend, head, main } = await forked();
    expect(await backend.mergeable('main', head)).toBe(true);
    const sha = (await backend.merge({ base: 'main', head, method, message: 'Merge\n\nbody\n', by })) ?? '';
    expect((await backend.branches()).get('main')).toBe(sha);
    expect(await backend.commits(main, sha)).toHaveLength(added);
    expect((await backend.files(main, sha)).map((one) => one.filename)).toEqual(['b.txt', 'locks/d.json']);
  });

  it('merges nothing that conflicts', async () => {
    const { backend, head, main } = await forked({ 'a.txt': 'theirs\n' }, { 'a.txt': 'ours\n' });
    expect(await backend.mergeable('main', head)).toBe(false);
    expect(await backend.merge({ base: 'main', head, method: 'merge', message: 'x', by })).toBe(undefined);
    expect((await backend.branches()).get('main')).toBe(main);
  });
});

it('merges nothing into a bare repository’s branch that moves meanwhile', async () => {
  const { backend, write } = bare();
  const root = write([], { 'a.txt': 'a\n' });
  await backend.setRef('refs/heads/main', root);
  const wish = (name: string) => ({
    base: 'main',
    head: write([root], { [name]: 'x\n' }),
    method: 'merge' as const,
  });
  const [one, two] = [wish('b.txt'), wish('c.txt')];
  const both = [one, two].map((each) => backend.merge({ ...each, message: 'x', by }));
  const merged = (await Promise.all(both)).filter((sha) => sha !== undefined);
  const tip = (await backend.branches()).get('main') ?? '';
  expect(merged).toContain(tip);
  for (const sha of merged) expect(await backend.isAncestor(sha, tip)).toBe(true);
});

it('needs a git that merges without a work tree', () => {
  const version = execFileSync('git', ['--version'], { encoding: 'utf8' });
  const [, major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
  expect(major * 1000 + minor).toBeGreaterThanOrEqual(2038);
});
