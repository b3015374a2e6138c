import { quote } from '../../util/printable.ts';
import { PatchwardenError } from '../errors.ts';

/** A Debian version taken apart. `revision` is empty where there is none, which sorts as `0` does. */
export interface DpkgVersion {
  readonly epoch: number;
  readonly upstream: string;
  readonly revision: string;
}

const MAX_EPOCH = 2_147_483_647;

/**
 * Takes a version apart as dpkg does: epoch before the first colon, revision after the last hyphen.
 * Like dpkg, it lets strange characters and a non-digit start pass (they have an order all the same)
 * and refuses what has none: nothing at all, white space inside, a bad epoch, an empty revision.
 * @throws PatchwardenError `bad-document` for a text that dpkg refuses too
 * @see https://www.debian.org/doc/debian-policy/ch-controlfields.html#version (Policy 5.6.12)
 */
export function parseDpkgVersion(text: string): DpkgVersion {
  const trimmed = text.replace(/^[ \t\n\r\v\f]+|[ \t\n\r\v\f]+$/g, '');
  if (trimmed === '') throw refused(text, 'it is empty');
  if (/[ \t\n\r\v\f\0]/.test(trimmed)) throw refused(text, 'it has white space inside');
  const colon = trimmed.indexOf(':');
  const rest = trimmed.slice(colon + 1);
  const hyphen = rest.lastIndexOf('-');
  const upstream = hyphen < 0 ? rest : rest.slice(0, hyphen);
  const revision = hyphen < 0 ? '' : rest.slice(hyphen + 1);
  if (rest === '') throw refused(text, 'nothing follows the epoch');
  if (upstream === '') throw refused(text, 'the upstream part is empty');
  if (hyphen >= 0 && revision === '') throw refused(text, 'the revision is empty');
  return { epoch: colon < 0 ? 0 : parseEpoch(text, trimmed.slice(0, colon)), upstream, revision };
}

/** True for a text that {@link parseDpkgVersion} accepts. */
export function isDpkgVersion(text: string): boolean {
  try {
    parseDpkgVersion(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Order of two Debian versions: -1 when `a` is earlier, 1 when later, 0 when equal (`1.0`, `0:1.0` and `1.0-0` are).
 * @throws PatchwardenError `bad-document` as {@link parseDpkgVersion}
 */
export function compareDpkg(a: string, b: string): -1 | 0 | 1 {
  const x = parseDpkgVersion(a);
  const y = parseDpkgVersion(b);
  const order =
    x.epoch - y.epoch || comparePart(x.upstream, y.upstream) || comparePart(x.revision, y.revision);
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

function parseEpoch(text: string, digits: string): number {
  if (!/^[0-9]+$/.test(digits)) throw refused(text, 'the epoch is no number');
  const epoch = Number(digits);
  if (epoch > MAX_EPOCH) throw refused(text, 'the epoch is too large');
  return epoch;
}

const isDigit = (c: number): boolean => c >= 48 && c <= 57;
const isLetter = (c: number): boolean => (c >= 65 && c <= 90) || (c >= 97 && c <= 122);

/** Weight of the character at `i`: `~` before the end, the end (and a digit, which ends the run) before letters, letters before the rest. */
function weight(s: string, i: number): number {
  if (i >= s.length) return 0;
  const c = s.charCodeAt(i);
  if (isDigit(c)) return 0;
  if (c === 126) return -1;
  return isLetter(c) ? c : c + 256;
}

/** Runs of non-digits by weight and runs of digits by value, in turns. */
function comparePart(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a.charCodeAt(i))) || (j < b.length && !isDigit(b.charCodeAt(j)))) {
      const order = weight(a, i) - weight(b, j);
      if (order !== 0) return order;
      i += 1;
      j += 1;
    }
    while (a.charCodeAt(i) === 48) i += 1;
    while (b.charCodeAt(j) === 48) j += 1;
    const order = compareDigits(a, i, b, j);
    if (order !== 0) return order;
    while (isDigit(a.charCodeAt(i))) i += 1;
    while (isDigit(b.charCodeAt(j))) j += 1;
  }
  return 0;
}

/** Two digit runs without leading zeros: the longer one is larger, else the first difference decides; no number overflows. */
function compareDigits(a: string, from: number, b: string, other: number): number {
  let i = from;
  let j = other;
  let first = 0;
  while (isDigit(a.charCodeAt(i)) && isDigit(b.charCodeAt(j))) {
    first ||= a.charCodeAt(i) - b.charCodeAt(j);
    i += 1;
    j += 1;
  }
  if (isDigit(a.charCodeAt(i))) return 1;
  if (isDigit(b.charCodeAt(j))) return -1;
  return first;
}

const refused = (text: string, why: string): PatchwardenError =>
  new PatchwardenError('bad-document', `${quote(text)} is no Debian version: ${why}`);
