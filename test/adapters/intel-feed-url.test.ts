import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { urlIntelFeed } from '../../src/adapters/intel-feed-url.ts';
import { directoryStateStore } from '../../src/adapters/state-store-directory.ts';
import { makeTar } from '../support/make-tar.ts';
import { makeZip } from '../support/make-zip.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startWebServer, type WebServer } from '../support/web-server.ts';

const FILES = { 'a.json': '{"a":1}', 'data/DSA/list': '[x]', 'notes.txt': 'no record', 'b.csv': 'cve,epss' };
const RECORDS = [
  ['a.json', '{"a":1}'],
  ['data/DSA/list', '[x]'],
  ['b.csv', 'cve,epss'],
];

describe('a feed on a web server', () => {
  let web: WebServer;
  let dir: string;
  beforeEach(async () => {
    web = await startWebServer();
    dir = tempDir();
  });
  afterEach(() => web.close());

  const read = async (
    path: string,
    over: { readonly maxBytes?: number; readonly remember?: boolean } = {},
  ) => {
    const { remember = true, ...more } = over;
    const feed = urlIntelFeed(
      { kind: 'osv', url: `${web.url}/${path}`, ...more },
      { state: directoryStateStore(dir), remember, limits: { retries: 0, totalMs: 20_000 } },
    );
    const files: [string, string][] = [];
    for await (const file of feed.files()) files.push([file.path, Buffer.from(file.bytes).toString()]);
    return files;
  };
  const refused = (path: string, why: string, over = {}) =>
    expect(read(path, over)).rejects.toMatchObject({
      code: 'source-failed',
      message: expect.stringContaining(why),
    });

  it.each([
    ['one file', '{"a":1}', [['', '{"a":1}']]],
    ['one packed file', gzipSync('{"a":1}'), [['', '{"a":1}']]],
    ['nothing', '', [['', '']]],
    ['a tar archive', makeTar(FILES), RECORDS],
    ['a packed tar archive', gzipSync(makeTar(FILES)), RECORDS],
    ['a zip archive', makeZip(FILES), RECORDS],
  ])('may be %s, whatever the URL ends with', async (_name, bytes, expected) => {
    web.files.set('feed.bin', bytes);
    expect(await read('feed.bin')).toEqual(expected);
  });

  it('is asked for with the conditions of the last answer', async () => {
    web.files.set('a', '1');
    for (const content of ['1', '1', '2']) {
      web.files.set('a', content);
      expect(await read('a')).toEqual([['', content]]);
    }
    expect(web.requests.map((r) => r.replace(/"\w+"/, 'ETAG'))).toEqual([
      'GET a',
      'GET a if ETAG',
      'GET a if ETAG',
    ]);
  });

  it('is not kept in a dry run', async () => {
    web.files.set('a', '1');
    await read('a', { remember: false });
    expect(readdirSync(dir)).toEqual([]);
    await read('a');
    expect(readdirSync(join(dir, 'intel-feeds'))).toHaveLength(2);
  });

  it('is refused with a reason', async () => {
    await refused('gone', 'it is not there');
    web.files.set('large', 'x'.repeat(2000));
    await refused('large', 'larger than the 1024 bytes', { maxBytes: 1024 });
    web.files.set('cut', gzipSync('{"a":1}'.repeat(99)).subarray(0, -4));
    await refused('cut', 'it is damaged');
    web.files.set('bomb', gzipSync(Buffer.alloc(40 << 20)));
    await refused('bomb', '100 times its size');
    web.files.set('cut.tar', makeTar(FILES).subarray(0, 515));
    await refused('cut.tar', 'damaged or cut off tar');
  });
});
