import { Temporal } from '@js-temporal/polyfill';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { zoneClock } from '../../../src/domain/calendar/zone-clock.ts';
import { addDays } from '../../../src/domain/time.ts';
import { days, times, zones } from './calendars.ts';

const iso = (at: number) => new Date(at).toISOString().replace('.000Z', 'Z');
const momentOf = (day: string, time: string, zone: string) => iso(zoneClock(zone).momentOf(day, time));

/** Another implementation of the time zones, and the rule put the other way round. */
const shown = (at: number, zone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDateTime().toString();

/** Days around the changes of the clocks, where the hard cases are. */
const changes = fc
  .tuple(zones, fc.integer({ min: 2020, max: 2034 }), fc.integer({ min: -1, max: 1 }))
  .map(([zone, year, shift]) => {
    const next = Temporal.ZonedDateTime.from(`${year}-01-01T12:00[${zone}]`).getTimeZoneTransition('next');
    const day = next && next.year <= 2035 ? next.toPlainDate().toString() : `${year}-03-29`;
    return { zone, day: addDays(day, shift) };
  });

describe('zoneClock', () => {
  it.each([
    ['an ordinary time', '2026-01-16', '02:30', 'Europe/Berlin', '2026-01-16T01:30:00Z'],
    ['a time in the gap becomes its end', '2026-03-29', '02:30', 'Europe/Berlin', '2026-03-29T01:00:00Z'],
    ['the first moment of the gap', '2026-03-29', '02:00', 'Europe/Berlin', '2026-03-29T01:00:00Z'],
    ['the first moment after the gap', '2026-03-29', '03:00', 'Europe/Berlin', '2026-03-29T01:00:00Z'],
    ['of a time that comes twice the first', '2026-10-25', '02:30', 'Europe/Berlin', '2026-10-25T00:30:00Z'],
    ['after the hour that comes twice', '2026-10-25', '03:00', 'Europe/Berlin', '2026-10-25T02:00:00Z'],
    ['half an hour of summer time', '2026-10-04', '02:15', 'Australia/Lord_Howe', '2026-10-03T15:30:00Z'],
    ['the day begins at one', '2026-09-06', '00:00', 'America/Santiago', '2026-09-06T04:00:00Z'],
    ['summer time is the standard', '2026-03-29', '01:30', 'Europe/Dublin', '2026-03-29T01:00:00Z'],
    ['far east', '2026-06-01', '00:00', 'Pacific/Kiritimati', '2026-05-31T10:00:00Z'],
    ['far west', '2026-06-01', '23:59', 'Pacific/Niue', '2026-06-02T10:59:00Z'],
    ['quarters of an hour', '2026-06-01', '12:00', 'Asia/Kathmandu', '2026-06-01T06:15:00Z'],
    ['a day that the zone skipped', '2011-12-30', '12:00', 'Pacific/Apia', '2011-12-30T10:00:00Z'],
  ])('%s', (_, day, time, zone, moment) => {
    expect(momentOf(day, time, zone)).toBe(moment);
  });

  it('is the first moment that shows the time or a later one, in every zone and year', () => {
    const anywhere = fc.record({ zone: zones, day: days });
    fc.assert(
      fc.property(fc.oneof(changes, anywhere), times, ({ zone, day }, time) => {
        const at = zoneClock(zone).momentOf(day, time);
        const wanted = `${day}T${time}:00`;
        expect(shown(at, zone) >= wanted).toBe(true);
        expect(shown(at - 1000, zone) < wanted).toBe(true);
        // Nothing earlier shows it: where clocks went back, the first of both counts.
        expect(shown(at - 3_600_000, zone) < wanted).toBe(true);
        expect(shown(at - 1_800_000, zone) < wanted).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('agrees with another implementation wherever the time exists', () => {
    fc.assert(
      fc.property(changes, times, ({ zone, day }, time) => {
        const plain = Temporal.PlainDateTime.from(`${day}T${time}`);
        const theirs = plain.toZonedDateTime(zone, { disambiguation: 'earlier' });
        fc.pre(theirs.toPlainDateTime().equals(plain));
        expect(zoneClock(zone).momentOf(day, time)).toBe(theirs.epochMilliseconds);
        expect(zoneClock(zone).dayAt(theirs.epochMilliseconds)).toBe(day);
      }),
      { numRuns: 300 },
    );
  });

  it('refuses a zone that nobody knows', () => {
    expect(() => zoneClock('Mars/Olympus')).toThrow(RangeError);
  });
});
