import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJsonDocument } from '../../src/contracts/load-json.ts';

const load = (text: string | Uint8Array, options = {}) =>
  parseJsonDocument(text, { file: 'f.json', ...options });
const messages = (text: string | Uint8Array, options = {}): readonly string[] => {
  const r = load(text, options);
  return r.ok ? [] : r.error.map((p) => `${p.line}:${p.column} ${p.code} ${p.message.split(';')[0] ?? ''}`);
};

describe('parseJsonDocument refuses', () => {
  const big = `"${'x'.repeat(1024 * 1024)}"`;
  it.each([
    ['nothing', '', '1:1 not-json the file is empty'],
    ['only space', ' \n ', '1:1 not-json the file is empty'],
    [
      'more bytes than the cap',
      big,
      '1:1 unreadable the file has 1048578 bytes and at most 1048576 are read',
    ],
    ['a byte order mark', '\ufeff{}', '1:1 unreadable the file starts with a byte order mark'],
    [
      'bytes that are not UTF-8',
      Buffer.from([0x22, 0xc3, 0x28, 0x22]),
      '1:1 unreadable the file is not valid UTF-8',
    ],
    [
      'a surrogate as UTF-8',
      Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]),
      '1:1 unreadable the file is not valid UTF-8',
    ],
    [
      'half a character',
      '["\\ud800"]',
      '1:2 not-json the text contains half of a character (an unpaired \\u surrogate)',
    ],
    [
      'half a character in a key',
      '{"\\udc00":1}',
      '1:2 not-json the key contains half of a character (an unpaired \\u surrogate)',
    ],
    ['a number too large', '[1e999]', '1:2 not-json the number is too large to be kept exactly'],
    [
      'a number that would be rounded',
      '9007199254740993',
      '1:1 not-json the number is too large to be kept exactly',
    ],
    ['a raw control character', '"a\u0001"', '1:3 not-json a text contains a control character'],
    ['a text over two lines', '["a\nb"]', '1:2 not-json the text that starts here is not closed on its line'],
    ['an unclosed object', '{\n "a": [1]', '1:1 not-json the "{" that opens here is never closed'],
    ['a stray bracket', '{"a": 1]}', '1:8 not-json the "]" closes nothing that is open'],
    ['a trailing comma', '{"a": 1,\n}', '2:1 not-json there is a comma before "}" with nothing after it'],
    ['a missing comma', '[1 2]', '1:4 not-json a comma or a colon is missing before this'],
    ['single quotes', "{'a': 1}", '1:2 not-json JSON texts stand in double quotes'],
    ['a comment', '{ // x\n}', '1:3 not-json JSON has no comments'],
    ['a second value', '{}{}', '1:3 not-json a comma or a colon is missing before this'],
    ['a word', 'yes', '1:1 not-json this is not JSON here'],
    ['a leading zero', '01', '1:1 not-json this is not JSON here'],
  ])('%s', (_name, text, message) => {
    expect(messages(text)).toEqual([message]);
  });

  it('keys given twice and names of the object machinery, at any depth, all at once', () => {
    const text =
      '{"a": {"b": 1,\n "c": 2,\n "b": 3},\n "d": [{"__proto__": {"x": 1}}, {"constructor": 1}],\n "prototype": 0}';
    expect(messages(text)).toEqual([
      '3:2 forbidden-key the key "b" is given twice, in line 1 and here in line 3',
      '4:9 forbidden-key the key "__proto__" is not allowed anywhere',
      '4:34 forbidden-key the key "constructor" is not allowed anywhere',
      '5:2 forbidden-key the key "prototype" is not allowed anywhere',
    ]);
  });

  it('a key that is the same only after its escapes are read', () => {
    expect(messages('{"a": 1, "\\u0061": 2}')).toHaveLength(1);
    expect(messages('{"\\u005f_proto__": 2}')).toHaveLength(1);
  });

  it('nesting beyond the limit in well under a second, however deep', () => {
    for (const text of ['['.repeat(1_000_000), '{"a":'.repeat(200_000)]) {
      const started = performance.now();
      expect(messages(text)).toEqual([
        `1:${text.startsWith('[') ? 65 : 321} unreadable arrays and objects are nested more than 64 levels deep`,
      ]);
      expect(performance.now() - started).toBeLessThan(1000);
    }
    expect(load(`${'['.repeat(64)}${']'.repeat(64)}`).ok).toBe(true);
    expect(messages('[[[1]]]', { maxDepth: 2 })).toHaveLength(1);
  });
});

