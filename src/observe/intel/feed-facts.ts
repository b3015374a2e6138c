import type { IntelKind } from '../../contracts/generated/config.ts';
import type { Instant } from '../../domain/time.ts';
import { momentKey } from '../../util/moment.ts';

/** What the manifest of the intelligence snapshot keeps of each feed. */
export interface FeedFacts {
  /** Path or URL, as the config has it. */
  readonly label: string;
  readonly kind: IntelKind;
  readonly records: number;
  /** The latest moment of its content: `modified`, the day of a model or catalogue; null when it tells none. */
  readonly newest: string | null;
  /** When it was last read. */
  readonly fetchedAt: Instant;
}

/** A feed that is older than it may be. */
export interface StaleFeed {
  readonly label: string;
  readonly kind: IntelKind;
  /** What its age is counted from. */
  readonly since: string;
  /** Full days. */
  readonly ageDays: number;
  readonly maxAgeDays: number;
}

interface AgeLimit {
  readonly label: string;
  readonly maxAgeDays?: number;
}

const DAY_MS = 86_400_000;

/** Milliseconds since 1970 of a moment or day. */
export const msOf = (moment: string): number => {
  const key = momentKey(moment);
  return key === undefined ? Number.NaN : Date.parse(`${key.slice(0, 23)}Z`);
};

/**
 * Feeds whose content is older than the config allows. Content counts, not when it was fetched: a mirror that stands
 * still answers every day. A feed that tells no time is as old as its last reading.
 */
export function staleFeeds(
  feeds: readonly FeedFacts[],
  limits: readonly AgeLimit[],
  asOf: Instant,
): readonly StaleFeed[] {
  return feeds.flatMap(({ label, kind, newest, fetchedAt }) => {
    const maxAgeDays = limits.find((l) => l.label === label)?.maxAgeDays;
    const since = newest ?? fetchedAt;
    const age = msOf(asOf) - msOf(since);
    return maxAgeDays === undefined || !(age > maxAgeDays * DAY_MS)
      ? []
      : [{ label, kind, since, ageDays: Math.floor(age / DAY_MS), maxAgeDays }];
  });
}

/** For people, on sync and status. */
export const staleSentence = ({ label, since, ageDays, maxAgeDays }: StaleFeed): string =>
  `the feed ${label} is stale: its newest record is of ${since}, ${ageDays} days ago, and ${maxAgeDays} are allowed`;

/** Facts of feeds out of a manifest; undefined where they are damaged. */
export function readFeedFacts(value: unknown): readonly FeedFacts[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.every(isFeedFacts) ? value : undefined;
}

function isFeedFacts(value: unknown): value is FeedFacts {
  if (typeof value !== 'object' || value === null) return false;
  const { label, kind, records, newest, fetchedAt } = value as Record<string, unknown>;
  return (
    typeof label === 'string' &&
    typeof kind === 'string' &&
    Number.isSafeInteger(records) &&
    (newest === null || typeof newest === 'string') &&
    typeof fetchedAt === 'string'
  );
}
