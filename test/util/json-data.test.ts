import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJsonData } from '../../src/util/json-data.ts';

const parse = (text: string | Uint8Array, limits = {}) =>
  parseJsonData(typeof text === 'string' ? Buffer.from(text) : text, 'feed/x.json', limits);

describe('bulk JSON data', () => {
  it('comes back as JSON.parse gives it', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        fc.pre(!/__proto__|"constructor"|"prototype"/.test(text));
        expect(parse(text)).toEqual({ ok: true, value: JSON.parse(text) });
      }),
    );
  });

  it.each([
    ['{"a": ', 'feed/x.json is no JSON: '],
    ['', 'feed/x.json is no JSON: '],
    [Uint8Array.of(0x22, 0xff, 0x22), 'feed/x.json is no JSON: it is not UTF-8 text'],
    ['{"a":[{"__proto__":1}]}', 'feed/x.json has the key "__proto__", which is not allowed'],
    ['{"constructor":1}', 'feed/x.json has the key "constructor", which is not allowed'],
    ['{"\\u0070rototype":1}', 'feed/x.json has the key "prototype", which is not allowed'],
    ['{"\\u005f_proto__":1}', 'feed/x.json has the key "__proto__", which is not allowed'],
    ['['.repeat(65) + ']'.repeat(65), 'feed/x.json is nested deeper than 64 levels'],
    ['['.repeat(100_000), 'feed/x.json is nested deeper than 64 levels'],
  ])('refuses %j', (text, message) => {
    const result = parse(text);
    expect(result).toMatchObject({ ok: false, message: expect.stringContaining(message) });
  });

  it('allows the words as values, brackets in strings, and the deepest allowed level', () => {
    expect(parse('["__proto__", "constructor"]').ok).toBe(true);
    expect(parse(JSON.stringify({ a: '[[[[\\"[[', b: '{{{' }), { maxDepth: 1 }).ok).toBe(true);
    expect(parse('['.repeat(64) + ']'.repeat(64)).ok).toBe(true);
  });

  it('looks at the size first', () => {
    expect(parse('"1234567890"', { maxBytes: 11 })).toEqual({
      ok: false,
      message: 'feed/x.json is larger than 11 bytes',
    });
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void parse(bytes)));
  });
});
