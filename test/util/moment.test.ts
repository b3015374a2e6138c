import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latestOf, momentKey } from '../../src/util/moment.ts';

describe('the order of moments', () => {
  it.each([
    ['2024-10-24', '2024-10-24T00:00:00.000000000'],
    ['2024-10-24T10:00:00', '2024-10-24T10:00:00.000000000'],
    ['2024-10-24T10:00:00Z', '2024-10-24T10:00:00.000000000'],
    ['2024-10-24T10:00:00.061314Z', '2024-10-24T10:00:00.061314000'],
    ['2024-07-12T17:54:37.399069972-03:00', '2024-07-12T20:54:37.399069972'],
    ['2024-10-27T00:00:00+0000', '2024-10-27T00:00:00.000000000'],
    ['2024-01-01T00:30:00+01:00', '2023-12-31T23:30:00.000000000'],
  ])('%s', (text, key) => expect(momentKey(text)).toBe(key));

  it.each([
    '',
    'yesterday',
    '2024-13-01',
    '2024-00-10',
    '2024-10-32',
    '2024-10-24T25:00:00Z',
    '2024-10-24T10:61:00Z',
    '2024-10-24Z',
    '20241024',
  ])('%j is none', (text) => expect(momentKey(text)).toBeUndefined());

  it('is that of time, in any zone', () => {
    const ms = fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2090, 0) });
    const shifted = (at: number, minutes: number): string => {
      const local = new Date(at + minutes * 60_000).toISOString().slice(0, -1);
      const [h, m] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60].map((n) =>
        `${n}`.padStart(2, '0'),
      );
      return `${local}${minutes < 0 ? '-' : '+'}${h}:${m}`;
    };
    const zone = fc.integer({ min: -720, max: 720 });
    fc.assert(
      fc.property(ms, zone, ms, zone, (a, za, b, zb) => {
        const [x, y] = [momentKey(shifted(a, za)) ?? '', momentKey(shifted(b, zb)) ?? ''];
        expect(Math.sign(x < y ? -1 : x > y ? 1 : 0)).toBe(Math.sign(a - b));
      }),
      { numRuns: 300 },
    );
  });

  it('the latest is given as it came', () => {
    expect(latestOf(['2024-10-24', null, '2024-10-24T01:00:00+02:00', 'x', undefined])).toBe('2024-10-24');
    expect(latestOf([])).toBeNull();
  });
});
