import type { Instant } from '../../domain/time.ts';
import { momentKey } from '../../util/moment.ts';
import { type FeedFacts, msOf } from './feed-facts.ts';

/** Shares of the records of a feed. */
export interface GuardLimits {
  readonly shrink: number;
  readonly jump: number;
}

export const GUARD_DEFAULTS: GuardLimits = { shrink: 0.1, jump: 0.5 };

/** Why a feed is not believed without a person. */
export interface Refusal {
  readonly label: string;
  readonly kind: 'went-back' | 'shrank' | 'jumped';
  /** A clause that goes on after the label. */
  readonly why: string;
}

/** Beyond this a date in the future binds nobody: a wrong clock once must not hold a feed back for ever. */
const FUTURE_MS = 86_400_000;

/**
 * Compares feeds with what the snapshot in force was made from. A feed that is new, or of another kind now, has nothing
 * to be compared with.
 */
export function guardFeeds(
  before: readonly FeedFacts[],
  now: readonly FeedFacts[],
  limits: GuardLimits,
  at: Instant,
): readonly Refusal[] {
  const known = new Map(before.map((feed) => [`${feed.kind} ${feed.label}`, feed]));
  return now.flatMap((feed) => {
    const previous = known.get(`${feed.kind} ${feed.label}`);
    const refusal = previous && refusalOf(previous, feed, limits, at);
    return refusal ? [refusal] : [];
  });
}

function refusalOf(before: FeedFacts, now: FeedFacts, limits: GuardLimits, at: Instant): Refusal | undefined {
  const { label, records } = now;
  if (goesBack(before.newest, now.newest, at))
    return {
      label,
      kind: 'went-back',
      why: `goes back from ${before.newest} to ${now.newest ?? 'no date at all'}`,
    };
  if (records < before.records * (1 - limits.shrink))
    return {
      label,
      kind: 'shrank',
      why: `shrank from ${before.records} to ${records} records, by more than ${percent(limits.shrink)}`,
    };
  if (records > before.records * (1 + limits.jump))
    return {
      label,
      kind: 'jumped',
      why: `jumped from ${before.records} to ${records} records, by more than ${percent(limits.jump)}`,
    };
  return undefined;
}

function goesBack(before: string | null, now: string | null, at: Instant): boolean {
  const known = before === null ? undefined : momentKey(before);
  if (before === null || known === undefined || msOf(before) > msOf(at) + FUTURE_MS) return false;
  return (now === null ? '' : (momentKey(now) ?? '')) < known;
}

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;
