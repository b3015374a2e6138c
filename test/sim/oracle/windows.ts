import { type CalendarSpec, DAY, HOUR, MINUTE } from '../scenario.ts';

/** When a window is open at a moment of true time, its end (a freeze ends it, too); null: nothing may be touched. */
export function openUntil(c: CalendarSpec | null, start: number, at: number): number | null {
  if (!c) return Number.POSITIVE_INFINITY;
  // Days of a freeze begin at midnight of the calendar's own zone.
  const midnight = Math.floor(start / DAY) * DAY - c.offsetHours * HOUR;
  const frozen = c.freeze
    ? { from: midnight + c.freeze.from * DAY, until: midnight + (c.freeze.until + 1) * DAY }
    : { from: Number.POSITIVE_INFINITY, until: Number.POSITIVE_INFINITY };
  if (at >= frozen.from && at < frozen.until) return null;
  let best: number | null = null;
  const day = Math.floor(at / DAY);
  for (let d = day - 2; d <= day + 2; d += 1)
    for (const hour of c.startHours) {
      const opens = d * DAY + hour * HOUR - c.offsetHours * HOUR;
      const closes = Math.min(
        opens + c.minutes * MINUTE,
        opens < frozen.from ? frozen.from : Number.POSITIVE_INFINITY,
      );
      if (at >= opens && at < closes) best = Math.max(best ?? 0, closes);
    }
  return best;
}
