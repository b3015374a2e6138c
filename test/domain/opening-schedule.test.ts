import { expect, it } from 'vitest';
import type { Calendar } from '../../src/contracts/generated/calendar.ts';
import { openingSchedule, scheduleWords } from '../../src/domain/opening-schedule.ts';

const weekdays: Calendar = {
  ...{ apiVersion: 'patchwarden/v1', kind: 'Calendar', id: 'office', zone: 'Europe/Berlin' },
  windows: [{ id: 'day', recurrence: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH', start: '09:00', minutes: 480 }],
  freezes: [{ id: 'fair', from: '2024-10-29', until: '2024-10-30', reason: 'trade fair' }],
};
const never: Calendar = { ...weekdays, id: 'never', windows: [] };

it.each([
  ['within a window', 'office', '2024-10-24T12:00:00Z', true, '2024-10-28T08:00:00Z'],
  ['at the first moment of one', 'office', '2024-10-24T07:00:00Z', true, '2024-10-28T08:00:00Z'],
  ['at its end', 'office', '2024-10-24T15:00:00Z', false, '2024-10-28T08:00:00Z'],
  ['before a freeze', 'office', '2024-10-28T20:00:00Z', false, '2024-10-31T08:00:00Z'],
  ['never', 'never', '2024-10-24T12:00:00Z', false, null],
  ['nobody knows when', 'missing', '2024-10-24T12:00:00Z', false, null],
])('%s', (_case, calendar, now, open, next) => {
  expect(openingSchedule([weekdays, never], calendar, now)).toEqual({ calendar, open, next });
});

it('says when', () => {
  const closed = { calendar: 'office', open: false };
  expect(scheduleWords({ ...closed, next: '2024-10-28T08:00:00Z' })).toBe(
    'the calendar office opens at 2024-10-28T08:00:00Z',
  );
  expect(scheduleWords({ ...closed, next: null })).toBe('the calendar office does not open any more');
});
