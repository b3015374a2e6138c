import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutoff, mayGoOn, windowAt } from '../../../src/domain/calendar/window-at.ts';
import { instantOf } from '../../../src/domain/time.ts';
import { calendar, days, recurrences, times, zones } from './calendars.ts';

const freezes = [{ id: 'year-end', from: '2026-12-18', until: '2027-01-03', reason: 'Closing.' }];
const nights = calendar([{ id: 'night', start: '22:00', minutes: 120 }], { zone: 'UTC', freezes });

describe('windowAt', () => {
  it('open: until when, and when again', () => {
    expect(windowAt(nights, '2026-06-01T22:00:00Z')).toEqual({
      open: { window: 'night', closes: '2026-06-02T00:00:00Z' },
      next: { window: 'night', opens: '2026-06-02T22:00:00Z' },
      why: { kind: 'open', windows: ['night'] },
    });
  });

  it('closed: its last moment is not open any more', () => {
    expect(windowAt(nights, '2026-06-02T00:00:00Z')).toEqual({
      open: null,
      next: { window: 'night', opens: '2026-06-02T22:00:00Z' },
      why: { kind: 'between-windows' },
    });
  });

  it('a freeze is named, with its end, and the next opening is after it', () => {
    expect(windowAt(nights, '2026-12-20T22:30:00Z')).toEqual({
      open: null,
      next: { window: 'night', opens: '2027-01-04T22:00:00Z' },
      why: { kind: 'freeze', freeze: 'year-end', reason: 'Closing.', until: '2027-01-04T00:00:00Z' },
    });
  });

  it('windows that overlap or touch are one opening, told with all their ids', () => {
    const c = calendar(
      [
        { id: 'a', start: '20:00', minutes: 120 },
        { id: 'b', start: '21:00', minutes: 30 },
        { id: 'c', start: '22:00', minutes: 60 },
      ],
      { zone: 'UTC' },
    );
    expect(windowAt(c, '2026-06-01T21:15:00Z')).toEqual({
      open: { window: 'c', closes: '2026-06-01T23:00:00Z' },
      next: { window: 'a', opens: '2026-06-02T20:00:00Z' },
      why: { kind: 'open', windows: ['a', 'b'] },
    });
  });

  it('a calendar that is always open has no next opening', () => {
    const always = calendar([{ start: '00:00', minutes: 1440 }], { zone: 'UTC' });
    const state = windowAt(always, '2026-06-01T12:00:00Z');
    expect(state.next).toBeNull();
    expect((state.open?.closes ?? '') >= '2026-06-09T00:00:00Z').toBe(true);
  });

  it('looks years ahead for a rare window, and says of some that they never open', () => {
    const leap = calendar([{ recurrence: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29' }], { zone: 'UTC' });
    expect(windowAt(leap, '2028-03-01T00:00:00Z').next).toEqual({
      window: 'w0',
      opens: '2032-02-29T22:00:00Z',
    });
    const never = calendar([{ recurrence: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' }]);
    expect(windowAt(never, '2026-06-01T00:00:00Z')).toEqual({
      open: null,
      next: null,
      why: { kind: 'never-opens' },
    });
    expect(windowAt(calendar([]), '2026-06-01T00:00:00Z').why.kind).toBe('never-opens');
  });

  it('over all zones and years: the next opening is one, and nothing is open in between', () => {
    const cases = fc.record({ zone: zones, day: days, rule: recurrences, start: times });
    fc.assert(
      fc.property(cases, fc.integer({ min: 5, max: 2880 }), ({ zone, day, rule, start }, minutes) => {
        const c = calendar([{ recurrence: rule.rule, start, minutes }], { zone });
        const at = `${day}T12:00:00Z`;
        const { open, next } = windowAt(c, at);
        if (open) {
          expect(windowAt(c, before(open.closes)).open).not.toBeNull();
          if (next) expect(windowAt(c, open.closes).open).toBeNull();
        }
        if (!next) return;
        expect(next.opens > (open?.closes ?? at)).toBe(true);
        expect(windowAt(c, next.opens).open).not.toBeNull();
        const closed = windowAt(c, before(next.opens));
        expect(closed.open).toBeNull();
        expect(closed.next).toEqual(next);
        // From any moment between, the same opening is the next.
        const halfway = instantOf((Date.parse(open?.closes ?? at) + Date.parse(next.opens)) / 2);
        expect(windowAt(c, halfway).next).toEqual(next);
      }),
      { numRuns: 100 },
    );
  });
});

const before = (at: string) => instantOf(Date.parse(at) - 1000);

describe('cutoff', () => {
  it.each([
    [600, '2026-06-01T23:50:00Z'],
    [0, '2026-06-02T00:00:00Z'],
    [0.5, '2026-06-01T23:59:59Z'],
    [86_400, '2026-06-01T00:00:00Z'],
  ])('%s seconds before the close', (need, expected) => {
    expect(cutoff({ closes: '2026-06-02T00:00:00Z' }, need)).toBe(expected);
  });
});

describe('mayGoOn', () => {
  it.each([
    ['in the window', 'stop', '2026-06-01T23:00:00Z', true],
    ['after the window', 'stop', '2026-06-02T00:00:00Z', false],
    ['after the window', 'finish-host', '2026-06-02T00:00:00Z', true],
    ['in a freeze', 'finish-host', '2026-12-18T00:00:00Z', false],
  ] as const)('%s, overrun %s', (_, overrun, at, expected) => {
    expect(mayGoOn({ ...nights, overrun }, at)).toBe(expected);
  });
});
