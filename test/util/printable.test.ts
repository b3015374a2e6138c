import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, quote } from '../../src/util/printable.ts';

describe('printable', () => {
  it.each([
    ['plain äöü 漢字 😀', 'plain äöü 漢字 😀'],
    ['\u001b[31mred', '\\u{1b}[31mred'],
    ['a\nb\tc\0', 'a\\u{a}b\\u{9}c\\u{0}'],
    ['user\u202etxt.exe\u200b\ufeff\u2028', 'user\\u{202e}txt.exe\\u{200b}\\u{feff}\\u{2028}'],
    ['\ud800x', '\\u{d800}x'],
    ['a\u3164b\u2800c\u034fd\u{e0041}e\ue000', 'a\\u{3164}b\\u{2800}c\\u{34f}d\\u{e0041}e\\u{e000}'],
  ])('%j', (text, shown) => expect(printable(text)).toBe(shown));

  it('leaves nothing that hides or moves text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

describe('quote', () => {
  it('cuts whole characters', () => {
    expect(quote('😀'.repeat(5), 3)).toBe('"😀😀😀…"');
    expect(quote('abc', 3)).toBe('"abc"');
    expect(quote('x'.repeat(1e6))).toHaveLength(63);
  });
});
