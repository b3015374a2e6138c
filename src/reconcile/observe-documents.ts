import type { Baseline } from '../contracts/generated/baseline.ts';
import type { Calendar } from '../contracts/generated/calendar.ts';
import type { Exception } from '../contracts/generated/exception.ts';
import type { PatchLock } from '../contracts/generated/patch-lock.ts';
import { windowAt } from '../domain/calendar/window-at.ts';
import type { ExceptionHistory } from '../domain/exception-history.ts';
import { REVIEW_DAYS } from '../domain/expedited-review.ts';
import type { Observation } from '../domain/observation.ts';
import { parseLockKey } from '../domain/purl.ts';
import { addDays, dayOf, type Instant } from '../domain/time.ts';
import { sortedBy } from '../util/sort.ts';

/** Days for which a review is asked for once it is due: nothing tells that it took place. */
const ASKED_DAYS = 30;
const NAMED = 5;

const listed = (items: readonly string[]): string =>
  `${items.slice(0, NAMED).join(', ')}${items.length > NAMED ? ` and ${items.length - NAMED} more` : ''}`;

/**
 * Calendars that let nothing begin in the years to come.
 * @param forOpening the one in whose windows new pull requests may be opened
 */
export const closedCalendars = (
  calendars: readonly Calendar[],
  baselines: readonly Pick<Baseline, 'id' | 'owner' | 'calendar'>[],
  governs: ReadonlyMap<string, number>,
  now: Instant,
  forOpening?: string,
): readonly Observation[] =>
  sortedBy(calendars, (c) => c.id).flatMap((calendar): readonly Observation[] => {
    const { open, next } = windowAt(calendar, now);
    if (open !== null || next !== null) return [];
    const users = sortedBy(
      baselines.filter((b) => b.calendar === calendar.id),
      (b) => b.id,
    );
    const whose = users.length === 0 ? '' : ` that ${users.map((b) => b.id).join(', ')} asks`;
    return [
      {
        ...{ code: 'calendar-never-opens', subject: calendar.id, owner: users[0]?.owner ?? null },
        assets: users.reduce((n, b) => n + (governs.get(b.id) ?? 0), 0),
        names: [],
        sentence: `no window of calendar ${calendar.id}${whose} opens any more, so nothing is rolled out in it${calendar.id === forOpening ? ', and new pull requests wait for it until they are urgent' : ''}: mend its windows or freezes, or remove it`,
      },
    ];
  });

/** Locks with entries whose every advisory was withdrawn since. Hosts keep the versions: they were good enough to lock. */
export const withdrawnEntries = (
  locks: Iterable<PatchLock>,
  withdrawn: ReadonlySet<string>,
  baselines: readonly Pick<Baseline, 'id' | 'owner'>[],
): readonly Observation[] =>
  sortedBy(
    locks,
    (l) => l.baseline,
    (l) => l.ring,
  ).flatMap(({ baseline, ring, entries }): readonly Observation[] => {
    const left = sortedBy(Object.entries(entries), ([key]) => key).filter(
      ([, e]) => e.advisories.length > 0 && e.advisories.every((a) => withdrawn.has(a)),
    );
    if (left.length === 0) return [];
    const names = [...new Set(left.map(([key]) => parseLockKey(key)?.name ?? key))];
    const ids = [...new Set(left.flatMap(([, e]) => e.advisories))].sort();
    return [
      {
        ...{ code: 'advisory-withdrawn', subject: `${baseline}/${ring}` },
        ...{ owner: baselines.find((b) => b.id === baseline)?.owner ?? null, assets: 0, names: [] },
        sentence: `the lock has ${listed(names)} only for what was withdrawn since (${listed(ids)}): hosts keep the locked versions, and nothing has to be done; if they were only wanted for that, take the entries out by a pull request of your own`,
      },
    ];
  });

/** Expedited changes that somebody has to look back at now. */
export const reviewsDue = (
  merges: readonly {
    readonly kind: string;
    readonly scope: string;
    readonly pull: number;
    readonly at: Instant;
  }[],
  baselines: readonly Pick<Baseline, 'id' | 'owner'>[],
  now: Instant,
): readonly Observation[] =>
  merges
    .filter((m) => m.kind === 'expedited')
    .flatMap(({ scope, pull, at }): readonly Observation[] => {
      const due = addDays(dayOf(at), REVIEW_DAYS);
      if (dayOf(now) < due || dayOf(now) >= addDays(due, ASKED_DAYS)) return [];
      return [
        {
          ...{ code: 'review-due', subject: String(pull), assets: 0, names: [] },
          owner: baselines.find((b) => b.id === scope)?.owner ?? null,
          sentence: `pull request ${pull} patched all rings of ${scope} at once on ${dayOf(at)}, and its review was due on ${due}: look back at what it did; this is said until ${addDays(due, ASKED_DAYS)}`,
        },
      ];
    });

/** Exceptions that may cover more than was accepted at first. */
export const widenedExceptions = (
  exceptions: readonly Pick<Exception, 'id' | 'owner' | 'validUntil'>[],
  history: ReadonlyMap<string, Pick<ExceptionHistory, 'widened' | 'firstAccepted'>>,
  covers: ReadonlyMap<string, number>,
  now: Instant,
): readonly Observation[] =>
  sortedBy(exceptions, (e) => e.id).flatMap(({ id, owner, validUntil }): readonly Observation[] => {
    const past = history.get(id);
    if (!past?.widened || validUntil < dayOf(now)) return [];
    return [
      {
        ...{ code: 'exception-widened', subject: id, owner, assets: covers.get(id) ?? 0, names: [] },
        sentence: `exception ${id} may cover more than what was accepted on ${past.firstAccepted}: compare its match, selector and maxAssets with that version, and narrow it or have it approved as a new one`,
      },
    ];
  });
