import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanJson } from '../../src/util/json-scan.ts';

describe('scanJson', () => {
  it.each([
    ['[[1]]', 2, undefined],
    ['[[[', 2, { kind: 'too-deep', offset: 2 }],
    ['["[[[[", {"a": "}"}]', 2, undefined],
    ['["\\"[[["]', 1, undefined],
    ['"\\', 1, { kind: 'open-string', offset: 0 }],
    ['["a\r\n"]', 1, { kind: 'open-string', offset: 1 }],
    ['"a\tb"', 1, { kind: 'control-character', offset: 2 }],
    ['[}', 1, { kind: 'stray-bracket', offset: 1, bracket: '}' }],
    [']', 1, { kind: 'stray-bracket', offset: 0, bracket: ']' }],
    ['[ {"a": 1 ', 2, { kind: 'open-bracket', offset: 2, bracket: '{' }],
  ])('%j within %d levels', (text, depth, fault) => expect(scanJson(text, depth)).toEqual(fault));

  it('finds nothing in JSON, and something in what only seems to nest', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        expect(scanJson(text, 10)).toBeUndefined();
        expect(scanJson(`[${text}`, 10)?.kind).toBe('open-bracket');
      }),
    );
  });
});
