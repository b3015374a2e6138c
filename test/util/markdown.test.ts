import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeBlock, escapeMarkdown, inlineCode } from '../../src/util/markdown.ts';

describe('escapeMarkdown', () => {
  it.each([
    ['a mention', '@security-team', /^@\u200b/],
    ['an issue reference', 'fixes #12', /\\#12/],
    ['a link', '[x](http://evil)', /^\\\[x\\\]\\\(http:&#47;\/evil\\\)$/],
    ['an image', '![x](y)', /^\\!\\\[/],
    ['HTML', '<script>', /^&lt;script\\>$/],
    ['the end of a cell', 'a|b', /^a\\\|b$/],
    ['a newline', 'a\nb', /^a b$/],
    ['bidirectional controls', 'a\u202eb', /^a b$/],
  ])('defuses %s', (_what, text, pattern) => {
    expect(escapeMarkdown(text)).toMatch(pattern);
  });
});

describe('codeBlock and inlineCode', () => {
  it('cannot be closed from inside', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('`', 'a', '\n', '|', ' ') }), (text) => {
        const block = codeBlock(text).split('\n');
        const fence = block[0] ?? '';
        expect(block.slice(1, -1).some((line) => line.trim().startsWith(fence))).toBe(false);
        const inline = inlineCode(text);
        const tick = /^`+/.exec(inline)?.[0] ?? '';
        const inner = inline.slice(tick.length, -tick.length);
        expect([...inner.matchAll(/`+/g)].every((m) => m[0].length < tick.length)).toBe(true);
        expect(inner).not.toContain('\n');
      }),
    );
  });
});
