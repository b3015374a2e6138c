import type { Difference, GrantedException } from '../contracts/generated/change-input.ts';
import { sortedBy } from '../util/sort.ts';
import { acceptance, type ExceptionVersion, sameRisk } from './acceptance.ts';
import { fullDaysBetween } from './time.ts';

/**
 * Exceptions that a change adds or loosens, with how long and how often the same risk has been accepted without a break.
 * @param after the exceptions that the change adds or modifies, as they become
 * @param past every version that ever was on the protected branch
 */
export function grantedExceptions(
  differences: readonly Difference[],
  after: readonly ExceptionVersion[],
  past: readonly ExceptionVersion[],
): readonly GrantedException[] {
  const loosened = new Set(differences.filter((d) => d.effect === 'loosened').map((d) => d.document));
  const versions = [...past, ...after];
  const granted = after.flatMap((e) => {
    if (!loosened.has(e.document)) return [];
    const same = versions.filter((v) => sameRisk(v, e));
    const { since, renewals } = acceptance(e, same);
    return [{ document: e.document, days: fullDaysBetween(since, e.value.validUntil) + 1, renewals }];
  });
  return sortedBy(granted, (e) => e.document);
}

/** Whether a change calls for {@link grantedExceptions}, which need the whole past. */
export const grantsExceptions = (differences: readonly Difference[]): boolean =>
  differences.some((d) => d.class === 'exception' && d.effect === 'loosened');
