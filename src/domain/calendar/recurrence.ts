import { RRuleTemporal } from 'rrule-temporal';
import { quote } from '../../util/printable.ts';
import { addDays, type Day, fullDaysBetween } from '../time.ts';

const FREQUENCIES = ['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY'];
const WEEKDAY = '(MO|TU|WE|TH|FR|SA|SU)';
const PARTS: Readonly<Record<string, RegExp>> = {
  FREQ: new RegExp(`^(${FREQUENCIES.join('|')})$`),
  INTERVAL: /^[1-9]\d?$/,
  BYMONTH: /^(1[0-2]|[1-9])(,(1[0-2]|[1-9]))*$/,
  BYMONTHDAY: /^-?([12]\d|3[01]|[1-9])(,-?([12]\d|3[01]|[1-9]))*$/,
  BYDAY: new RegExp(`^([+-]?[1-5])?${WEEKDAY}(,([+-]?[1-5])?${WEEKDAY})*$`),
  BYSETPOS: /^-?[1-9]\d{0,2}(,-?[1-9]\d{0,2})*$/,
  WKST: new RegExp(`^${WEEKDAY}$`),
};

/**
 * Where counting begins, for INTERVAL and for what a rule leaves open: a Monday, the first of a month and of a year. So
 * FREQ=WEEKLY means Mondays, FREQ=MONTHLY the first, FREQ=YEARLY New Year's Day, and nothing recurs before it.
 */
const ANCHOR: Day = '2001-01-01';

/** Where the search for days that never come begins. */
const LEAP_YEAR: Day = '2024-01-01';

/** How far a rule is looked ahead: leap days are at most eight years apart. */
export const HORIZON_DAYS = 12 * 366;

/**
 * What is wrong with a recurrence, as a sentence; null when it can be used. Of RFC 5545 it takes the parts that make sense
 * for days, and no COUNT and UNTIL: a calendar has no start.
 * @see RFC 5545 section 3.3.10
 */
export function recurrenceFault(rule: string): string | null {
  const seen = new Map<string, string>();
  for (const part of rule.split(';')) {
    const [name = '', value = '', ...more] = part.split('=');
    const grammar = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
    if (!grammar)
      return `the recurrence has the part ${quote(name)}; known are ${Object.keys(PARTS).join(', ')}`;
    if (seen.has(name)) return `the recurrence has ${name} twice; keep one`;
    if (more.length > 0 || !grammar.test(value))
      return `the recurrence has ${name}=${quote(value)}, which cannot be; see RFC 5545, for example FREQ=MONTHLY;BYDAY=2TU`;
    seen.set(name, value);
  }
  return combinationFault(seen);
}

function combinationFault(parts: ReadonlyMap<string, string>): string | null {
  const freq = parts.get('FREQ');
  if (freq === undefined) return `the recurrence needs FREQ, one of ${FREQUENCIES.join(', ')}`;
  if (/\d/.test(parts.get('BYDAY') ?? '') && (freq === 'WEEKLY' || freq === 'DAILY'))
    return `the recurrence counts weekdays (BYDAY=${quote(parts.get('BYDAY') ?? '')}), which only FREQ=MONTHLY and FREQ=YEARLY can`;
  if (parts.has('BYMONTHDAY') && freq === 'WEEKLY')
    return 'the recurrence has BYMONTHDAY with FREQ=WEEKLY, which RFC 5545 forbids; use FREQ=MONTHLY';
  if (parts.has('BYSETPOS') && !['BYDAY', 'BYMONTHDAY', 'BYMONTH'].some((p) => parts.has(p)))
    return 'the recurrence has BYSETPOS and no other BY part to choose from';
  return null;
}

/**
 * The days of a recurrence from `from` to `to`, both included, in order. Days have no zone, so this is computed in UTC.
 * @param rule one in which {@link recurrenceFault} finds nothing
 */
export function recurrenceDays(rule: string, from: Day, to: Day): readonly Day[] {
  const start = from < ANCHOR ? ANCHOR : from;
  if (to < start) return [];
  const days = new RRuleTemporal({
    rruleString: `DTSTART;TZID=UTC:${anchorBefore(rule, start).replaceAll('-', '')}T000000\nRRULE:${rule}`,
  }).between(new Date(`${start}T00:00:00Z`), new Date(`${to}T00:00:00Z`), true);
  return [...new Set(days.map((d) => d.toString().slice(0, 10)))];
}

/** False for a day that never comes, such as 30 February, and for one that is more than twelve years away. */
export const everRecurs = (rule: string): boolean =>
  [400, HORIZON_DAYS].some((days) => recurrenceDays(rule, LEAP_YEAR, addDays(LEAP_YEAR, days)).length > 0);

/** The last day from which the rule counts the same as from the anchor: counting years from 2001 on would take long. */
function anchorBefore(rule: string, day: Day): Day {
  const part = (name: string) =>
    rule
      .split(';')
      .find((p) => p.startsWith(`${name}=`))
      ?.slice(name.length + 1);
  const every = Number(part('INTERVAL') ?? 1);
  const [year = 0, month = 0] = day.split('-').map(Number);
  const months = (year - 2001) * 12 + month - 1;
  switch (part('FREQ')) {
    case 'YEARLY':
      return monthAfterAnchor(stepBefore(months, every * 12));
    case 'MONTHLY':
      return monthAfterAnchor(stepBefore(months, every));
    case 'WEEKLY':
      return addDays(ANCHOR, stepBefore(fullDaysBetween(ANCHOR, day), every * 7));
    default:
      return addDays(ANCHOR, stepBefore(fullDaysBetween(ANCHOR, day), every));
  }
}

/** One step earlier than needed: a week or a set position may begin before the day asked for. */
const stepBefore = (passed: number, step: number): number =>
  Math.max(0, (Math.floor(passed / step) - 1) * step);

const monthAfterAnchor = (months: number): Day =>
  `${2001 + Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, '0')}-01`;
