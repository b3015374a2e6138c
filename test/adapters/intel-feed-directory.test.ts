import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { directoryIntelFeed } from '../../src/adapters/intel-feed-directory.ts';
import { makeTar } from '../support/make-tar.ts';
import { onPath } from '../support/on-path.ts';
import { sharedDir } from '../support/temp-dir.ts';

const XZ = 'xz';
const hasXz = onPath(XZ);

const root = sharedDir();
afterAll(() => rmSync(root, { recursive: true, force: true }));

const put = (path: string, bytes: string | Uint8Array): string => {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  return file;
};
const read = async (path: string) => {
  const files: [string, string][] = [];
  for await (const f of directoryIntelFeed(path).files())
    files.push([f.path, Buffer.from(f.bytes).toString()]);
  return files;
};
const LONG = `${'deep/'.repeat(25)}x.json`;

describe('a directory of records', () => {
  it('is read at any depth, in the order of paths, compressed or not', async () => {
    put('dir/b/2.json', '{"b":2}');
    put('dir/a.json.gz', gzipSync('{"a":1}'));
    put('dir/b/1.json', '{"b":1}');
    put('dir/readme.md', 'no record');
    put('dir/.git/x.json', 'hidden');
    put('linked.json', '{"l":1}');
    symlinkSync(join(root, 'linked.json'), join(root, 'dir/c.json'));
    symlinkSync(join(root, 'dir'), join(root, 'dir/circle'));
    expect(await read(join(root, 'dir'))).toEqual([
      ['a.json.gz', '{"a":1}'],
      ['b/1.json', '{"b":1}'],
      ['b/2.json', '{"b":2}'],
      ['c.json', '{"l":1}'],
    ]);
  });

  it('may be one file', async () => {
    expect(await read(put('one.json', '{}'))).toEqual([['', '{}']]);
    expect(await read(put('one.json.gz', gzipSync('{}')))).toEqual([['', '{}']]);
  });

  it('may be an archive', async () => {
    const tar = makeTar({ './a.json': '{"a":1}', 'notes.txt': 'x', [LONG]: '{"l":1}', 'empty.json': '' });
    const expected = [
      ['a.json', '{"a":1}'],
      [LONG, '{"l":1}'],
      ['empty.json', ''],
    ];
    expect(await read(put('x.tar', tar))).toEqual(expected);
    expect(await read(put('x.tar.gz', gzipSync(tar)))).toEqual(expected);
  });

  it.skipIf(!hasXz)(
    `lets go of an archive whose end is not read${hasXz ? '' : ' (skipped: xz is absent)'}`,
    async () => {
      // What is behind the last file is longer than what an unpacker gives at once.
      const tar = put('tail.tar', Buffer.concat([makeTar({ 'a.json': '{"a":1}' }), randomBytes(4 << 20)]));
      execFileSync(XZ, ['-0', '-k', tar]);
      for (let n = 0; n < 3; n += 1) expect(await read(`${tar}.xz`)).toEqual([['a.json', '{"a":1}']]);
    },
    20_000,
  );

  it.each([
    ['missing', () => join(root, 'nowhere'), 'ENOENT'],
    [
      'cut off',
      () => put('cut.tar', makeTar({ 'a.json': '{"a":1}' }).subarray(0, 515)),
      'damaged or cut off',
    ],
    ['no archive', () => put('junk.tar', Buffer.alloc(2048, 7)), 'damaged or cut off'],
    ['no gzip', () => put('bad/x.json.gz', 'plain'), 'incorrect header check'],
    ['no xz', () => put('bad.tar.xz', 'plain text that is no xz stream'), 'cannot read the intelligence of'],
  ])('%s is a clear failure', async (_name, path, sentence) => {
    await expect(read(path())).rejects.toMatchObject({
      code: 'source-failed',
      message: expect.stringContaining(sentence),
    });
  });
});
