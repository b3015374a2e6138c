import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HostReceipt } from '../../src/contracts/generated/host-receipt.ts';
import { bakedMinutes, healthOf, isBaked } from '../../src/rollout/health.ts';
import { digest } from '../support/builders/evidence.ts';

const at = (minutes: number) =>
  new Date(Date.parse('2024-10-24T12:00:00Z') + minutes * 60_000).toISOString().replace('.000', '');
type Watch = NonNullable<HostReceipt['watch']>;
const receipt = (watch: Partial<Watch> | null, over: Partial<HostReceipt> = {}): HostReceipt => ({
  apiVersion: 'patchwarden/v1',
  ...{ run: digest('1'), order: digest('2'), epoch: 1, phase: 'kept', worker: 'alive', steps: [] },
  ...{ changed: true, restorePoint: 'package', log: null, logTail: '', rebootRequired: false },
  verdict: null,
  bootId: { before: 'a', now: 'a' },
  watch: watch && { since: at(0), until: at(30), samples: 361, healthySeconds: 1800, ...watch },
  ...over,
});
const VERDICT: Omit<NonNullable<HostReceipt['verdict']>, 'kind'> = {
  ...{ reason: 'r', check: 'probe', firstBad: null, decided: null, restored: null, healthy: null },
  secondsToHealthy: null,
};

const DONE = { worker: 'done' } as const;

describe('health', () => {
  it.each([
    ['a streak of good samples up to now', {}, {}, 'good'],
    ['no watch', null, {}, 'inconclusive'],
    ['a last sample that was not good', { samples: 0, healthySeconds: 0 }, {}, 'inconclusive'],
    ['a last sample that was not good, whatever else it says', { samples: 0 }, {}, 'inconclusive'],
    ['a single sample', { since: at(30), samples: 1, healthySeconds: 0 }, {}, 'good'],
    ['samples that are no number', { samples: Number.NaN }, {}, 'inconclusive'],
    ['seconds that are no number', { healthySeconds: Number.NaN }, {}, 'inconclusive'],
    ['endless seconds', { healthySeconds: Number.POSITIVE_INFINITY }, {}, 'inconclusive'],
    ['less than no seconds', { healthySeconds: -1 }, {}, 'inconclusive'],
    ['a streak that is longer than its time', { healthySeconds: 1861 }, {}, 'inconclusive'],
    ['a clock that was set back a little', { healthySeconds: 1830 }, {}, 'good'],
    ['more seconds than so few samples can cover', { samples: 30 }, {}, 'inconclusive'],
    ['times without a worker', { healthySeconds: 60 }, {}, 'good'],
    ['a stale sample', { until: at(22) }, {}, 'inconclusive'],
    ['a sample of the future', { until: at(45) }, {}, 'inconclusive'],
    ['samples that end before they begin', { since: at(31) }, {}, 'inconclusive'],
    ['times that are none', { since: 'soon' }, {}, 'inconclusive'],
    ['an old watch that showed all that was asked', { since: at(-8), until: at(22) }, DONE, 'good'],
    ['an old watch that is said to go on', { since: at(-8), until: at(22) }, {}, 'inconclusive'],
    ['an old watch that was cut short', { until: at(9), healthySeconds: 540 }, DONE, 'inconclusive'],
    ['a host that took it back', {}, { phase: 'restored' }, 'bad'],
    ['a host that takes it back', {}, { phase: 'restoring' }, 'bad'],
    ['a bad verdict', {}, { verdict: { ...VERDICT, kind: 'bad' } }, 'bad'],
    ['a soak that could not tell', {}, { verdict: { ...VERDICT, kind: 'inconclusive' } }, 'good'],
  ] as const)('of %s', (_name, watch, over, verdict) => {
    expect(healthOf(receipt(watch, over), 20 * 60, at(30)).verdict).toBe(verdict);
  });

  it.each([
    [{ healthySeconds: 1799.9 }, 1799],
    [{ healthySeconds: 1830 }, 1800],
    [{ healthySeconds: Number.NaN }, 0],
    [{ since: 'soon' }, 0],
    [null, 0],
  ])('of %j has whole seconds, never more than its time', (watch, seconds) => {
    expect(healthOf(receipt(watch), 20 * 60, at(30)).seconds).toBe(seconds);
  });

  it('is good only with a streak that fits into its time, whatever a host says', () => {
    const number = fc.oneof(fc.double(), fc.integer({ min: -1, max: 4000 }));
    fc.assert(
      fc.property(number, number, fc.integer({ min: -60, max: 60 }), (healthySeconds, samples, from) => {
        const { verdict, seconds } = healthOf(
          receipt({ since: at(from), healthySeconds, samples }),
          20 * 60,
          at(30),
        );
        expect(seconds).toBeGreaterThanOrEqual(0);
        if (verdict !== 'good') return;
        expect(seconds).toBeLessThanOrEqual(Math.min(healthySeconds, (30 - from) * 60));
        expect(samples).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});

describe('healthy minutes', () => {
  const health = (over: object = {}) => ({
    apiVersion: 'patchwarden/v1' as const,
    type: 'health' as const,
    ...{ time: at(40), run: 'r', asset: 'a', lock: digest('1'), since: at(5), until: at(40), samples: 100 },
    ...{ seconds: 35 * 60, verdict: 'good' as const },
    ...over,
  });
  it.each([
    ['those of the host', {}, 35],
    ['never more than passed on the controller', { seconds: 600 * 60 }, 40],
    ['only those of the streak, however long ago it began', { seconds: 20 * 60 }, 20],
    ['none when it is not good', { verdict: 'inconclusive' }, 0],
    ['none when the times are no times', { time: 'x' }, 0],
    ['none when time runs backwards', { time: at(-5) }, 0],
  ] as const)('are %s', (_name, over, minutes) => {
    expect(bakedMinutes({ begun: at(0), health: health(over) as ReturnType<typeof health> })).toBe(minutes);
  });

  it('are not asked for without a bake, but bad news count', () => {
    const effect = undefined;
    expect(isBaked({ begun: at(0), effect, health: undefined }, 0)).toBe(true);
    expect(isBaked({ begun: at(0), effect, health: undefined }, 1)).toBe(false);
    expect(isBaked({ begun: at(0), effect, health: { ...health(), verdict: 'bad' } }, 0)).toBe(false);
  });
});
