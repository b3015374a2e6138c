import { DAY } from './scenario.ts';

export const HORIZON_DAYS = 12 * 366;

/** Stands in for src/domain/calendar/recurrence.ts: this world has only windows of every day. */
export function recurrenceDays(rule: string, from: string, to: string): readonly string[] {
  if (rule !== 'FREQ=DAILY') throw new RangeError(`this world has no ${rule}`);
  const last = Math.min(Date.parse(to), Date.parse(from) + 60 * DAY);
  const days: string[] = [];
  for (let at = Date.parse(from); at <= last; at += DAY) days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}

export const everRecurs = (): boolean => true;
export const recurrenceFault = (): string | null => null;