describe('parseJsonDocument accepts', () => {
  it('what JSON.parse accepts, and gives the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(4), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const r = load(text);
        if (r.ok) expect(r.value.value).toEqual(JSON.parse(text));
        // Only what JSON.parse would change, or a dangerous key, is refused.
        else
          expect(
            r.error.every((p) => /not allowed anywhere|too large|half of a character/.test(p.message)),
          ).toBe(true);
      }),
    );
  });

  it('never more than JSON.parse, and never throws, on damaged texts', () => {
    const seed = '{"a": [1, -2.5e3, true, null, "x\\n\\u0041"], "b": {"c": {}}}';
    const pieces = fc.constantFrom(
      ...seed,
      '\\',
      '\u0000',
      '\u2028',
      '//',
      "'",
      '0',
      'e',
      '\ud800',
      '\ufeff',
    );
    const edits = fc.array(fc.tuple(fc.nat(seed.length), fc.nat(3), pieces), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(edits, (list) => {
        const text = list.reduce((t, [at, cut, piece]) => t.slice(0, at) + piece + t.slice(at + cut), seed);
        const r = load(text);
        if (!r.ok) return;
        expect(() => JSON.parse(text)).not.toThrow();
        // The parser that knows places reads it only now, and has to agree.
        expect(r.value.locate('').line).toBe(text.slice(0, text.search(/\S/)).split('\n').length);
      }),
      { numRuns: 2000 },
    );
  });

  it('objects whose keys are given once, however the keys are spelled and whatever is in the texts', () => {
    const keys = fc.constantFrom('a', 'b', '\\u0061', '__proto__', 'x:y', '\\":{', '1');
    const members = fc.array(fc.tuple(keys, fc.constantFrom('1', '":,{"', '[{"a": ":"}]', '{"b": 2}')), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(members, (list) => {
        const value = (raw: string) => (raw.startsWith('"') ? JSON.stringify(raw) : raw);
        const text = `{${list.map(([k, v]) => `"${k}": ${value(v)}`).join(', ')}}`;
        const names = list.map(([k]) => JSON.parse(`"${k}"`) as string);
        const fine = new Set(names).size === names.length && !names.includes('__proto__');
        expect(load(text).ok).toBe(fine);
      }),
      { numRuns: 1000 },
    );
  });

  it('any bytes without throwing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const r = load(bytes);
        if (!r.ok) expect(r.error.length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('ParsedDocument', () => {
  const text = '{\n  "a/b": { "x~y": [10,\n    {"k": true}] }\n}\n';
  const r = load(text);
  if (!r.ok) throw new Error('must parse');
  const doc = r.value;

  it.each([
    ['', '1:1', '1:1'],
    ['/a~1b', '2:10', '2:3'],
    ['/a~1b/x~0y', '2:19', '2:12'],
    ['/a~1b/x~0y/1/k', '3:11', '3:6'],
    ['/a~1b/x~0y/0', '2:20', '2:20'],
    ['/a~1b/nothing/below', '2:10', '2:3'],
    ['/a~1b/x~0y/7', '2:19', '2:12'],
  ])('locates %s', (pointer, value, key) => {
    const format = ({ line, column }: { line: number; column: number }) => `${line}:${column}`;
    expect([format(doc.locate(pointer)), format(doc.locateKey(pointer))]).toEqual([value, key]);
  });

  it('keeps the text and counts lines the same with CRLF', () => {
    expect(doc.text).toBe(text);
    const crlf = load(text.replaceAll('\n', '\r\n'));
    expect(crlf.ok && crlf.value.locate('/a~1b/x~0y/1/k')).toEqual({ line: 3, column: 11 });
  });
});
