import type { AffectedRow } from '../../contracts/generated/fleet-rows.ts';
import { compareVersions, hasComparator } from '../../domain/version/compare.ts';

/** What a range says of one version. `fixed`: the range has an end and the version is at or behind it. */
export type RangeVerdict = 'affected' | 'fixed' | 'not-affected' | 'unknown';

export type VersionRange = Pick<AffectedRow, 'scheme' | 'introduced' | 'fixed' | 'lastAffected' | 'versions'>;

/**
 * Judges one source version by one range. No comparator, or a version without an order, is `unknown`: never "not affected".
 * @param compare the order of versions, for a caller who remembers it
 * @see https://ossf.github.io/osv-schema/#evaluation
 */
export function matchRange(
  range: VersionRange,
  sourceVersion: string,
  compare = compareVersions,
): RangeVerdict {
  const { scheme, introduced, fixed, lastAffected, versions } = range;
  if (versions.length > 0) return versions.includes(sourceVersion) ? 'affected' : 'not-affected';
  if (!hasComparator(scheme)) return 'unknown';
  // Debian writes "fixed in 0" for "no version in this release was ever affected".
  if (fixed === '0') return 'not-affected';
  try {
    const order = (other: string): number => compare(scheme, sourceVersion, other);
    if (introduced !== null && introduced !== '0' && order(introduced) < 0) return 'not-affected';
    if (fixed !== null) return order(fixed) < 0 ? 'affected' : 'fixed';
    if (lastAffected !== null) return order(lastAffected) <= 0 ? 'affected' : 'not-affected';
    order('0');
    return 'affected';
  } catch {
    return 'unknown';
  }
}

/** Several ranges of one record: affected if any says so; what is unknown is not hidden by what is fixed. */
export function combineVerdicts(verdicts: readonly RangeVerdict[]): RangeVerdict {
  for (const verdict of ['affected', 'unknown', 'fixed'] as const)
    if (verdicts.includes(verdict)) return verdict;
  return 'not-affected';
}
