import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeBlock, escapeMarkdown, htmlCode, inlineCode } from '../../src/util/markdown.ts';

describe('escapeMarkdown', () => {
  it.each([
    'vendor fix is late',
    "The owner's word: wait, please.",
    'high, untested',
    'in-flight',
    'Прошу подождать',
    '2024-11-20',
    '2024-11-20T10:00:00Z',
  ])('leaves %j as it is', (text) => expect(escapeMarkdown(text)).toBe(text));

  it.each([
    ['a mention', '@security-team', '`@security-team`'],
    ['an issue', 'fixes #12', '`fixes #12`'],
    ['an issue by its other name', 'GH-12', '`GH-12`'],
    ['a commit', 'see defaced', '`see defaced`'],
    ['a commit of digits', '1234567', '`1234567`'],
    ['a link', '[x](http://evil)', '`[x](http://evil)`'],
    ['an address', 'www.evil.example', '`www.evil.example`'],
    ['an emoji', 'x :bug: y', '`x :bug: y`'],
    ['a number at the start', '1. x', '`1. x`'],
    ['HTML', '<script>', '`<script>`'],
    ['the end of a cell', 'a|b', '`a¦b`'],
    ['a newline', 'a\n\n# b', '`a # b`'],
    ['backticks', 'a`b', '``a`b``'],
    ['a backtick at the end', '`', '`` ` ``'],
    ['bidirectional controls', 'a\u202eb', '`a\\u{202e}b`'],
    ['letters that cannot be seen', 'a\u3164b', '`a\\u{3164}b`'],
    ['piled marks', `a${'\u0335'.repeat(50)}`, `\`a${'\u0335'.repeat(3)}\``],
    ['nothing', ' \n ', '–'],
  ])('makes code of %s', (_what, text, shown) => expect(escapeMarkdown(text)).toBe(shown));

  it('holds 300 characters at most', () => {
    expect([...escapeMarkdown('😀'.repeat(5000))]).toHaveLength(303);
    expect(escapeMarkdown('word '.repeat(500))).toMatch(/^`word .*…`$/);
  });
});

describe('codeBlock and inlineCode', () => {
  it('cannot be closed from inside', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('`', 'a', '\n', '\r', '|', ' ') }), (text) => {
        const block = codeBlock(text).split('\n');
        const fence = block[0] ?? '';
        expect(block.slice(1, -1).some((line) => line.trim().startsWith(fence))).toBe(false);
        const inline = inlineCode(text);
        const tick = /^`+/.exec(inline)?.[0] ?? '';
        if (tick === '') {
          expect(inline).toBe('–');
          return;
        }
        const inner = inline.slice(tick.length, -tick.length);
        expect([...inner.matchAll(/`+/g)].every((m) => m[0].length < tick.length)).toBe(true);
        expect(inner).not.toMatch(/[\n\r|]/);
      }),
    );
  });

  it('keeps indentation of a block and writes out what is hidden', () => {
    expect(codeBlock('  a\r\n\tb\u202e\n', 'diff')).toBe('```diff\n  a\n    b\\u{202e}\n```');
  });
});

it('htmlCode leaves no mark-up', () => {
  expect(htmlCode('locks/a/b.lock.json')).toBe('<code>locks/a/b.lock.json</code>');
  expect(htmlCode('<b>&@')).toBe('<code>&#60;b&#62;&#38;&#64;</code>');
});
