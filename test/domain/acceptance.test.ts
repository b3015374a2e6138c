import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Exception } from '../../src/contracts/generated/exception.ts';
import { acceptance, sameRisk } from '../../src/domain/acceptance.ts';
import { addDays } from '../../src/domain/time.ts';
import { anException } from '../support/fleet-world.ts';

const version = (document: string, change: Partial<Exception> = {}) => ({
  document,
  value: anException('x', change),
});

const day = fc.integer({ min: 0, max: 12 }).map((n) => addDays('2024-01-25', n));
const spans = fc.tuple(day, day).map(([a, b]) => (a < b ? [a, b] : [b, a]) as readonly [string, string]);
const versions = spans.map(([validFrom, validUntil]) => version('x.json', { validFrom, validUntil }));

describe('the time without a break', () => {
  it('is what counting day by day makes of it', () => {
    fc.assert(
      fc.property(versions, fc.array(versions, { maxLength: 6 }), (now, same) => {
        const on = (at: string) => same.some((v) => v.value.validFrom <= at && at <= v.value.validUntil);
        let since = now.value.validFrom;
        while (on(addDays(since, -1))) since = addDays(since, -1);
        const passed = new Set<string>();
        for (let at = since; at < now.value.validUntil; at = addDays(at, 1))
          if (same.some((v) => v.value.validUntil === at)) passed.add(at);
        expect(acceptance(now, same)).toEqual({ since, renewals: passed.size });
      }),
    );
  });

  it('never becomes shorter by more versions, nor do renewals become fewer', () => {
    fc.assert(
      fc.property(versions, fc.array(versions, { maxLength: 5 }), versions, (now, same, other) => {
        const [before, after] = [acceptance(now, same), acceptance(now, [...same, other])];
        expect(after.since <= before.since).toBe(true);
        expect(after.renewals).toBeGreaterThanOrEqual(before.renewals);
      }),
    );
  });
});

const role = (...values: readonly string[]): Exception['select'] => ({
  all: [{ label: 'role', in: [...values] }],
});
const curl = { name: 'curl' };

describe('the same risk', () => {
  it.each<[string, Partial<Exception>, Partial<Exception>, boolean]>([
    [
      'one more condition',
      { select: role('db') },
      { select: { ...role('db'), none: role('web').all ?? [] } },
      true,
    ],
    ['some of the same assets', { select: role('db', 'web') }, { select: role('web', 'app') }, true],
    ['other assets', { select: role('db') }, { select: role('web') }, false],
    ['a shared advisory', { match: { advisories: ['A', 'B'] } }, { match: { advisories: ['B'] } }, true],
    ['other advisories', { match: { advisories: ['A'] } }, { match: { advisories: ['B'] } }, false],
    ['an advisory and a component', { match: { advisories: ['A'] } }, { match: { component: curl } }, false],
    [
      'one component',
      { match: { component: curl } },
      { match: { component: curl, advisories: ['A'] } },
      true,
    ],
  ])('under another name, %s', (_, one, other, same) => {
    expect(sameRisk(version('x.json', one), version('y.json', other))).toBe(same);
    expect(sameRisk(version('y.json', other), version('x.json', one))).toBe(same);
    expect(sameRisk(version('x.json', one), version('x.json', other))).toBe(true);
  });
});
