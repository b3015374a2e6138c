import { parseDeb822 } from '../util/deb822.ts';
import type { ReleaseFields } from './apt-origin.ts';

/** A file that a Release file lists. */
export interface ListedFile {
  readonly sha256: string;
  readonly size: number;
}

/** A whole Release file. Moments are milliseconds since 1970; null where the field is missing or no date. */
export interface ReleaseIndex extends ReleaseFields {
  readonly date: number | null;
  /** undefined: the archive does not say. */
  readonly validUntil: number | null | undefined;
  readonly byHash: boolean;
  readonly files: ReadonlyMap<string, ListedFile>;
}

const FIELDS: ReadonlySet<string> = new Set([
  'origin',
  'label',
  'suite',
  'codename',
  'date',
  'valid-until',
  'acquire-by-hash',
  'sha256',
]);
const FUTURE_MS = 24 * 3_600_000;

/** Reads a Release file without its signature. Only SHA-256 counts: MD5 and SHA-1 lists are not looked at. @see DebianRepository/Format */
export function parseReleaseIndex(text: string): ReleaseIndex {
  const fields = parseDeb822(text, { only: FIELDS }).stanzas[0]?.fields;
  const value = (name: string): string => (fields?.get(name) ?? '').slice(0, 200);
  const validUntil = fields?.get('valid-until');
  const files = new Map<string, ListedFile>();
  for (const line of (fields?.get('sha256') ?? '').split('\n')) {
    const [, sha256, size, path] = /^\s*([0-9a-fA-F]{64})\s+(\d{1,15})\s+(\S+)\s*$/.exec(line) ?? [];
    if (sha256 && size && path) files.set(path, { sha256: sha256.toLowerCase(), size: Number(size) });
  }
  return {
    origin: value('origin'),
    label: value('label'),
    suite: value('suite'),
    codename: value('codename'),
    date: momentOf(value('date')),
    validUntil: validUntil === undefined ? undefined : momentOf(validUntil),
    byHash: value('acquire-by-hash').toLowerCase() === 'yes',
    files,
  };
}

export interface ReleaseCheck {
  /** The suite that was asked for; a flat repository ends in a slash and is not held to it. */
  readonly suite: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** `Date` of the Release file that was accepted last. */
  readonly remembered: number | null;
}

/**
 * Why a Release file with a good signature must still not be used, or null: it is another suite's, has run out, lies in the
 * future, or is older than one that was accepted before (a replay, or a mirror that fell behind).
 */
export function releaseProblem(release: ReleaseIndex, check: ReleaseCheck): string | null {
  const { suite, now, remembered } = check;
  const day = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
  const names = [release.suite, release.codename, release.codename.replace(/\/updates$/, '-security')];
  const asked = suite.replace(/\/updates$/, '-security');
  if (!suite.endsWith('/') && !names.includes(suite) && !names.includes(asked))
    return `it is the Release file of ${named(release)}, not of ${suite}`;
  if (release.date === null) return 'it has no Date';
  if (release.date > now + FUTURE_MS)
    return `its Date ${day(release.date)} lies in the future: check the clock of this machine`;
  if (release.validUntil === null) return 'its Valid-Until is no date';
  if (release.validUntil !== undefined && release.validUntil < now)
    return `it was valid until ${day(release.validUntil)}: the mirror is out of date or is being held back`;
  if (remembered !== null && release.date < remembered)
    return `its Date ${day(release.date)} is before ${day(remembered)}, which was accepted already: the mirror fell behind or replays an old state`;
  return null;
}

const named = ({ suite, codename }: ReleaseFields): string =>
  [suite, codename].filter((n) => n !== '').join(' ') || 'an unnamed suite';

/** RFC 2822 with a zone; a date without one would depend on this machine. */
function momentOf(text: string): number | null {
  if (!/(UTC|GMT|Z|[+-]\d{4})$/.test(text.trim())) return null;
  const ms = Date.parse(text);
  return Number.isFinite(ms) ? ms : null;
}
