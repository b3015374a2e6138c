import type { Day } from '../time.ts';

/** Milliseconds since the epoch, whole seconds. */
export type Millis = number;

/** The clocks and the wall calendar of one time zone. */
export interface ZoneClock {
  /**
   * The first moment at which the clocks show this time (HH:MM) of this day, or a later one. So a time that summer time
   * skips becomes the end of the gap, and of a time that comes twice the first counts.
   */
  momentOf(day: Day, time: string): Millis;
  /** The first moment of a day; where summer time begins at midnight this is not 00:00. */
  startOfDay(day: Day): Millis;
  dayAt(at: Millis): Day;
}

const DAY_MS = 86_400_000;

/**
 * The zone as the time zone database of the running Node knows it.
 * @throws RangeError when it has no such zone
 */
export function zoneClock(zone: string): ZoneClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  /** What the clocks show, as if it were UTC: a number that can be compared. */
  const shown = (at: Millis): Millis => {
    const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = (
      format.format(at).match(/\d+/g) ?? []
    ).map(Number);
    return Date.UTC(year, month - 1, day, hour, minute, second);
  };
  const momentOf = (day: Day, time: string): Millis => {
    const wanted = Date.parse(`${day}T${time}:00Z`);
    // No zone is further than a day from UTC, and none changes its offset twice in two days.
    const offsets = [wanted - DAY_MS, wanted + DAY_MS].map((at) => shown(at) - at);
    const [early = wanted, late = wanted] = offsets.map((o) => wanted - o).sort((a, b) => a - b);
    if (shown(early) === wanted) return early;
    if (shown(late) === wanted) return late;
    return firstMoment(early, late, (at) => shown(at) >= wanted);
  };
  return {
    momentOf,
    startOfDay: (day) => momentOf(day, '00:00'),
    dayAt: (at) => new Date(shown(at)).toISOString().slice(0, 10),
  };
}

/** The first second of a range that fulfils a condition which holds from some second on, and at the end. */
function firstMoment(from: Millis, to: Millis, holds: (at: Millis) => boolean): Millis {
  let [no, yes] = [from, to];
  while (yes - no > 1000) {
    const middle = no + Math.floor((yes - no) / 2000) * 1000;
    if (holds(middle)) yes = middle;
    else no = middle;
  }
  return yes;
}
