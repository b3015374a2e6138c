import type { Exception } from '../contracts/generated/exception.ts';
import { all, selects } from './labels/formula.ts';
import { witness } from './labels/witness.ts';
import { addDays, type Day } from './time.ts';

/** One version of an exception, of now or of any time before. */
export interface ExceptionVersion {
  readonly document: string;
  readonly value: Exception;
}

/** The time without a break, up to the last day of an exception, on which its risk is accepted. */
export interface Acceptance {
  readonly since: Day;
  /** How many earlier last days of that time the exception goes past. */
  readonly renewals: number;
}

/**
 * Every version counts whose days adjoin, however it is named: another id, or a later first day, starts no new clock. A day
 * on which nothing was excepted does. More versions never make it shorter, nor the renewals fewer.
 * @param same versions of the same risk, as {@link sameRisk} tells
 */
export function acceptance({ value }: ExceptionVersion, same: readonly ExceptionVersion[]): Acceptance {
  let since = value.validFrom;
  for (;;) {
    const earlier = same.find((v) => v.value.validFrom < since && addDays(v.value.validUntil, 1) >= since);
    if (!earlier) break;
    since = earlier.value.validFrom;
  }
  const ends = same.map((v) => v.value.validUntil).filter((end) => end >= since && end < value.validUntil);
  return { since, renewals: new Set(ends).size };
}

/** The same document, or another that may except the same finding on the same asset. */
export const sameRisk = (one: ExceptionVersion, other: ExceptionVersion): boolean =>
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
