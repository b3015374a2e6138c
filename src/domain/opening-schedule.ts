import type { Calendar } from '../contracts/generated/calendar.ts';
import { windowAt } from './calendar/window-at.ts';
import type { Instant } from './time.ts';

/** Whether new pull requests may be opened now, by a calendar. */
export interface OpeningSchedule {
  readonly calendar: string;
  readonly open: boolean;
  /** When it opens next; null where that is never, or nobody knows. */
  readonly next: Instant | null;
}

/** A calendar that does not exist is never open: what is urgent passes it all the same. */
export function openingSchedule(calendars: readonly Calendar[], id: string, now: Instant): OpeningSchedule {
  const calendar = calendars.find((c) => c.id === id);
  if (!calendar) return { calendar: id, open: false, next: null };
  const { open, next } = windowAt(calendar, now);
  return { calendar: id, open: open !== null, next: next?.opens ?? null };
}

/** When what waits for it may be opened. */
export const scheduleWords = ({ calendar, next }: OpeningSchedule): string =>
  next === null
    ? `the calendar ${calendar} does not open any more`
    : `the calendar ${calendar} opens at ${next}`;
