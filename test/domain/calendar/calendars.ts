import fc from 'fast-check';
import type { Calendar } from '../../../src/contracts/generated/calendar.ts';
import { addDays } from '../../../src/domain/time.ts';

type Window = Calendar['windows'][number];

export const calendar = (windows: readonly Partial<Window>[], over: Partial<Calendar> = {}): Calendar => ({
  apiVersion: 'patchwarden/v1',
  kind: 'Calendar',
  id: 'c',
  zone: 'Europe/Berlin',
  windows: windows.map((w, i) => ({
    id: `w${i}`,
    recurrence: 'FREQ=DAILY',
    start: '22:00',
    minutes: 120,
    ...w,
  })),
  ...over,
});

const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

export const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
export const days = fc.integer({ min: 0, max: 16 * 365 + 3 }).map((n) => addDays('2020-01-01', n));
export const times = fc
  .integer({ min: 0, max: 1439 })
  .map((m) => `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`);

const weekdays = fc.subarray(WEEKDAYS, { minLength: 1 }).map((d) => d.join(','));

/** Recurrences that recur, each with a test of a day by itself, written without looking at others. */
export const recurrences: fc.Arbitrary<{
  readonly rule: string;
  readonly has: (day: string) => boolean;
}> = fc.oneof(
  fc.integer({ min: 1, max: 9 }).map((n) => ({
    rule: `FREQ=DAILY;INTERVAL=${n}`,
    has: (day: string) => daysSince2001(day) % n === 0,
  })),
  fc.tuple(weekdays, fc.integer({ min: 1, max: 5 })).map(([list, n]) => ({
    rule: `FREQ=WEEKLY;INTERVAL=${n};BYDAY=${list}`,
    has: (day: string) => Math.floor(daysSince2001(day) / 7) % n === 0 && list.includes(weekdayOf(day)),
  })),
  fc.tuple(fc.constantFrom(...WEEKDAYS), fc.constantFrom(1, 2, 3, 4, -1, -2)).map(([name, n]) => ({
    rule: `FREQ=MONTHLY;BYDAY=${n}${name}`,
    has: (day: string) =>
      weekdayOf(day) === name &&
      (n > 0 ? Math.ceil(dateOf(day) / 7) === n : Math.ceil((lengthOf(day) - dateOf(day) + 1) / 7) === -n),
  })),
  fc.tuple(fc.integer({ min: 1, max: 31 }), fc.integer({ min: 1, max: 4 })).map(([date, n]) => ({
    rule: `FREQ=MONTHLY;INTERVAL=${n};BYMONTHDAY=${date}`,
    has: (day: string) => dateOf(day) === date && monthsSince2001(day) % n === 0,
  })),
  fc.constant({
    rule: 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
    has: (day: string) => {
      const last = addDays(day, lengthOf(day) - dateOf(day));
      const back = { SA: 1, SU: 2 }[weekdayOf(last)] ?? 0;
      return addDays(last, -back) === day;
    },
  }),
  fc.constant({
    rule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29',
    has: (day: string) => day.endsWith('-02-29'),
  }),
  fc.constant({ rule: 'FREQ=WEEKLY', has: (day: string) => weekdayOf(day) === 'MO' }),
  fc.constant({ rule: 'FREQ=YEARLY', has: (day: string) => day.endsWith('-01-01') }),
);

export const weekdayOf = (day: string): string =>
  WEEKDAYS[(new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7] ?? '';
const dateOf = (day: string): number => Number(day.slice(8));
const lengthOf = (day: string): number =>
  new Date(Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)), 0)).getUTCDate();
const daysSince2001 = (day: string): number => (Date.parse(day) - Date.parse('2001-01-01')) / 86_400_000;
const monthsSince2001 = (day: string): number =>
  (Number(day.slice(0, 4)) - 2001) * 12 + Number(day.slice(5, 7)) - 1;
