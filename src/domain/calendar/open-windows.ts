import type { Calendar } from '../../contracts/generated/calendar.ts';
import { compareCodePoints } from '../../util/sort.ts';
import { PatchwardenError } from '../errors.ts';
import { addDays, type Instant, instantOf } from '../time.ts';
import { HORIZON_DAYS, recurrenceDays } from './recurrence.ts';
import { type Millis, type ZoneClock, zoneClock } from './zone-clock.ts';

/** A time in which hosts may be changed, `opens` included and `closes` not. */
export interface OpenWindow {
  /** Of the window in the calendar; one that a freeze cuts appears in pieces of one id. */
  readonly id: string;
  readonly opens: Instant;
  readonly closes: Instant;
}

/** From and, not included, to. */
export interface Span {
  readonly from: Millis;
  readonly to: Millis;
}

type Window = Calendar['windows'][number];
type Freeze = NonNullable<Calendar['freezes']>[number];

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** A window that began so many days ago may still be open: two days, and one for what clocks do. */
const LONGEST_DAYS = 3;

/**
 * The windows of a calendar that are open at some moment from `from` to, not included, `to`: whole, in order of their
 * opening, overlapping ones beside each other. The rules:
 *
 * - A recurrence is evaluated on the days of the calendar's zone, and `offsetDays` are added to each day it gives, so that
 *   three days after the second Tuesday may well be in the next week or month.
 * - A window opens when the clocks of the zone first show `start` or later on that day: a start in the hour that summer
 *   time skips moves to its end, and of an hour that comes twice the first counts.
 * - It closes after `minutes` that really pass, whatever the clocks do meanwhile, and may run over midnight.
 * - A freeze lasts from the first moment of the day `from` to the last of the day `until`, both included. It beats every
 *   window: what lies in a freeze is cut off, also from a window that began before it.
 *
 * Throws `bug` when asked for more than twelve years at once.
 */
export function openWindows(calendar: Calendar, from: Instant, to: Instant): readonly OpenWindow[] {
  const asked: Span = { from: Date.parse(from), to: Date.parse(to) };
  if (asked.to - asked.from > HORIZON_DAYS * DAY_MS)
    throw new PatchwardenError('bug', 'windows were asked for more than twelve years');
  const clock = zoneClock(calendar.zone);
  const first = clock.dayAt(asked.from);
  const frozen = (calendar.freezes ?? [])
    .filter(
      (f) =>
        f.until >= addDays(first, -LONGEST_DAYS) && f.from <= addDays(clock.dayAt(asked.to), LONGEST_DAYS),
    )
    .map((f) => freezeSpan(f, clock));
  return calendar.windows
    .flatMap((window) => spansOf(window, clock, asked).map((span) => ({ id: window.id, span })))
    .flatMap(({ id, span }) => without(span, frozen).map((piece) => ({ id, span: piece })))
    .filter(({ span }) => span.from < asked.to && span.to > asked.from)
    .sort((a, b) => a.span.from - b.span.from || a.span.to - b.span.to || compareCodePoints(a.id, b.id))
    .map(({ id, span }) => ({ id, opens: instantOf(span.from), closes: instantOf(span.to) }));
}

/** The times that one window gives around a span, freezes aside. */
function spansOf(window: Window, clock: ZoneClock, asked: Span): readonly Span[] {
  const offset = window.offsetDays ?? 0;
  const first = addDays(clock.dayAt(asked.from), -offset - LONGEST_DAYS);
  const last = addDays(clock.dayAt(asked.to), -offset);
  return recurrenceDays(window.recurrence, first, last).map((day) => {
    const opens = clock.momentOf(addDays(day, offset), window.start);
    return { from: opens, to: opens + window.minutes * MINUTE_MS };
  });
}

/** A freeze as moments. */
export const freezeSpan = (freeze: Freeze, clock: ZoneClock): Span => ({
  from: clock.startOfDay(freeze.from),
  to: clock.startOfDay(addDays(freeze.until, 1)),
});

function without(span: Span, cuts: readonly Span[]): readonly Span[] {
  let rest: readonly Span[] = [span];
  for (const cut of cuts)
    rest = rest.flatMap((s) =>
      cut.to <= s.from || cut.from >= s.to
        ? [s]
        : [
            { from: s.from, to: cut.from },
            { from: cut.to, to: s.to },
          ].filter((piece) => piece.from < piece.to),
    );
  return rest;
}
