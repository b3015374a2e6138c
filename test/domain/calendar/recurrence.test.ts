import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everRecurs, recurrenceDays, recurrenceFault } from '../../../src/domain/calendar/recurrence.ts';
import { addDays } from '../../../src/domain/time.ts';
import { days, recurrences, weekdayOf } from './calendars.ts';

describe('recurrenceDays', () => {
  it('gives the days that each rule names, in every year', () => {
    fc.assert(
      fc.property(recurrences, days, fc.integer({ min: 0, max: 800 }), ({ rule, has }, from, length) => {
        const to = addDays(from, length);
        const expected: string[] = [];
        for (let day = from; day <= to; day = addDays(day, 1)) if (has(day)) expected.push(day);
        expect(recurrenceFault(rule)).toBeNull();
        expect(recurrenceDays(rule, from, to)).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  });

  it('gives the same days however the range is cut', () => {
    const rules = [
      'FREQ=YEARLY;INTERVAL=3;BYDAY=-1SU',
      'FREQ=YEARLY;BYMONTH=3,6,9,12;BYDAY=2TU',
      'FREQ=YEARLY;BYDAY=MO,TU;BYSETPOS=1,-1,10',
      'FREQ=MONTHLY;INTERVAL=5;BYDAY=SA,SU;BYSETPOS=2,-1',
      'FREQ=WEEKLY;INTERVAL=7;BYDAY=SU,MO;WKST=SU',
      'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;BYSETPOS=-1',
      'FREQ=DAILY;INTERVAL=13;BYMONTH=1,2',
    ];
    const whole = rules.map((rule) => ({ rule, all: recurrenceDays(rule, '2019-06-01', '2041-01-01') }));
    const cut = fc.constantFrom(...whole);
    fc.assert(
      fc.property(cut, days, fc.integer({ min: 0, max: 1500 }), ({ rule, all }, from, length) => {
        const to = addDays(from, length);
        expect(recurrenceDays(rule, from, to)).toEqual(all.filter((d) => d >= from && d <= to));
      }),
      { numRuns: 60 },
    );
  });

  it('counts from the first day of 2001, a Monday, and gives nothing before', () => {
    expect(weekdayOf('2001-01-01')).toBe('MO');
    expect(recurrenceDays('FREQ=DAILY;INTERVAL=2', '1999-01-01', '2001-01-04')).toEqual([
      '2001-01-01',
      '2001-01-03',
    ]);
    expect(recurrenceDays('FREQ=DAILY', '1999-01-01', '2000-12-31')).toEqual([]);
  });
});

describe('recurrenceFault', () => {
  it.each([
    ['FREQ=SECONDLY', /FREQ="SECONDLY", which cannot be/],
    ['FREQ=MINUTELY;INTERVAL=1', /FREQ="MINUTELY"/],
    ['FREQ=DAILY;COUNT=1000000000', /has the part "COUNT"; known are/],
    ['FREQ=DAILY;UNTIL=20300101', /has the part "UNTIL"/],
    ['FREQ=DAILY;BYHOUR=1,2,3', /has the part "BYHOUR"/],
    ['FREQ=DAILY;INTERVAL=1000000000', /INTERVAL="1000000000"/],
    ['FREQ=DAILY;INTERVAL=0', /INTERVAL="0"/],
    ['FREQ=DAILY;FREQ=WEEKLY', /has FREQ twice/],
    ['BYDAY=2TU', /needs FREQ/],
    ['FREQ=MONTHLY;BYDAY=6TU', /BYDAY="6TU"/],
    ['FREQ=MONTHLY;BYDAY=2TU=3', /BYDAY="2TU"/],
    ['FREQ=WEEKLY;BYDAY=2TU', /only FREQ=MONTHLY and FREQ=YEARLY can/],
    ['FREQ=WEEKLY;BYMONTHDAY=3', /RFC 5545 forbids/],
    ['FREQ=MONTHLY;BYSETPOS=1', /no other BY part/],
    ['DTSTART=20240101;FREQ=DAILY', /has the part "DTSTART"/],
    ['FREQ=DAILY\nEXDATE:20240101', /which cannot be/],
    ['__proto__=1', /has the part "__proto__"/],
  ])('%j: %s', (rule, sentence) => {
    expect(recurrenceFault(rule)).toMatch(sentence);
  });

  it('what it lets pass is computed in bounded time', () => {
    const part = fc.constantFrom(
      'INTERVAL=99',
      'INTERVAL=7',
      `BYMONTHDAY=${Array.from({ length: 31 }, (_, i) => i + 1).join(',')}`,
      'BYMONTHDAY=30,31,-31',
      'BYDAY=MO,TU,WE,TH,FR,SA,SU',
      'BYDAY=5SU,-5SU',
      'BYMONTH=2',
      'BYSETPOS=366,-366,1',
      'WKST=SU',
    );
    const freq = fc.constantFrom('YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY');
    fc.assert(
      fc.property(freq, fc.uniqueArray(part, { maxLength: 5 }), (f, parts) => {
        const rule = [`FREQ=${f}`, ...parts].join(';');
        fc.pre(recurrenceFault(rule) === null);
        const began = performance.now();
        recurrenceDays(rule, '2024-01-01', '2028-01-01');
        expect(performance.now() - began).toBeLessThan(5000);
      }),
      { numRuns: 60 },
    );
  });
});

describe('everRecurs', () => {
  it.each([
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29', true],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', false],
    ['FREQ=DAILY;BYMONTH=4;BYMONTHDAY=31', false],
    ['FREQ=YEARLY;INTERVAL=99', false],
    ['FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29', false],
  ])('%s: %s', (rule, expected) => {
    expect(everRecurs(rule)).toBe(expected);
  });
});
