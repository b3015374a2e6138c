import { clip, printable } from './printable.ts';

/*
 * Untrusted text in Markdown. A forge looks at what is rendered, not at the source: a mention, an issue or a commit is linked
 * in any text, escaped or not, but never in code. So what is not plain words becomes code; backslashes and entities
 * are no help.
 * @see https://github.com/gjtorikian/html-pipeline (MentionFilter: not in pre, code, a, style, script)
 * @see https://spec.commonmark.org/0.31.2/#code-spans
 */

/** Characters of one value; a cell or a sentence holds no more. */
const LONGEST = 300;

/** Words and what stands between them in a sentence: no mark-up, no address, no reference and no name of an emoji. */
const WORDS = /^\p{L}[\p{L}\p{N}]*(?:(?:[,;:.!?]? |['-](?=\p{L})(?<=\p{L}.))[\p{L}\p{N}]+)*[.!?]?$/u;
/** A forge takes seven hexadecimal digits for a commit. */
const COMMIT = /\b[0-9a-f]{7,}\b/i;
const MOMENT = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z)?$/;

/**
 * Untrusted text inside a table cell or a sentence: plain words and dates as they are, anything else as code. Nothing in it can
 * mention, link, refer, close an issue, open HTML or end the cell; what is hidden is written out. Cut after 300 characters.
 */
export function escapeMarkdown(text: string): string {
  const clean = oneLine(text);
  const plain = MOMENT.test(clean) || (WORDS.test(clean) && !COMMIT.test(clean));
  return plain ? clean : inlineCode(text);
}

/**
 * Short text as code: the run of backticks around it is longer than any inside. A pipe becomes a broken bar, since no escape
 * of it means the same inside of a table and outside. Empty text is a dash.
 */
export function inlineCode(text: string): string {
  const clean = oneLine(text).replaceAll('|', '¦');
  if (clean === '') return '–';
  const tick = '`'.repeat(longestRun(clean) + 1);
  const pad = clean.startsWith('`') || clean.endsWith('`') ? ' ' : '';
  return `${tick}${pad}${clean}${pad}${tick}`;
}

/** Text as code: the fence is longer than any run of backticks inside. What is hidden is written out. */
export function codeBlock(text: string, language = ''): string {
  const lines = text.split(/\r\n|[\n\r]/).map((l) => printable(l.replaceAll('\t', '    ')));
  if (lines.at(-1) === '') lines.pop();
  const fence = '`'.repeat(Math.max(3, ...lines.map((l) => longestRun(l) + 1)));
  return [`${fence}${language}`, ...lines, fence].join('\n');
}

/** Text as code inside of an HTML block, where Markdown means nothing. */
export const htmlCode = (text: string): string =>
  `<code>${oneLine(text).replace(/[^\p{L}\p{N} ./:_-]/gu, (c) => `&#${c.codePointAt(0) ?? 0};`)}</code>`;

/** Marks above and below letters reach into the lines around them when there are many. */
const oneLine = (text: string): string =>
  printable(
    clip(
      text
        .slice(0, 4 * LONGEST)
        .replace(/\s+/g, ' ')
        .trim()
        .normalize('NFC'),
      LONGEST,
    ).replace(/(\p{M}{3})\p{M}+/gu, '$1'),
  );

const longestRun = (text: string): number =>
  Math.max(0, ...[...text.matchAll(/`+/g)].map((m) => m[0].length));
