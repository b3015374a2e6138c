import { describe, expect, it } from 'vitest';
import type { Baseline } from '../../src/contracts/generated/baseline.ts';
import { targetsOf } from '../../src/rollout/targets.ts';
import { BASELINE } from '../support/git-fixtures.ts';
import { entryOf, keyOf, lockOf, MERGE } from './world.ts';

const PATH = 'locks/servers/prod.lock.json';
const LOCK = lockOf({ [keyOf('app')]: entryOf({ name: 'app', version: '1.1' }) });
const targets = (over: Partial<Baseline> = {}, merges = new Map([[PATH, MERGE]])) =>
  targetsOf({
    documents: {
      baselines: [{ ...BASELINE, mode: 'apply', ...over }],
      holds: [],
      locks: new Map([[PATH, LOCK]]),
    },
    governed: [
      { asset: 'web-2', baseline: 'servers', ring: 'prod' },
      { asset: 'web-1', baseline: 'servers', ring: 'prod' },
      { asset: 'web-3', baseline: 'servers', ring: 'canary' },
      { asset: 'web-4', baseline: 'gone', ring: 'prod' },
    ],
    merges,
  });

describe('targetsOf', () => {
  it('lists the hosts of rings with a lock, by name, with the merge that authorises it', () => {
    expect(targets().map((t) => [t.asset, t.target.merge, t.refusal])).toEqual([
      ['web-1', MERGE, null],
      ['web-2', MERGE, null],
    ]);
  });

  it.each(['observe', 'propose'] as const)('lists nothing in mode %s', (mode) => {
    expect(targets({ mode })).toEqual([]);
  });

  it('lists nothing where the mode is left out: observing is the default', () => {
    const { id, owner, select, priority, approve, deadlines, rings } = BASELINE;
    const silent: Baseline = {
      apiVersion: 'patchwarden/v1',
      kind: 'Baseline',
      ...{ id, owner, select, priority, approve, deadlines, rings },
    };
    expect(
      targetsOf({
        documents: { baselines: [silent], holds: [], locks: new Map([[PATH, LOCK]]) },
        governed: [{ asset: 'web-1', baseline: 'servers', ring: 'prod' }],
        merges: new Map([[PATH, MERGE]]),
      }),
    ).toEqual([]);
  });

  it.each([
    ['a lock without a verified merge', {}, new Map(), 'history-unverified'],
    ['a calendar', { calendar: 'business' }, undefined, 'not-built'],
    ['a snapshot to go back to', { rollback: 'snapshot' }, undefined, 'not-built'],
    ['packages to go back to', { rollback: 'package' }, undefined, 'not-built'],
  ] as const)('refuses %s', (_name, over, merges, code) => {
    expect(targets(over, merges as Map<string, string> | undefined)[0]?.refusal).toMatchObject({ code });
  });

  it('goes on where the baseline needs no way back', () => {
    expect(targets({ rollback: 'none' })[0]?.refusal).toBeNull();
  });
});
