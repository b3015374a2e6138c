import { describe, expect, it } from 'vitest';
import type { EvidenceEntry } from '../../src/contracts/generated/evidence-entry.ts';
import { poolsOf } from '../../src/rollout/budget.ts';
import { planHost } from '../../src/rollout/host-plan.ts';
import type { HostLook } from '../../src/rollout/host-state.ts';
import { nextAction } from '../../src/rollout/next.ts';
import { planRing, viewOf } from '../../src/rollout/ring-plan.ts';
import type { RingRollout } from '../../src/rollout/rollout.ts';
import { runId } from '../../src/rollout/run.ts';
import { digest, effectEntry, intentEntry, verificationEntry } from '../support/builders/evidence.ts';
import { component } from '../support/fakes/host-driver.ts';
import { entryOf, keyOf, lockOf, MERGE, merged, ringOf, STREAM } from './world.ts';

const APP = { name: 'app', version: '1.1' };
const LOCK = lockOf({ [keyOf('app')]: entryOf(APP) });
const { digest: lock } = merged(LOCK);
const NOW = '2024-10-24T12:30:00Z';
const at = (minute: string) => `2024-10-24T12:${minute}:00Z`;

/** A look at a host that has this version. */
const has = (asset: string, version: string): HostLook => {
  const components = [component('app', version)];
  return {
    kind: 'plan',
    components,
    plan: planHost({ asset, stream: STREAM, components, target: merged(LOCK), holds: [] }),
  };
};
const silent: HostLook = { kind: 'unknown', reason: 'silent' };
const intent = (asset: string, wave: number, attempt = 1) =>
  intentEntry({
    ...{ asset, wave, try: attempt, lock, merge: MERGE, run: runId(asset, lock, attempt), time: at('00') },
    packages: [{ purl: keyOf('app'), from: '1.0', to: '1.1', sha256: 'a'.repeat(64) }],
  });
const ended = (asset: string, over: object = {}, attempt = 1) =>
  effectEntry({ asset, lock, run: runId(asset, lock, attempt), time: at('02'), ...over });
const patched = (asset: string, wave: number): readonly EvidenceEntry[] => [
  intent(asset, wave),
  ended(asset),
  verificationEntry({ asset, lock, run: runId(asset, lock, 1) }),
];
const healthy = (asset: string, until: string, verdict: 'good' | 'inconclusive' = 'good'): EvidenceEntry => ({
  apiVersion: 'patchwarden/v1',
  type: 'health',
  ...{ time: until, run: runId(asset, lock, 1), asset, lock, since: at('02'), until, samples: 99 },
  ...{ seconds: Math.max(0, (Date.parse(until) - Date.parse(at('02'))) / 1000), verdict },
});
const HALT: EvidenceEntry = {
  apiVersion: 'patchwarden/v1',
  type: 'halt',
  ...{ time: NOW, id: digest('7'), scope: { kind: 'all' }, reason: 'smoke', by: 'person:ola' },
};
const PROVEN: EvidenceEntry = {
  apiVersion: 'patchwarden/v1',
  type: 'proven',
  ...{
    time: NOW,
    baseline: 'servers',
    ring: 'prod',
    generation: 1,
    lock,
    merge: MERGE,
    patched: 1,
    others: 0,
  },
};

interface Case {
  readonly entries?: readonly EvidenceEntry[];
  readonly looks: readonly [HostLook, HostLook, HostLook];
  readonly ring?: Partial<RingRollout['ring']>;
  readonly over?: Partial<RingRollout>;
  readonly after?: string;
}
const [a, b, c] = ['a', 'b', 'c'] as const;
const behind = [has(a, '1.0'), has(b, '1.0'), has(c, '1.0')] as const;
const first = [has(a, '1.1'), has(b, '1.0'), has(c, '1.0')] as const;
const all = [has(a, '1.1'), has(b, '1.1'), has(c, '1.1')] as const;

function decide({ entries = [], looks, ring = {}, over = {}, after }: Case) {
  const rollout = ringOf(LOCK, [a, b, c], over, { waves: 1, bake: { minutes: 20 }, ...ring });
  const view = viewOf(entries);
  const seen = new Map([a, b, c].map((asset, i) => [asset, looks[i] as HostLook]));
  const plan = planRing({ rollout, target: rollout.target, view, looks: seen, now: NOW });
  return nextAction({ plan, now: NOW, pools: poolsOf([rollout]), down: plan.down, after: after ?? null });
}

