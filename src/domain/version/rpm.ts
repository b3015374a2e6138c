import { quote } from '../../util/printable.ts';
import { PatchwardenError } from '../errors.ts';

/** An rpm version taken apart. `release` is null where the text has none, which sorts before every release. */
export interface RpmVersion {
  /** Digits without leading zeros; `0` where the text has no epoch. */
  readonly epoch: string;
  readonly version: string;
  readonly release: string | null;
}

/**
 * Takes `epoch:version-release` apart as rpm does: the epoch is digits before the first colon, the release is behind
 * the last hyphen. A missing epoch is 0, also where a query printed it as `(none)`.
 * @throws PatchwardenError `bad-document` for a text that has no order: empty, with white space or control characters
 *   inside, with an empty release, or a version of nothing but signs
 * @see https://rpm.org/docs/latest/man/rpm-version.7
 */
export function parseRpmVersion(text: string): RpmVersion {
  const trimmed = text.trim();
  if (trimmed === '') throw refused(text, 'it is empty');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they have no place in a version
  if (/[\s\x00-\x1f\x7f]/.test(trimmed))
    throw refused(text, 'it has white space or control characters inside');
  const [, epoch = '0', rest = ''] = /^(?:(?:(\d*)|\(none\)):)?(.*)$/.exec(trimmed) ?? [];
  const hyphen = rest.lastIndexOf('-');
  const version = hyphen < 0 ? rest : rest.slice(0, hyphen);
  const release = hyphen < 0 ? null : rest.slice(hyphen + 1);
  if (version === '') throw refused(text, 'the version is empty');
  if (!/[A-Za-z0-9]/.test(version)) throw refused(text, 'the version has neither digit nor letter');
  if (release === '') throw refused(text, 'the release is empty');
  return { epoch: epoch.replace(/^0+(?=\d)/, '') || '0', version, release };
}

/** True for a text that {@link parseRpmVersion} accepts. */
export function isRpmVersion(text: string): boolean {
  try {
    parseRpmVersion(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Order of two rpm versions: -1 when `a` is earlier, 1 when later, 0 when equal. `1.0` is earlier than `1.0-1`: a fix
 * that names no release is in every build of that version.
 * @throws PatchwardenError `bad-document` as {@link parseRpmVersion}
 */
export function compareRpm(a: string, b: string): -1 | 0 | 1 {
  const x = parseRpmVersion(a);
  const y = parseRpmVersion(b);
  const order =
    compareDigits(x.epoch, y.epoch) ||
    compareRpmPart(x.version, y.version) ||
    (x.release === null || y.release === null
      ? Number(y.release === null) - Number(x.release === null)
      : compareRpmPart(x.release, y.release));
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

/** What separates segments and has no order of its own. */
const SEPARATORS = /[^A-Za-z0-9~^]*/y;
const DIGITS = /[0-9]*/y;
const LETTERS = /[A-Za-z]*/y;

/**
 * rpm's order of a version or of a release alone: segments of digits by value and of letters by code point, digits
 * after letters, more segments after fewer; `~` sorts before the end, `^` behind it but before any further segment.
 */
function compareRpmPart(a: string, b: string): number {
  let i = 0;
  let j = 0;
  for (;;) {
    i = behind(SEPARATORS, a, i);
    j = behind(SEPARATORS, b, j);
    const [c, d] = [a[i], b[j]];
    if (c === '~' || d === '~') {
      if (c !== d) return c === '~' ? -1 : 1;
    } else if (c === '^' || d === '^') {
      if (c !== d) return c === undefined ? -1 : d === undefined ? 1 : c === '^' ? -1 : 1;
    } else if (c === undefined || d === undefined) {
      return Number(c !== undefined) - Number(d !== undefined);
    } else {
      const numeric = c >= '0' && c <= '9';
      const kind = numeric ? DIGITS : LETTERS;
      const [end, other] = [behind(kind, a, i), behind(kind, b, j)];
      if (other === j) return numeric ? 1 : -1;
      const [left, right] = [a.slice(i, end), b.slice(j, other)];
      const order = numeric ? compareDigits(left, right) : compareWords(left, right);
      if (order !== 0) return order;
      [i, j] = [end, other];
      continue;
    }
    i += 1;
    j += 1;
  }
}

/** Index behind what `pattern` (sticky) matches at `at`. */
function behind(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return at + (pattern.exec(text)?.[0].length ?? 0);
}

/** Numbers of any length: leading zeros do not count, then the longer one is larger. */
function compareDigits(a: string, b: string): number {
  const [x, y] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return x.length - y.length || compareWords(x, y);
}

const compareWords = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const refused = (text: string, why: string): PatchwardenError =>
  new PatchwardenError('bad-document', `${quote(text)} is no rpm version: ${why}`);
