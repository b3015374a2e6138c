import type { AdvisoryRow } from '../../contracts/generated/fleet-rows.ts';
import { isModular, withoutModuleBuild } from '../../domain/rpm-module.ts';
import { compareVersions } from '../../domain/version/compare.ts';
import type { AdvisorySource } from './advisory-source.ts';
import { matchRange, type RangeVerdict, type VersionRange } from './range.ts';

/** Module streams that the title of an erratum names, such as `perl:5.32` in "Moderate: perl:5.32 security update". */
export const titledStreams = (summary: string): readonly string[] =>
  summary.match(/(?<![\w.+-])[a-z0-9][\w.+-]*:[\w.+-]+/g) ?? [];

/**
 * Judges one version by one range of an advisory. Versions alone decide, except for rpm, where the fix names a build and
 * not every build is one that this package could become:
 * - a fix built in a module is for packages of that module stream, any other for packages of no module;
 * - a fix that the distribution rebuilt is in the build that it rebuilt;
 * - z-streams of two distributions have no order among themselves.
 * What applies but cannot be told is `unknown`.
 */
export function judgeRange(
  advisory: Pick<AdvisoryRow, 'advisory' | 'summary'>,
  range: VersionRange,
  subject: AdvisorySource,
  compare = compareVersions,
): RangeVerdict {
  if (range.scheme !== 'rpm' || !hasFix(range) || range.versions.length > 0)
    return matchRange(range, subject.version, compare);
  const modular = isModular(subject.version) || subject.module !== undefined;
  if (modular !== isModular(range.fixed)) return 'not-affected';
  return modular
    ? judgeModular(titledStreams(advisory.summary), range, subject, compare)
    : judgePlain(advisory.advisory, range, subject, compare);
}

type FixedRange = VersionRange & { readonly fixed: string };
const hasFix = (range: VersionRange): range is FixedRange => range.fixed !== null;

/** Streams differ in what they fix with which version: they are compared only where both sides name one and the same. */
function judgeModular(
  streams: readonly string[],
  range: FixedRange,
  { version, module }: AdvisorySource,
  compare: typeof compareVersions,
): RangeVerdict {
  if (module !== undefined && streams.length > 0 && !streams.includes(module)) return 'not-affected';
  const verdict = matchRange(
    { ...range, fixed: withoutModuleBuild(range.fixed) },
    withoutModuleBuild(version),
    compare,
  );
  return verdict === 'affected' && (module === undefined || streams.length === 0) ? 'unknown' : verdict;
}

function judgePlain(
  id: string,
  range: FixedRange,
  subject: AdvisorySource,
  compare: typeof compareVersions,
): RangeVerdict {
  const upstream = REPEATED.test(id) ? range.fixed.replace(REBUILD, '') : range.fixed;
  const verdict = matchRange({ ...range, fixed: upstream }, subject.version, compare);
  const doubtful = subject.foreign === true && verdict === 'affected' && isOwn(subject.version, upstream);
  return doubtful ? 'unknown' : verdict;
}

/**
 * Errata that repeat one of Red Hat, under its number; those of the distribution's own have a letter (ALSA-2025:A001) or
 * another prefix.
 */
const REPEATED = /^(?:AL|RL)(?:SA|BA|EA)-\d{4}:\d+$/;
/** What the distribution appends to Red Hat's release when it builds the same sources with a change of its own. */
const REBUILD = /\.(?:alma|rocky)(?:\.[\w.]+)?$/;
const MINOR = /(\.el\d+)_\d+/;

/**
 * True where a version is before the fix only by what each distribution numbers for itself: the minor release that both
 * were built for (`-1.el10_0.3` and `-1.el10_1.3`), or a rebuild.
 */
function isOwn(version: string, fixed: string): boolean {
  const minors = MINOR.test(version) && MINOR.test(fixed);
  const common = (v: string): string => (minors ? v.replace(MINOR, '$1') : v).replace(REBUILD, '');
  return compareVersions('rpm', common(version), common(fixed)) >= 0;
}

/** Why a range that may apply gives no answer. */
export function doubtOf({ scheme, fixed }: VersionRange): string {
  if (scheme !== 'rpm' || fixed === null)
    return 'no comparator knows the range of versions that the advisory names';
  return isModular(fixed)
    ? 'the fix is for a stream of a module, and the stream of the package or that of the advisory is not told'
    : 'another distribution built the fix: the numbers of the two builds have no common order';
}
