import { box } from '../domain/pull-boxes.ts';
import { sha256Hex } from '../util/digest.ts';

const BEGIN = /^<!-- patchwarden:begin (sha256:[0-9a-f]{64}) title ([0-9a-f]{16}) -->$/m;
const END = '<!-- patchwarden:end -->';

/**
 * Our part of a text on the forge, marked, so that what people write around it stays theirs. The mark knows the title that
 * was written with it too.
 */
export const marked = (body: string, contentDigest: string, title: string): string =>
  `<!-- patchwarden:begin ${contentDigest} title ${titleMark(title)} -->\n${body.trim()}\n\n${REBASE}\n${END}`;

const REBASE = box('rebase', 'make this branch anew from the protected branch');

const titleMark = (title: string): string => sha256Hex(title).slice(0, 16);

/** Puts a new part of ours where the old one was; without one it stands before what people wrote. */
export function replaceMarked(text: string, part: string): string {
  const plain = text.replace(/\r\n/g, '\n');
  const begin = BEGIN.exec(plain);
  const end = begin ? plain.indexOf(END, begin.index) : -1;
  if (!begin || end === -1) return plain.trim() === '' ? part : `${part}\n\n${plain.trim()}`;
  return `${plain.slice(0, begin.index)}${part}${plain.slice(end + END.length)}`;
}

/** Our part of a text; empty where somebody removed the mark. */
export function ownPart(text: string): string {
  const plain = text.replace(/\r\n/g, '\n');
  const begin = BEGIN.exec(plain);
  const end = begin ? plain.indexOf(END, begin.index) : -1;
  return begin && end !== -1 ? plain.slice(begin.index, end) : '';
}

/** The content that our part of a text speaks of; undefined where somebody removed the mark. */
export const markedDigest = (text: string): string | undefined =>
  BEGIN.exec(text.replace(/\r\n/g, '\n'))?.[1];

/** Whether a title is what we wrote with our part of the text; nobody knows where somebody removed the mark. */
export const isOurTitle = (text: string, title: string): boolean =>
  BEGIN.exec(text.replace(/\r\n/g, '\n'))?.[2] === titleMark(title);

/** Finds again a comment that was made, so that it is made once. */
export const noteMark = (key: string): string => `<!-- patchwarden:note ${key} -->`;
