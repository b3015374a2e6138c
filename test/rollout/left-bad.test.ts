import { describe, expect, it } from 'vitest';
import type { EvidenceEntry } from '../../src/contracts/generated/evidence-entry.ts';
import { poolsOf } from '../../src/rollout/budget.ts';
import { planHost } from '../../src/rollout/host-plan.ts';
import type { HostLook } from '../../src/rollout/host-state.ts';
import { isLeftBad } from '../../src/rollout/left-bad.ts';
import { nextAction } from '../../src/rollout/next.ts';
import { planRing, viewOf } from '../../src/rollout/ring-plan.ts';
import { runId, runsOf } from '../../src/rollout/run.ts';
import { effectEntry, intentEntry } from '../support/builders/evidence.ts';
import { component } from '../support/fakes/host-driver.ts';
import { entryOf, keyOf, lockOf, merged, ringOf, STREAM } from './world.ts';

const NOW = '2024-10-24T12:30:00Z';
const BAD = merged(lockOf({ [keyOf('app')]: entryOf({ name: 'app', version: '1.1' }) }));
const FIX = merged(lockOf({ [keyOf('app')]: entryOf({ name: 'app', version: '1.2' }) }, { generation: 2 }));
type Outcome = 'installed' | 'unrestored' | 'restored' | 'failed' | 'refused';

/** One run with lock and try, brought to this version, ended so. */
const run = (
  asset: string,
  to: string,
  outcome: Outcome,
  { attempt = 1, check = 'probe', lock = BAD.digest } = {},
): readonly EvidenceEntry[] => {
  const id = runId(asset, lock, attempt);
  const packages = [{ purl: keyOf('app'), from: '1.0', to, sha256: to.padEnd(64, 'a') }];
  return [
    intentEntry({ asset, lock, run: id, merge: BAD.merge, wave: 0, try: attempt, packages }),
    effectEntry({ asset, lock, run: id, outcome, check, time: '2024-10-24T12:02:00Z' }),
  ];
};
const wentBadLate: EvidenceEntry = {
  apiVersion: 'patchwarden/v1',
  type: 'health',
  ...{ time: NOW, run: runId('a', BAD.digest, 1), asset: 'a', lock: BAD.digest, since: NOW, until: NOW },
  ...{ samples: 9, seconds: 40, verdict: 'bad' },
};
const has = (version: string, state: 'installed' | 'half-configured' = 'installed'): HostLook => {
  const components = [component('app', version, { state })];
  const plan = planHost({ asset: 'a', stream: STREAM, components, target: FIX, holds: [] });
  return { kind: 'plan', plan, components };
};
const SILENT: HostLook = { kind: 'unknown', reason: 'silent' };

describe('a host that was changed, went bad and did not come back', () => {
  it.each<[string, readonly EvidenceEntry[], HostLook, boolean]>([
    ['is down', run('a', '1.1', 'unrestored'), has('1.1'), true],
    ['is down while nobody can look', run('a', '1.1', 'unrestored'), SILENT, true],
    ['is well again when a look finds another version', run('a', '1.1', 'unrestored'), has('1.0'), false],
    [
      'is down when the other version is not whole',
      run('a', '1.1', 'unrestored'),
      has('1.0', 'half-configured'),
      true,
    ],
    [
      'is down when it was bad after it had been kept',
      [...run('a', '1.1', 'installed'), wentBadLate],
      has('1.1'),
      true,
    ],
    ['is well when it took that back', [...run('a', '1.1', 'installed'), wentBadLate], has('1.0'), false],
    [
      'is well after a later run',
      [...run('a', '1.1', 'unrestored'), ...run('a', '1.2', 'installed', { lock: FIX.digest })],
      has('1.2'),
      false,
    ],
    [
      'is not well by a later run that changed nothing',
      [
        ...run('a', '1.1', 'unrestored'),
        ...run('a', '1.2', 'failed', { lock: FIX.digest, check: 'precheck' }),
        ...run('a', '1.2', 'refused', { lock: FIX.digest, attempt: 2, check: 'order' }),
      ],
      has('1.1'),
      true,
    ],
    ['is not left so by a run that it took back', run('a', '1.1', 'restored'), has('1.0'), false],
  ])('%s', (_name, entries, look, expected) => {
    expect(isLeftBad(runsOf(entries), look)).toBe(expected);
  });

  it('counts in the budget of the next lock too, goes first there, and keeps nobody from mending it', () => {
    const rollout = ringOf(FIX.lock, ['a', 'b', 'c'], {}, { budget: { hosts: 1 }, waves: 1 });
    const looks = new Map([
      ['a', has('1.0')],
      ['b', has('1.0')],
      ['c', has('1.1')],
    ]);
    const view = viewOf(run('c', '1.1', 'unrestored'));
    const plan = planRing({ rollout, target: rollout.target, view, looks, now: NOW });
    expect([...plan.down]).toEqual(['c']);
    expect(plan.waves[0]).toEqual({ wave: 0, hosts: ['a', 'c'] });
    const pools = poolsOf([rollout]);
    expect(nextAction({ plan, now: NOW, pools, down: plan.down, after: null })).toMatchObject({
      kind: 'start',
      hosts: ['c'],
    });
  });
});
