import { describe, expect, it } from 'vitest';
import type { HostReceipt } from '../../src/contracts/generated/host-receipt.ts';
import { bakedMinutes, coveredSeconds, healthOf, isBaked } from '../../src/rollout/health.ts';
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
  watch: watch && { since: at(0), until: at(30), samples: 60, finite: 60, bad: 0, inconclusive: 0, ...watch },
  ...over,
});
const VERDICT: Omit<NonNullable<HostReceipt['verdict']>, 'kind'> = {
  ...{ reason: 'r', check: 'probe', firstBad: null, decided: null, restored: null, healthy: null },
  secondsToHealthy: null,
};

describe('health', () => {
  it.each([
    ['all samples good and fresh', {}, {}, 'good'],
    ['no watch', null, {}, 'inconclusive'],
    ['no samples', { samples: 0, finite: 0 }, {}, 'inconclusive'],
    ['a sample that is no number', { finite: 59 }, {}, 'inconclusive'],
    ['an inconclusive sample', { inconclusive: 1 }, {}, 'inconclusive'],
    ['a bad sample', { bad: 1 }, {}, 'bad'],
    ['stale samples', { until: at(20) }, {}, 'inconclusive'],
    ['samples of the future', { until: at(45) }, {}, 'inconclusive'],
    ['samples that end before they begin', { since: at(31) }, {}, 'inconclusive'],
    ['times that are none', { since: 'soon' }, {}, 'inconclusive'],
    ['an old watch that was ended as ordered', { until: at(20) }, { worker: 'done' }, 'good'],
    ['an old watch that was cut short', { until: at(9) }, { worker: 'done' }, 'inconclusive'],
    ['a host that took it back', {}, { phase: 'restored' }, 'bad'],
    ['a host that takes it back', {}, { phase: 'restoring' }, 'bad'],
    ['a bad verdict', {}, { verdict: { ...VERDICT, kind: 'bad' } }, 'bad'],
    ['a verdict that cannot tell', {}, { verdict: { ...VERDICT, kind: 'inconclusive' } }, 'inconclusive'],
  ] as const)('of %s', (_name, watch, over, verdict) => {
    expect(healthOf(receipt(watch, over), 20 * 60, at(30)).verdict).toBe(verdict);
  });
});

describe('the seconds that samples cover', () => {
  const soak = (over: object) => ({
    ...{ step: 'soak', try: 1, started: at(0), ended: at(1), seconds: 60, outcome: 'ok', detail: '' },
    ...over,
  });
  const of = (samples: number, ...steps: object[]) =>
    coveredSeconds({
      watch: { since: at(0), until: at(10), samples, finite: samples, bad: 0, inconclusive: 0 },
      steps: steps as unknown as HostReceipt['steps'],
    });

  it('are five for each, and the whole time when none is missing', () => {
    expect(of(120)).toBe(600);
  });
  it('lack the three minutes of a reboot', () => {
    expect(of(120 - 36)).toBe(600 - 180);
  });
  it('are never more than the real time', () => {
    expect(of(5000)).toBe(600);
    expect(coveredSeconds({ watch: null, steps: [] })).toBe(0);
  });
  it('do not count the closer samples of a soak for more than its time', () => {
    // 60 s of soak make 30 samples, the nine minutes after them 108; 36 of these are missing.
    expect(of(30 + 108 - 36, soak({}))).toBe(600 - 180);
    expect(of(30, soak({}))).toBe(60);
  });
  it('take the times of a soak that was interrupted as they are, and none of it when clocks ran back', () => {
    expect(of(24 + 108 - 36, soak({ seconds: null, ended: at(1), outcome: 'interrupted' }))).toBe(390);
    expect(of(36, soak({ seconds: null, started: at(2), ended: at(1) }))).toBe(180);
    expect(of(30, soak({ seconds: null, ended: null, started: at(9) }))).toBe(60);
  });
});

describe('healthy minutes', () => {
  const health = (over: object = {}) => ({
    apiVersion: 'patchwarden/v1' as const,
    type: 'health' as const,
    ...{ time: at(40), run: 'r', asset: 'a', lock: digest('1'), since: at(5), until: at(40), samples: 100 },
    verdict: 'good' as const,
    ...over,
  });
  it.each([
    ['the span of the host', {}, 35],
    ['never more than passed on the controller', { since: at(-600) }, 40],
    ['never more than the samples cover', { seconds: 20 * 60 }, 20],
    ['never more than samples where nothing tells what they cover', { samples: 3 }, 3],
    ['none when it is not good', { verdict: 'inconclusive' }, 0],
    ['none when the times are no times', { until: 'x' }, 0],
    ['none when time runs backwards', { until: at(0) }, 0],
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
