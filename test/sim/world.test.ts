import { describe, expect, it } from 'vitest';
import { validateKind } from '../../src/contracts/validate.ts';
import { baselineOf, calendarOf, mergeOf } from './documents.ts';
import { generate } from './generate.ts';
import { openUntil } from './oracle/windows.ts';
import { rolloutSimulator } from './rollout-simulator.ts';
import { runSeeds } from './run-seeds.ts';
import { DAY, HOUR } from './scenario.ts';
import { shrink } from './shrink.ts';
import { play } from './world.ts';

const errorsOf = (kind: Parameters<typeof validateKind>[0], value: unknown): string[] =>
  validateKind(kind, value).map((e) => `${e.instancePath} ${e.message}`);

describe('scenarios', () => {
  it('are a function of the seed', () => {
    expect(generate(42)).toEqual(generate(42));
    expect(generate(42)).not.toEqual(generate(43));
  });

  it('have documents that fit the schemas', () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const scenario = generate(seed);
      expect(errorsOf('baseline', baselineOf(scenario))).toEqual([]);
      const calendar = calendarOf(scenario);
      if (calendar) expect(errorsOf('calendar', calendar)).toEqual([]);
      const { lock } = mergeOf(scenario, scenario.start, 'first', 1, { svc: '2.0-1', lib: '2.0-1' });
      expect(errorsOf('patch-lock', lock)).toEqual([]);
    }
  });
});

describe('worlds', () => {
  it('play the same seed twice to the same story', async () => {
    const [a, b] = [await play(generate(11), { trace: true }), await play(generate(11), { trace: true })];
    expect(a.trace.length).toBeGreaterThan(10);
    expect(b.trace).toEqual(a.trace);
    expect(b.calls).toBe(a.calls);
  });

  it('keep all rules in a sample of seeds', async () => {
    const seeds = Array.from({ length: 40 }, (_, i) => 500_000 + i);
    const began = performance.now();
    const tally = await runSeeds(rolloutSimulator, {
      seeds,
      until: () => performance.now() - began > 4_000,
      maxFailures: 3,
    });
    expect(tally.failures).toEqual([]);
    expect(tally.seeds).toBeGreaterThan(0);
    expect(tally.checks['X1']).toBeGreaterThan(0);
  }, 60_000);
});

describe('windows as the oracle knows them', () => {
  const berlin = {
    zone: 'Europe/Berlin',
    offsetHours: 1,
    startHours: [2],
    minutes: 60,
    overrun: 'stop',
    freeze: { from: 1, until: 2 },
  } as const;
  const start = Date.UTC(2025, 0, 14, 5);
  const midnight = Date.UTC(2025, 0, 14);

  it.each([
    ['at its first moment', midnight + HOUR, midnight + 2 * HOUR],
    ['a moment before', midnight + HOUR - 1, null],
    ['at its end', midnight + 2 * HOUR, null],
    ['in a freeze', midnight + DAY + HOUR, null],
    ['after the freeze', midnight + 3 * DAY + HOUR, midnight + 3 * DAY + 2 * HOUR],
  ])('%s', (_, at, until) => {
    expect(openUntil(berlin, start, at)).toBe(until);
  });

  it('are always open without a calendar', () => {
    expect(openUntil(null, start, midnight)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('shrinking', () => {
  it('keeps what is needed for the failure and nothing else', async () => {
    // A world that never comes to rest: its controllers have no time at all.
    const scenario = { ...generate(5), patience: 0 };
    const { scenario: small, tries } = await shrink(rolloutSimulator, scenario, 'liveness', 60);
    expect(tries).toBeLessThanOrEqual(60);
    expect(small.hosts.length).toBe(1);
    expect(small.faults).toEqual([]);
  }, 60_000);
});
