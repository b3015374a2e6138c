import type { Difference, GrantedException } from '../contracts/generated/change-input.ts';
import type { Exception } from '../contracts/generated/exception.ts';
import { sortedBy } from '../util/sort.ts';
import { all, selects } from './labels/formula.ts';
import { witness } from './labels/witness.ts';
import { addDays, fullDaysBetween } from './time.ts';

/** One version of an exception, of now or of any time before. */
export interface ExceptionVersion {
  readonly document: string;
  readonly value: Exception;
}

/**
 * Exceptions that a change adds or loosens, with how long and how often the same risk has been accepted without a break.
 * Another id, or a later first day, starts no new clock: every version counts that may except the same finding on the
 * same asset and whose days adjoin.
 * @param after the exceptions that the change adds or modifies, as they become
 * @param past every version that ever was on the protected branch
 */
export function grantedExceptions(
  differences: readonly Difference[],
  after: readonly ExceptionVersion[],
  past: readonly ExceptionVersion[],
): readonly GrantedException[] {
  const loosened = new Set(differences.filter((d) => d.effect === 'loosened').map((d) => d.document));
  const granted = after.filter((e) => loosened.has(e.document));
  return sortedBy(
    granted.map((e) => ({ document: e.document, ...acceptance(e, [...past, ...after]) })),
    (e) => e.document,
  );
}

/** Whether a change calls for {@link grantedExceptions}, which need the whole past. */
export const grantsExceptions = (differences: readonly Difference[]): boolean =>
  differences.some((d) => d.class === 'exception' && d.effect === 'loosened');

function acceptance(
  exception: ExceptionVersion,
  versions: readonly ExceptionVersion[],
): Pick<GrantedException, 'days' | 'renewals'> {
  const { validFrom, validUntil } = exception.value;
  const same = versions.filter((v) => continues(v, exception)).map((v) => v.value);
  let start = validFrom;
  for (;;) {
    const earlier = same.find((v) => v.validFrom < start && addDays(v.validUntil, 1) >= start);
    if (!earlier) break;
    start = earlier.validFrom;
  }
  const ends = same
    .filter((v) => v.validUntil >= start && v.validUntil < validUntil)
    .map((v) => v.validUntil);
  return { days: fullDaysBetween(start, validUntil) + 1, renewals: new Set(ends).size };
}

/** The same document, or another that may except the same finding on the same asset. */
const continues = (one: ExceptionVersion, other: ExceptionVersion): boolean =>
  one.document === other.document ||
  (sameFinding(one.value.match, other.value.match) &&
    witness(all(selects(one.value.select), selects(other.value.select))).kind !== 'none');

/** Names of advisories are compared as they are written; two that name nothing in common are two risks. */
function sameFinding(one: Exception['match'], other: Exception['match']): boolean {
  const [a, b] = [one.advisories, other.advisories];
  const advisory = a && b ? a.some((id) => b.includes(id)) : null;
  const component = one.component && other.component ? one.component.name === other.component.name : null;
  return advisory !== false && component !== false && (advisory ?? component ?? false);
}
