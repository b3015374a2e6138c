import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { objectReader } from '../../src/adapters/git-objects.ts';
import { createWorld, git, type World } from '../support/git-fixtures.ts';

describe('objectReader', () => {
  let world: World;
  beforeAll(() => {
    world = createWorld();
  });
  afterAll(() => world.dispose());

  /** A reader, and the processes it started. */
  const readerOf = (program = 'git', args = ['cat-file', '--batch']) => {
    const started: ChildProcessWithoutNullStreams[] = [];
    const read = objectReader(() => {
      const child = spawn(program, args, { cwd: world.clone, stdio: 'pipe' });
      started.push(child);
      return child;
    });
    return { read, started };
  };
  const store = (content: string) => git(world.clone, ['hash-object', '-w', '--stdin'], { input: content });
  const texts = (objects: readonly ({ readonly bytes: Buffer } | undefined)[]) =>
    objects.map((o) => o?.bytes.toString('utf8'));

  it('answers many questions asked at once, each with its own objects, from one process', async () => {
    const contents = ['', '\n', 'a\nb missing\n', 'x'.repeat(300_000)];
    const ids = contents.map(store);
    const { read, started } = readerOf();
    const answers = await Promise.all(ids.map((id) => read([id, 'no such name', id])));
    expect(answers.map(texts)).toEqual(contents.map((c) => [c, undefined, c]));
    expect(await read([])).toEqual([]);
    expect(started).toHaveLength(1);
  });

  it('says what an object is, and sees one that came after the start', async () => {
    const { read } = readerOf();
    expect(await read([world.anchor, `${world.anchor}:locks`])).toMatchObject([
      { id: world.anchor, type: 'commit' },
      { type: 'tree' },
    ]);
    const later = store('later\n');
    expect(texts(await read([later]))).toEqual(['later\n']);
  });

  it('refuses a name of two lines', async () => {
    await expect(readerOf().read(['HEAD\nHEAD'])).rejects.toMatchObject({ code: 'forge-failed' });
  });

  it.each([
    ['a program that is missing', '/nonexistent/git', []],
    ['a process that ends', 'sh', ['-c', 'echo "fatal: broken" >&2; exit 1']],
    ['an answer cut short', 'sh', ['-c', `echo ${'a'.repeat(40)} blob 9; echo torn`]],
  ])('%s fails the question, and the next one starts anew', async (_, program, args) => {
    const { read, started } = readerOf(program, args);
    for (const n of [1, 2]) {
      await expect(read(['HEAD'])).rejects.toMatchObject({ code: 'forge-failed' });
      expect(started).toHaveLength(n);
    }
  });

  it('does not read an object beyond the limit', async () => {
    const { read } = readerOf('sh', ['-c', `echo ${'a'.repeat(40)} blob ${(64 << 20) + 1}; cat`]);
    await expect(read(['HEAD'])).rejects.toMatchObject({
      code: 'bad-document',
      message: expect.stringContaining('67108865 bytes'),
    });
  });

  it('lets its process go when nobody asks any more', async () => {
    const { read, started } = readerOf();
    await read(['HEAD']);
    const [code] = (await once(started[0] as ChildProcessWithoutNullStreams, 'close')) as [number];
    expect(code).toBe(0);
    expect(await read(['HEAD'])).toHaveLength(1);
    expect(started).toHaveLength(2);
  });
});
