import type { Millis, ZoneClock } from '../../src/domain/calendar/zone-clock.ts';
import { DAY } from './scenario.ts';

const OFFSET_HOURS: Readonly<Record<string, number>> = {
  UTC: 0,
  'Europe/Berlin': 1,
  'America/New_York': -5,
  'Asia/Tokyo': 9,
};

/** Stands in for src/domain/calendar/zone-clock.ts: the winter offsets of the zones of this world, without the database. */
export function zoneClock(zone: string): ZoneClock {
  const hours = OFFSET_HOURS[zone];
  if (hours === undefined) throw new RangeError(`no such zone: ${zone}`);
  const offset = hours * 3_600_000;
  const momentOf = (day: string, time: string): Millis => Date.parse(`${day}T${time}:00Z`) - offset;
  return {
    momentOf,
    startOfDay: (day) => momentOf(day, '00:00'),
    dayAt: (at) => new Date(Math.floor((at + offset) / DAY) * DAY).toISOString().slice(0, 10),
  };
}
