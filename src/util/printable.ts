/** Control, format (bidirectional, zero-width), separator and surrogate characters: text that hides or moves text. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Text from outside made safe for a terminal and a log line: hidden characters become `\u{…}`. */
export const printable = (text: string): string =>
  text.replace(HIDDEN, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);

/** Text from outside as a quoted, printable piece of a sentence, cut after `max` characters. */
export function quote(text: string, max = 60): string {
  const characters = [...text.slice(0, max * 2 + 2)];
  const cut = characters.length > max ? `${characters.slice(0, max).join('')}…` : text;
  return `"${printable(cut)}"`;
}
