import { describe, expect, it } from 'vitest';
import { ringState } from '../../src/domain/generations.ts';
import { type WaitInput, waitsFor } from '../../src/reconcile/ring-waits.ts';
import { entry, generation, lock, proven, ringedBaseline } from '../support/builders/rings.ts';

/** Merged on 1 October. */
const first = generation(lock('canary', 1, { openssl: entry('1') }));
const at = { baseline: 'servers', ring: 'canary' };
const done = ringState(at, [first], [proven(first)]);
const flying = ringState(at, [first], []);
const weekly = ringedBaseline({ cadence: { days: 7 } });
const waits = (over: Partial<WaitInput>) =>
  waitsFor({ baseline: weekly, state: done, halted: false, due: [], now: '2024-10-05T12:00:00Z', ...over });

describe('waitsFor', () => {
  it.each<[string, Partial<WaitInput>, ReturnType<typeof waitsFor>]>([
    ['a ring without a lock opens its first generation', { state: ringState(at, [], []) }, null],
    ['cadence: not before so many days after the last merge', {}, 'cadence'],
    ['cadence: on that day it may', { now: '2024-10-08T00:00:00Z' }, null],
    ['cadence: none, no wait', { baseline: ringedBaseline() }, null],
    ['one generation in flight: the next waits', { state: flying, now: '2024-11-30T00:00:00Z' }, 'in-flight'],
    [
      'one generation in flight: in mode propose nothing is ever proven from here',
      { state: flying, now: '2024-11-30T00:00:00Z', baseline: ringedBaseline({ mode: 'propose' }) },
      null,
    ],
    ['what failed goes back first', { halted: true }, 'rollback-first'],
    ['deadline-near: due before the slot is not starved by the cadence', { due: [null, '2024-10-07'] }, null],
    [
      'deadline-near: what would be expedited at the slot does not wait either',
      { due: ['2024-10-11'] },
      null,
    ],
    ['a deadline well after the slot waits', { due: ['2024-10-12', null] }, 'cadence'],
    ['deadline-near: nor by a generation in flight', { state: flying, due: ['2024-10-10'] }, null],
    ['overdue decisions wait for nothing', { due: ['2024-01-01'], halted: true }, null],
  ])('%s', (_, over, expected) => {
    expect(waits(over)).toBe(expected);
  });

  it.each(['rollback', 'drift', 'housekeeping'])('cadence: %s opens no new slot', (kind) => {
    const back = generation(lock('canary', 2, {}), { kind, at: '2024-10-05T00:00:00Z' });
    const state = ringState(at, [first, back], [proven(back)]);
    expect(waits({ state, now: '2024-10-08T00:00:00Z' })).toBeNull();
  });

  it('cadence: only the first ring has one', () => {
    const prod = generation(lock('prod', 1, {}), { at: '2024-10-05T00:00:00Z' });
    expect(waits({ state: ringState({ ...at, ring: 'prod' }, [prod], [proven(prod)]) })).toBeNull();
  });
});
