import { describe, expect, it } from 'vitest';
import { readZip } from '../../src/adapters/zip-reader.ts';
import { makeZip } from '../support/make-zip.ts';

const LIMITS = { maxEntry: 1000, maxTotal: 2000 };
const FILES = { 'a.json': '{"a":1}', 'dir/b.json': 'x'.repeat(900), 'empty.json': '' };
const read = (bytes: Uint8Array, limits = LIMITS) =>
  Object.fromEntries(
    [...readZip(bytes, 'feed', limits)].map((e) => [e.path, Buffer.from(e.bytes).toString()]),
  );
const refused = (bytes: Uint8Array, limits = LIMITS) => {
  try {
    read(bytes, limits);
    return 'read';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('a zip archive', () => {
  it.each([
    ['deflated', {}],
    ['stored', { stored: true }],
    ['of many files', { zip64: true }],
    ['with a comment', { comment: 'PK\x05' }],
  ])('%s is read', (_name, options) => {
    expect(read(makeZip({ ...FILES, 'dir/': '' }, options))).toEqual(FILES);
  });

  it('of nothing has nothing', () => expect(read(makeZip({}))).toEqual({}));

  it.each([
    ['cut off', makeZip(FILES).subarray(0, -30), 'damaged or cut off'],
    ['no archive', Buffer.from('PK\x03\x04 nothing'), 'damaged or cut off'],
    ['encrypted', makeZip(FILES, { flags: 1 }), 'encrypted or too large'],
    ['with other content', damage(makeZip(FILES), 45), 'damaged or cut off'],
    ['with another list', damage(makeZip(FILES, { zip64: true }), -70), 'damaged or cut off'],
  ])('that is %s is refused', (_name, bytes, why) => expect(refused(bytes)).toContain(why));

  it('that swells is refused before it is unpacked', () => {
    expect(refused(makeZip({ a: 'x'.repeat(1001) }))).toBe('feed unpacks to more than is read');
    expect(refused(makeZip({ a: 'x'.repeat(900), b: 'x'.repeat(900), c: 'x'.repeat(900) }))).toBe(
      'feed unpacks to more than is read',
    );
    // The size that is told is a lie.
    const bytes = makeZip({ a: 'x'.repeat(900) });
    bytes.writeUInt32LE(10, bytes.indexOf('PK\x01\x02', 0, 'latin1') + 24);
    expect(refused(bytes)).toContain('damaged');
  });
});

function damage(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  const place = at < 0 ? copy.length + at : at;
  copy.fill(0xff, place, place + 8);
  return copy;
}