describe('what a ring does next', () => {
  it.each<[string, Case, object]>([
    ['nothing was begun: the canary', { looks: behind }, { kind: 'start', wave: 0, hosts: [a] }],
    ['nobody is behind: it has gone through', { looks: all }, { kind: 'prove', patched: 0 }],
    ['an earlier ring has the same merge', { looks: behind, after: 'lab' }, { kind: 'wait', until: null }],
    [
      'it may not be touched',
      { looks: behind, over: { refusal: { code: 'refused', reason: 'x' } } },
      { kind: 'refused', code: 'refused' },
    ],
    ['it is halted', { looks: behind, entries: [HALT] }, { kind: 'halted' }],
    [
      'it is halted with somebody under way',
      { looks: behind, entries: [intent(a, 0), HALT] },
      { kind: 'poll', hosts: [a] },
    ],
    [
      'the canary is under way',
      { looks: behind, entries: [intent(a, 0)] },
      { kind: 'poll', wave: 0, hosts: [a] },
    ],
    [
      'the canary is patched, and its bake is not over by the clock',
      { looks: first, entries: patched(a, 0), ring: { bake: { minutes: 60 } } },
      { kind: 'bake', wave: 0, until: '2024-10-24T13:02:00Z' },
    ],
    [
      'the bake should be over, and nothing shows that it was healthy',
      { looks: first, entries: patched(a, 0) },
      { kind: 'hold', wave: 0, hosts: [a] },
    ],
    [
      'the health is inconclusive',
      { looks: first, entries: [...patched(a, 0), healthy(a, at('29'), 'inconclusive')] },
      { kind: 'hold', hosts: [a] },
    ],
    [
      'the healthy minutes are too few',
      { looks: first, entries: [...patched(a, 0), healthy(a, at('21'))] },
      { kind: 'hold', hosts: [a] },
    ],
    [
      'the canary has baked: the next wave',
      { looks: first, entries: [...patched(a, 0), healthy(a, at('29'))] },
      { kind: 'start', wave: 1, hosts: [b, c] },
    ],
    [
      'the canary is silent, and the budget is one host',
      {
        looks: [silent, has(b, '1.0'), has(c, '1.0')],
        entries: [...patched(a, 0), healthy(a, at('29'))],
        ring: { budget: { hosts: 1 } },
      },
      {
        kind: 'wait',
        until: null,
        reason: expect.stringContaining('budget of ring servers/prod: 1 of at most 1'),
      },
    ],
    [
      'one of the wave is under way, and the budget is one host',
      {
        looks: first,
        entries: [...patched(a, 0), healthy(a, at('29')), intent(b, 1)],
        ring: { budget: { hosts: 1 } },
      },
      { kind: 'poll', wave: 1, hosts: [b] },
    ],
    [
      'a try failed a moment ago',
      {
        looks: behind,
        entries: [intent(a, 0), ended(a, { outcome: 'failed', check: 'precheck', time: at('28') })],
      },
      // It says nothing about its class, so another canary takes its place.
      { kind: 'start', wave: 0, hosts: [b] },
    ],
    [
      'a host never began: at once again',
      {
        looks: behind,
        entries: [intent(a, 0), ended(a, { outcome: 'failed', check: 'controller', time: at('29') })],
      },
      { kind: 'start', wave: 0, hosts: [a] },
    ],
    [
      'every host ended and baked',
      {
        looks: all,
        entries: [a, b, c].flatMap((x, i) => [...patched(x, i === 0 ? 0 : 1), healthy(x, at('29'))]),
      },
      { kind: 'prove', patched: 3, others: 0 },
    ],
    [
      'a host is gone since the scan: it does not keep the proof back',
      {
        looks: [has(a, '1.1'), has(b, '1.1'), silent],
        entries: [a, b].flatMap((x, i) => [...patched(x, i), healthy(x, at('29'))]),
      },
      { kind: 'prove', patched: 2, others: 1 },
    ],
    [
      'one went bad and is not back, although the halt was lifted',
      {
        looks: all,
        entries: [
          ...[a, b].flatMap((x, i) => [...patched(x, i), healthy(x, at('29'))]),
          intent(c, 1),
          ended(c, { outcome: 'unrestored', check: 'probe' }),
        ],
      },
      { kind: 'hold', hosts: [c] },
    ],
    ['it is proven', { looks: all, entries: [...patched(a, 0), PROVEN] }, { kind: 'nothing' }],
    [
      'it is proven, and hosts joined',
      { looks: first, entries: [...patched(a, 0), PROVEN], ring: { budget: { hosts: 1 } } },
      { kind: 'start', wave: 1, hosts: [b] },
    ],
  ])('when %s', (_name, given, action) => {
    expect(decide(given)).toMatchObject(action);
  });
});
