import { createTwoFilesPatch } from 'diff';
import type { Hold } from '../contracts/generated/hold.ts';
import type { PatchLock } from '../contracts/generated/patch-lock.ts';
import { holdPath } from '../domain/document-paths.ts';
import type { TouchedException } from '../domain/proposal-effect.ts';
import { codeBlock, escapeMarkdown, htmlCode, inlineCode } from '../util/markdown.ts';
import { lines, listed, plural, table } from './bounded.ts';
import type { LockChange, ProposalFacts } from './proposal-facts.ts';

/** The change of a lock file as a unified diff. */
export const unifiedDiff = ({ path, before, after }: Pick<LockChange, 'path' | 'before' | 'after'>): string =>
  createTwoFilesPatch(`a/${path}`, `b/${path}`, before, after, '', '', { context: 2 }).replace(/^=+\n/, '');

/** @param longest characters of all diffs together; each is cut at a whole line */
export function diffSections(
  diffs: readonly { readonly path: string; readonly text: string }[],
  longest: number,
): string {
  if (longest === 0) return '';
  const each = Math.floor(longest / diffs.length);
  return diffs
    .map(({ path, text }) => {
      const block = codeBlock(cutLines(text, each), 'diff');
      return `<details><summary>${htmlCode(path)}</summary>\n\n${block}\n\n</details>`;
    })
    .join('\n\n');
}

function cutLines(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const shown = text.slice(0, Math.max(0, text.lastIndexOf('\n', longest)));
  const left = text.trimEnd().split('\n').length - (shown === '' ? 0 : shown.split('\n').length);
  return `${shown}\n… ${plural(left, 'more line')}, see the commit`;
}

export function exceptionSection({ exceptions }: Pick<ProposalFacts, 'exceptions'>, most: number): string {
  if (exceptions.length === 0) return '';
  const row = (e: TouchedException): string =>
    `| ${inlineCode(e.id)} | ${listed(e.about, escapeMarkdown, 4)} | ${inlineCode(e.owner)} | ${escapeMarkdown(e.ticket)} | ${escapeMarkdown(e.validUntil)} |`;
  const head = '| exception | about | owner | ticket | valid until |\n| --- | --- | --- | --- | --- |';
  const all = { one: 'more exception', where: '`exceptions/` has them all' };
  return `### Exceptions touched\n\nThey are about what this change brings: where it is installed they accept nothing any more.\n\n${table(head, exceptions, row, most, all)}`;
}

export function holdList({ holds }: Pick<ProposalFacts, 'holds'>, most: number): string {
  if (holds.length === 0) return '';
  const row = (h: Hold): string =>
    `- ${inlineCode(h.package)} ${inlineCode(h.version)} of ${inlineCode(h.stream)}: ${inlineCode(holdPath(h.id))}`;
  return `### Held from now on\n\n${lines(holds, row, most, { one: 'more hold', where: 'the commit has them all' })}`;
}

export function leftOut(facts: Pick<ProposalFacts, 'leftOut'>, most: number): string {
  if (facts.leftOut.length === 0) return '';
  const row = (l: ProposalFacts['leftOut'][number]): string =>
    `- ${inlineCode(l.name)} ${inlineCode(l.version)}: ${escapeMarkdown(l.reason)}`;
  const all = { one: 'more package', where: '`patchwarden reconcile` lists them all' };
  return `### Wanted, but left out\n\n${lines(facts.leftOut, row, most, all)}`;
}

export const closureText = (closure: PatchLock['closure']): string =>
  closure === 'checked'
    ? 'checked: a real package manager confirmed that these packages install completely on every component set.'
    : closure === 'sampled'
      ? 'sampled: a real package manager confirmed a part of the component sets, the rest is unchecked.'
      : 'unchecked: no package manager could be asked here; a host that needs more than this lock stops untouched and says what it needs.';

/** What an approval of this pull request binds to. */
export const boundTo = (contentDigest: string): string =>
  `**Content digest:** ${inlineCode(contentDigest)}  \nApprovals bind to this digest and to the number of this pull request.`;
