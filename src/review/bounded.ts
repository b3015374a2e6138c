import { PatchwardenError } from '../domain/errors.ts';
import { clip } from '../util/printable.ts';

/** UTF-8 bytes, which are never fewer than UTF-16 units: a forge refuses 65,536 characters and more. */
const MAX_BODY = 60_000;
const MAX_TITLE = 200;
const ROWS = [200, 100, 50, 25, 10, 3, 0] as const;

/**
 * A text that no forge refuses: with as many rows of each list as fit.
 * @param render the text with so many rows of each list at most; without any it must be short
 */
export function boundedBody(render: (rows: number) => string): string {
  for (const rows of ROWS) {
    const body = render(rows);
    if (Buffer.byteLength(body) <= MAX_BODY) return body;
  }
  throw new PatchwardenError('bug', 'the text of a pull request is too long even without its lists');
}

export const boundedTitle = (title: string): string => clip(title, MAX_TITLE - 1);

/** What a line is that was cut off, and where the whole is. */
interface Rest {
  readonly one: string;
  readonly many?: string;
  readonly where: string;
}

/**
 * A table, cut after so many rows with a line that counts the others.
 * @param head the first two lines
 */
export function table<T>(
  head: string,
  items: readonly T[],
  row: (item: T) => string,
  most: number,
  all: Rest,
): string {
  const shown = items.slice(0, most).map(row);
  const cut = rest(items.length - shown.length, all);
  return [shown.length > 0 ? `${head}\n${shown.join('\n')}` : '', cut].filter((p) => p !== '').join('\n\n');
}

/** Lines, cut after so many with one that counts the others. */
export const lines = <T>(items: readonly T[], row: (item: T) => string, most: number, all: Rest): string =>
  [items.slice(0, most).map(row).join('\n'), rest(items.length - most, all)]
    .filter((p) => p !== '')
    .join('\n\n');

/** A list in a sentence, cut after so many items. */
export function listed<T>(items: readonly T[], word: (item: T) => string, most: number): string {
  const shown = items.slice(0, most).map(word).join(', ');
  const more = items.length - most;
  return more > 0 ? `${shown}${most > 0 ? ' and ' : ''}${more} more` : shown;
}

const rest = (more: number, { one, many, where }: Rest): string =>
  more > 0 ? `… and ${plural(more, one, many)}: ${where}.` : '';

export const plural = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;
