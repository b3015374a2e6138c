import { describe, expect, it } from 'vitest';
import { type DashboardSources, dashboardFacts } from '../../src/app/dashboard-facts.ts';
import type { ReconcileAction } from '../../src/app/reconcile.ts';
import { halt } from '../support/builders/rings.ts';
import { anException } from '../support/fleet-world.ts';

const action = (over: Partial<ReconcileAction>): ReconcileAction => ({
  ...{
    action: 'keep',
    kind: 'remediate',
    scope: 'a/prod',
    number: 1,
    contentDigest: 'd',
    reason: 'same-content',
  },
  ...over,
});
const sources = (over: Partial<DashboardSources> = {}): DashboardSources => ({
  ...{ asked: new Set<string>(), baselines: [{ id: 'b', owner: 'team:b' }] },
  ...{ actions: [], observations: [], exceptions: [], evidence: [], now: '2024-10-24T12:00:00Z' },
  assessment: { assets: 3, findings: 9, overdue: 2, byStatus: { unknown: 1, missing: 8 } } as never,
  ...over,
});

describe('dashboardFacts', () => {
  it('puts every action under one heading', () => {
    const { open, waiting, left, refused, failed } = dashboardFacts(
      sources({
        actions: [
          action({ action: 'open', scope: 'c', number: 3, reason: null }),
          action({ action: 'refresh', scope: 'b', number: 2, reason: 'content' }),
          action({}),
          action({ action: 'defer', number: null, reason: 'limit' }),
          action({ action: 'yield', reason: 'held' }),
          action({ action: 'refused', reason: 'closed-by-a-person' }),
          action({ action: 'failed', reason: 'lease-lost' }),
          action({ action: 'close', reason: 'obsolete' }),
        ],
      }),
    );
    expect(open.map((l) => [l.scope, l.reason])).toEqual([
      ['b', null],
      ['a/prod', null],
      ['c', null],
    ]);
    expect([waiting, left, refused, failed].map((l) => l.map((x) => x.reason))).toEqual([
      ['limit'],
      ['held'],
      [null],
      ['lease-lost'],
    ]);
  });

  it('keeps the things of one owner together, and those of nobody last', () => {
    const { open } = dashboardFacts(
      sources({
        actions: [
          action({ scope: 'a/prod' }),
          action({ kind: 'promote', scope: 'b/prod' }),
          action({ kind: 'housekeeping', scope: 'team:a' }),
          action({ kind: 'pins', scope: 'all' }),
          action({ kind: 'drift', scope: 'b' }),
          action({ scope: 'b/prod' }),
        ],
      }),
    );
    expect(open.map((l) => `${l.owner} ${l.scope} ${l.kind}`)).toEqual([
      'team:a team:a housekeeping',
      'team:b b drift',
      'team:b b/prod promote',
      'team:b b/prod remediate',
      'null a/prod remediate',
      'null all pins',
    ]);
  });

  it.each<[string, Partial<ReconcileAction>, boolean]>([
    ['a limit', { action: 'defer', reason: 'limit' }, true],
    ['the limit of its owner', { action: 'defer', reason: 'owner-limit' }, true],
    ['the limit of an hour', { action: 'defer', reason: 'hour-limit' }, true],
    ['a calendar', { action: 'defer', reason: 'schedule', detail: 'tomorrow' }, true],
    ['the generation before it', { action: 'defer', reason: 'in-flight' }, false],
    ['the forge', { action: 'defer', reason: 'rate-limited' }, false],
    ['the forge, and somebody asked', { action: 'defer', scope: 'asked', reason: 'rate-limited' }, true],
    ['nothing but a failure, and somebody asked', { action: 'failed', scope: 'asked', reason: 'x' }, true],
    ['a failure of one that is open', { action: 'failed', scope: 'asked', number: 4, reason: 'x' }, false],
  ])('what waits for %s has a box: %s', (_case, over, expected) => {
    const asked = new Set(['patchwarden/remediate/asked']);
    const { waiting, failed } = dashboardFacts(
      sources({ asked, actions: [action({ number: null, ...over })] }),
    );
    expect([...waiting, ...failed]).toMatchObject([
      { box: expected, ...(over.detail ? { detail: over.detail } : {}) },
    ]);
  });

  it('what has grown too much is open, and says so', () => {
    const grown = action({ action: 'grown', reason: 'growth', detail: '10 → 13' });
    expect(dashboardFacts(sources({ actions: [grown] })).open).toMatchObject([
      { reason: 'growth', detail: '10 → 13', box: false },
    ]);
  });

  it.each([
    ['2024-10-23', 0],
    ['2024-10-24', 1],
    ['2024-11-07', 1],
    ['2024-11-08', 0],
  ])('an exception that is valid until %s: %i to end soon', (validUntil, expected) => {
    const exceptions = [anException('risk', { validUntil })];
    expect(dashboardFacts(sources({ exceptions })).expiring).toHaveLength(expected);
  });

  it('halts that are in force, and the counts of the fleet', () => {
    const facts = dashboardFacts(sources({ evidence: [halt('openssl', '3.0.14-1')] }));
    expect(facts.halts).toEqual([expect.objectContaining({ scope: expect.stringContaining('openssl') })]);
    expect(facts.fleet).toEqual({ assets: 3, findings: 9, overdue: 2, unknown: 1 });
  });
});
