const BEGIN = /^<!-- patchwarden:begin (sha256:[0-9a-f]{64}) -->$/m;
const END = '<!-- patchwarden:end -->';

/** Our part of a text on the forge, marked, so that what people write around it stays theirs. */
export const marked = (body: string, contentDigest: string): string =>
  `<!-- patchwarden:begin ${contentDigest} -->\n${body.trim()}\n${END}`;

/** Puts a new part of ours where the old one was; without one it stands before what people wrote. */
export function replaceMarked(text: string, part: string): string {
  const plain = text.replace(/\r\n/g, '\n');
  const begin = BEGIN.exec(plain);
  const end = begin ? plain.indexOf(END, begin.index) : -1;
  if (!begin || end === -1) return plain.trim() === '' ? part : `${part}\n\n${plain.trim()}`;
  return `${plain.slice(0, begin.index)}${part}${plain.slice(end + END.length)}`;
}

/** The content that our part of a text speaks of; undefined where somebody removed the mark. */
export const markedDigest = (text: string): string | undefined =>
  BEGIN.exec(text.replace(/\r\n/g, '\n'))?.[1];

/** Finds again a comment that was made, so that it is made once. */
export const noteMark = (key: string): string => `<!-- patchwarden:note ${key} -->`;
