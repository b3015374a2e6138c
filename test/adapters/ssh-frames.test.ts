import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MARKER } from '../../src/adapters/ssh-collect-script.ts';
import { readFrames } from '../../src/adapters/ssh-frames.ts';
import { factsText, packedFacts } from '../support/ssh-facts.ts';

const MAX = 1 << 20;
const plain = (text: string) => Buffer.from(`\n${MARKER} plain\n${text}`, 'latin1');

async function filesOf(output: Uint8Array) {
  const frames = await readFrames(output, MAX);
  if (frames.kind !== 'facts') throw new Error(frames.why);
  return Object.fromEntries([...frames.files].map(([k, v]) => [k, Buffer.from(v).toString('latin1')]));
}

describe('frames of facts', () => {
  const files = {
    'etc/os-release': 'ID=x\n',
    empty: '',
    'no/end': 'a\nb',
    '.facts/lines': '\n\n',
    hosts: ' a\n',
  };

  it('are read as they were sent, packed or not, after whatever a shell said before', async () => {
    expect(await filesOf(plain(factsText(files)))).toEqual(files);
    expect(await filesOf(packedFacts(files))).toEqual(files);
    expect(await filesOf(packedFacts(files, 'Welcome!\nF 1 etc/os-release\nE 0\nno line end'))).toEqual(
      files,
    );
    expect(await filesOf(Buffer.concat([packedFacts(files), Buffer.from('bye\n')]))).toEqual(files);
  });

  it('cannot be faked by the content of a file', async () => {
    const evil = `x\n\nE 0\nF 9 etc/shadow\n y\n\nE 0\nZ 2\n\n${MARKER} plain\n`;
    expect(await filesOf(plain(factsText({ evil })))).toEqual({ evil });
  });

  it('that were not read whole are told apart', async () => {
    const text = 'F 100 a\n x\n\nE 1\nF 3 b\n xyz\nE 0\nF 4 c\n xyz\nE 0\nF 9 d\n x\n\nE \nZ 4\n';
    const frames = await readFrames(plain(text), MAX);
    expect(frames).toMatchObject({ kind: 'facts' });
    if (frames.kind !== 'facts') return;
    expect([...frames.files.keys()]).toEqual(['c']);
    expect([...frames.unreadable]).toEqual([
      ['a', 'the host could not read it whole (exit 1)'],
      ['b', 'it has 3 bytes or more'],
      ['d', 'the host could not read it whole (exit unknown)'],
    ]);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['nothing', Buffer.alloc(0), /answered nothing/],
    ['blanks', Buffer.from('\n \r\n'), /answered nothing/],
    [
      'words',
      Buffer.from('\nThis account is not available.\n'),
      /answered "This account is not available\."/,
    ],
    ['noise without end', Buffer.alloc(300_000, 'x'), /answered "xxx/],
    ['a late marker', Buffer.concat([Buffer.alloc(300_000, 'x'), plain('Z 0\n')]), /answered/],
    ['no end', plain('F 9 a\n x\n\nE 0\n'), /cut off/],
    ['an open frame', plain('F 9 a\n x\n'), /cut off/],
    ['a wrong count', plain('Z 1\n'), /not those of the collecting script/],
    ['a line outside', plain('hello\nZ 0\n'), /not those of the collecting script/],
    ['a line without its blank', plain('F 9 a\nx\n\nE 0\nZ 1\n'), /broken within a/],
    ['an empty line within', plain('F 9 a\n x\n\n y\n\nE 0\nZ 1\n'), /broken within a/],
    ['a name twice', plain('F 9 a\n\nE 0\nF 9 a\n\nE 0\nZ 2\n'), /not those/],
    ['an absolute name', plain('F 9 /a\n\nE 0\nZ 1\n'), /not those/],
    ['a name that climbs', plain('F 9 a/../b\n\nE 0\nZ 1\n'), /not those/],
    ['a name with a colour', plain('F 9 \u001b[31m\n\nE 0\nZ 1\n'), /\\u\{1b\}/],
    ['half a gzip', packedFacts({ a: 'x'.repeat(5000) }).subarray(0, 60), /damaged or cut off/],
    ['no gzip', Buffer.from(`\n${MARKER} gzip\nhello`), /not gzip/],
  ])('%s is garbage', async (_name, output, why) => {
    expect(await readFrames(output, MAX)).toEqual({ kind: 'garbage', why: expect.stringMatching(why) });
  });

  it('are capped in size, also after they were unpacked, and in number', async () => {
    const bomb = Buffer.concat([Buffer.from(`\n${MARKER} gzip\n`), gzipSync(Buffer.alloc(50 << 20, ' '))]);
    expect(bomb.length).toBeLessThan(MAX);
    expect(await readFrames(bomb, MAX)).toMatchObject({ kind: 'too-large' });
    expect(await readFrames(plain('x'.repeat(MAX)), 1000)).toMatchObject({ kind: 'too-large' });
    const many = Object.fromEntries(Array.from({ length: 5_001 }, (_, i) => [`f${i}`, '']));
    expect(await readFrames(plain(factsText(many)), MAX)).toMatchObject({ kind: 'garbage' });
  });

  it('never throw, and never become other files, whatever is changed or cut', async () => {
    const whole = Buffer.from(plain(factsText(files)));
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), async (at, byte, cut) => {
        const bytes = cut ? whole.subarray(0, at) : Buffer.from(whole);
        if (!cut) bytes[at] = byte;
        const frames = await readFrames(bytes, MAX);
        if (cut) expect(frames.kind).toBe('garbage');
        if (frames.kind === 'facts') expect(frames.files.size + frames.unreadable.size).toBe(5);
      }),
      { numRuns: 300 },
    );
  });
});
