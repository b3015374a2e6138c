import { PROPOSAL_KINDS } from './proposal.ts';

/** What a box asks for: words of our own grammar, so that nobody's text becomes a request. */
export type BoxRequest = `open ${string}` | 'rebase';

const REQUEST = `(?:open (?:${PROPOSAL_KINDS.join('|')}) [A-Za-z0-9][A-Za-z0-9._:/-]*|rebase)`;
const WHOLE = new RegExp(`^${REQUEST}$`);
const BOX = new RegExp(`^- \\[([ xX])\\] <!-- patchwarden:box (${REQUEST}) -->`, 'gm');

/** A box that people with write access can check, as a line of Markdown; without a request a line alone. */
export const box = (request: BoxRequest | undefined, words: string): string =>
  request === undefined ? `- ${words}` : `- [ ] <!-- patchwarden:box ${request} --> ${words}`;

/** Asks that one (kind, scope) be opened now, past every limit; undefined for names that are not of our grammar. */
export const openRequest = (kind: string, scope: string): BoxRequest | undefined =>
  WHOLE.test(`open ${kind} ${scope}`) ? `open ${kind} ${scope}` : undefined;

/** What is asked for by the checked boxes of a text. */
export const checkedBoxes = (text: string): ReadonlySet<string> =>
  new Set(boxesOf(text).flatMap(({ checked, request }) => (checked ? [request] : [])));

/** A new text with the boxes checked that somebody checked in the old one meanwhile. */
export function keepChecked(text: string, before: string): string {
  const checked = checkedBoxes(before);
  return text.replace(BOX, (line, _mark: string, request: string) =>
    checked.has(request) ? line.replace('- [ ]', '- [x]') : line,
  );
}

const boxesOf = (text: string): readonly { readonly checked: boolean; readonly request: string }[] =>
  [...text.replace(/\r\n/g, '\n').matchAll(BOX)].map(([, mark, request = '']) => ({
    checked: mark !== ' ',
    request,
  }));
