/**
 * Control, format (bidirectional, zero-width), separator, surrogate, private and invisible characters: text that hides or
 * moves text.
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** Text from outside made safe for a terminal and a log line: hidden characters become `\u{…}`. */
export const printable = (text: string): string =>
  text.replace(HIDDEN, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);

/** Text of at most so many characters, with `…` after it where some were cut. */
export function clip(text: string, max: number): string {
  const characters = [...text.slice(0, max * 2 + 2)];
  return characters.length > max ? `${characters.slice(0, max).join('')}…` : text;
}

/** Text from outside as a quoted, printable piece of a sentence, cut after `max` characters. */
export const quote = (text: string, max = 60): string => `"${printable(clip(text, max))}"`;
