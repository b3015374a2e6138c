import { Temporal } from '@js-temporal/polyfill';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { validExceptions } from '../../../src/assess/fleet/exceptions.ts';
import { instantOption } from '../../../src/cli/instant-option.ts';
import { anException } from '../../support/fleet-world.ts';
import { RUNS } from '../../support/sizes.ts';

/*
 * Days of an exception are days of UTC. It begins with the instant 00:00:00Z of its first day; it ends with the instant
 * 00:00:00Z of the day after its last one, at which it no longer counts.
 */

const counts = (days: { readonly validFrom: string; readonly validUntil: string }, asOf: string) =>
  validExceptions([anException('e', days)], instantOption('as-of', asOf)).length === 1;

const midnightOf = (day: string) => Temporal.Instant.from(`${day}T00:00:00Z`);
const dayAfter = (day: string) => Temporal.PlainDate.from(day).add({ days: 1 }).toString();
/** The same moment as people of a zone write it. */
const written = (moment: Temporal.Instant, seconds: number, zone: string) =>
  moment.add({ seconds }).toString({ timeZone: zone });

const ZONES = ['+14:00', '-12:00', '+00:00', '+05:45', '-03:30'];
const LAST_DAYS: readonly (readonly [string, string])[] = [
  ['a leap day', '2024-02-29'],
  ['the day before a leap day', '2024-02-28'],
  ['the end of February without one', '2023-02-28'],
  ['the end of February of a century without one', '2100-02-28'],
  ['the end of a year', '2024-12-31'],
  ['the day on which clocks go forward in Europe', '2024-03-31'],
  ['the day on which clocks go back in New York', '2024-11-03'],
];

const own = process.env.TZ;
afterEach(() => {
  if (own === undefined) delete process.env.TZ;
  else process.env.TZ = own;
});

describe('the last second of an exception', () => {
  it.each(LAST_DAYS)('is that of %s', (_, validUntil) => {
    const end = midnightOf(dayAfter(validUntil));
    for (const zone of ZONES)
      expect(
        [-1, 0, 1].map((s) => counts({ validFrom: '2020-01-01', validUntil }, written(end, s, zone))),
      ).toEqual([true, false, false]);
  });

  it.each(LAST_DAYS)('comes after its first, which is that of %s', (_, day) => {
    const start = midnightOf(day);
    for (const zone of ZONES)
      expect(
        [-1, 0, 1].map((s) => counts({ validFrom: day, validUntil: day }, written(start, s, zone))),
      ).toEqual([false, true, true]);
  });

  it.each(['America/New_York', 'Pacific/Apia', 'Africa/Casablanca', 'Asia/Kathmandu'])(
    'is the same where the machine is in %s',
    (zone) => {
      process.env.TZ = zone;
      expect(new Date('2024-07-01T00:00:00Z').getHours()).not.toBe(0);
      for (const [, validUntil] of LAST_DAYS) {
        const end = midnightOf(dayAfter(validUntil));
        expect(
          [-1, 0, 1].map((s) => counts({ validFrom: '2020-01-01', validUntil }, written(end, s, '+00:00'))),
        ).toEqual([true, false, false]);
      }
    },
  );

  it('is exact on any day, written in any zone', () => {
    const zone = fc.integer({ min: -12 * 4, max: 14 * 4 }).map((quarters) => {
      const minutes = Math.abs(quarters) * 15;
      const two = (n: number) => String(n).padStart(2, '0');
      return `${quarters < 0 ? '-' : '+'}${two(Math.trunc(minutes / 60))}:${two(minutes % 60)}`;
    });
    const day = fc
      .integer({ min: 0, max: 50_000 })
      .map((n) => Temporal.PlainDate.from('1990-01-01').add({ days: n }));
    const property = fc.property(
      day,
      fc.nat(800),
      fc.integer({ min: -2, max: 2 }),
      zone,
      (first, length, s, where) => {
        const last = first.add({ days: length });
        const days = { validFrom: first.toString(), validUntil: last.toString() };
        const end = midnightOf(last.add({ days: 1 }).toString());
        expect(counts(days, written(midnightOf(days.validFrom), s, where))).toBe(s >= 0);
        expect(counts(days, written(end, s, where))).toBe(s < 0);
      },
    );
    fc.assert(property, { numRuns: RUNS });
  });
});
