import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openWindows } from '../../../src/domain/calendar/open-windows.ts';
import { zoneClock } from '../../../src/domain/calendar/zone-clock.ts';
import { addDays, instantOf } from '../../../src/domain/time.ts';
import { calendar, days, recurrences, times, zones } from './calendars.ts';

const freeze = (from: string, until: string, id = 'f') => ({ id, from, until, reason: 'Closing.' });
const year = (c: ReturnType<typeof calendar>, y = 2026) =>
  openWindows(c, `${y}-01-01T00:00:00Z`, `${y + 1}-01-01T00:00:00Z`);
const minutesOf = (w: { readonly opens: string; readonly closes: string }) =>
  (Date.parse(w.closes) - Date.parse(w.opens)) / 60_000;

describe('openWindows', () => {
  it('three days after the second Tuesday is a Friday, and can be in the next week', () => {
    const c = calendar([{ recurrence: 'FREQ=MONTHLY;BYDAY=2TU', offsetDays: 3 }]);
    expect(year(c).slice(0, 3)).toEqual([
      { id: 'w0', opens: '2026-01-16T21:00:00Z', closes: '2026-01-16T23:00:00Z' },
      { id: 'w0', opens: '2026-02-13T21:00:00Z', closes: '2026-02-13T23:00:00Z' },
      { id: 'w0', opens: '2026-03-13T21:00:00Z', closes: '2026-03-13T23:00:00Z' },
    ]);
  });

  it('an offset reaches into the next month and year', () => {
    const c = calendar([{ recurrence: 'FREQ=MONTHLY;BYMONTHDAY=31', offsetDays: 3, start: '12:00' }]);
    expect(year(c).map((w) => w.opens.slice(0, 10))).toEqual(
      ['01-03', '02-03', '04-03', '06-03', '08-03', '09-03', '11-03'].map((d) => `2026-${d}`),
    );
  });

  it('a window that began before the time asked for, two days ago even, is still there', () => {
    const c = calendar([{ recurrence: 'FREQ=MONTHLY;BYMONTHDAY=1', minutes: 2880 }]);
    expect(openWindows(c, '2026-06-03T19:00:00Z', '2026-06-03T20:00:00Z')).toEqual([
      { id: 'w0', opens: '2026-06-01T20:00:00Z', closes: '2026-06-03T20:00:00Z' },
    ]);
    expect(openWindows(c, '2026-06-03T20:00:00Z', '2026-06-03T21:00:00Z')).toEqual([]);
  });

  it('a window over midnight belongs to the day on which it opens', () => {
    const c = calendar([{ recurrence: 'FREQ=WEEKLY;BYDAY=SA', start: '23:30', minutes: 90 }]);
    expect(openWindows(c, '2026-06-06T00:00:00Z', '2026-06-08T00:00:00Z')).toEqual([
      { id: 'w0', opens: '2026-06-06T21:30:00Z', closes: '2026-06-06T23:00:00Z' },
    ]);
  });

  it('minutes really pass, whatever the clocks do', () => {
    const c = calendar([{ start: '01:00', minutes: 180 }]);
    expect(year(c).every((w) => minutesOf(w) === 180)).toBe(true);
    expect(year(c)).toContainEqual({
      id: 'w0',
      opens: '2026-03-29T00:00:00Z',
      closes: '2026-03-29T03:00:00Z',
    });
    expect(year(c)).toContainEqual({
      id: 'w0',
      opens: '2026-10-24T23:00:00Z',
      closes: '2026-10-25T02:00:00Z',
    });
  });

  it('overlapping windows lie beside each other, each with its id', () => {
    const c = calendar([{ minutes: 120 }, { start: '23:00', minutes: 240 }]);
    expect(openWindows(c, '2026-06-01T20:30:00Z', '2026-06-01T21:30:00Z').map((w) => w.id)).toEqual([
      'w0',
      'w1',
    ]);
  });

  it('a freeze takes its first and its last day, in the zone of the calendar', () => {
    const c = calendar([{ start: '00:00', minutes: 1440 }], {
      freezes: [freeze('2026-12-18', '2026-12-20')],
    });
    expect(openWindows(c, '2026-12-17T12:00:00Z', '2026-12-21T12:00:00Z')).toEqual([
      { id: 'w0', opens: '2026-12-16T23:00:00Z', closes: '2026-12-17T23:00:00Z' },
      { id: 'w0', opens: '2026-12-20T23:00:00Z', closes: '2026-12-21T23:00:00Z' },
    ]);
  });

  it('a freeze cuts a window into pieces of one id', () => {
    const c = calendar([{ start: '12:00', minutes: 2880, recurrence: 'FREQ=MONTHLY;BYMONTHDAY=1' }], {
      zone: 'UTC',
      freezes: [freeze('2026-06-02', '2026-06-02')],
    });
    expect(openWindows(c, '2026-06-01T00:00:00Z', '2026-06-05T00:00:00Z')).toEqual([
      { id: 'w0', opens: '2026-06-01T12:00:00Z', closes: '2026-06-02T00:00:00Z' },
      { id: 'w0', opens: '2026-06-03T00:00:00Z', closes: '2026-06-03T12:00:00Z' },
    ]);
  });

  it('leap days come when they come', () => {
    const c = calendar([{ recurrence: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29' }], { zone: 'UTC' });
    expect(openWindows(c, '2026-01-01T00:00:00Z', '2037-01-01T00:00:00Z').map((w) => w.opens)).toEqual([
      '2028-02-29T22:00:00Z',
      '2032-02-29T22:00:00Z',
      '2036-02-29T22:00:00Z',
    ]);
  });

  it('more than twelve years at once is a mistake of the caller', () => {
    expect(() => openWindows(calendar([{}]), '2020-01-01T00:00:00Z', '2040-01-01T00:00:00Z')).toThrow(
      /twelve/,
    );
  });

  it('over all zones and years: opens on the right day, lasts its minutes, and never in a freeze', () => {
    const cases = fc.record({
      zone: zones,
      from: days,
      rule: recurrences,
      start: times,
      minutes: fc.integer({ min: 5, max: 2880 }),
      offsetDays: fc.integer({ min: 0, max: 30 }),
      freezes: fc.array(fc.tuple(fc.integer({ min: -5, max: 40 }), fc.integer({ min: 0, max: 12 })), {
        maxLength: 3,
      }),
    });
    fc.assert(
      fc.property(cases, ({ zone, from, rule, start, minutes, offsetDays, freezes }) => {
        const frozen = freezes.map(([a, n], i) => freeze(addDays(from, a), addDays(from, a + n), `f${i}`));
        const windows = [{ recurrence: rule.rule, start, minutes, offsetDays }];
        const [a, b] = [`${from}T00:00:00Z`, `${addDays(from, 35)}T00:00:00Z`];
        const free = openWindows(calendar(windows, { zone }), a, b);
        const clock = zoneClock(zone);
        for (const w of free) {
          expect(minutesOf(w)).toBe(minutes);
          expect(w.opens < b && w.closes > a).toBe(true);
          // A day that the clocks skip at its end or start may push the opening to the next.
          const day = clock.dayAt(Date.parse(w.opens));
          const recurs = (d: string) => rule.has(addDays(d, -offsetDays));
          expect(recurs(day) || recurs(addDays(day, -1))).toBe(true);
        }
        const pieces = openWindows(calendar(windows, { zone, freezes: frozen }), a, b);
        const inFreeze = (at: number) =>
          frozen.some((f) => {
            const day = clock.dayAt(at);
            return f.from <= day && day <= f.until;
          });
        for (let at = Date.parse(a); at < Date.parse(b); at += 7 * 3_601_000) {
          const open = (list: typeof free) =>
            list.some((w) => w.opens <= instantOf(at) && instantOf(at) < w.closes);
          expect(open(pieces)).toBe(open(free) && !inFreeze(at));
        }
      }),
      { numRuns: 120 },
    );
  });
});
