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
      ['a/prod', null],
      ['b', null],
      ['c', null],
    ]);
    expect([waiting, left, refused, failed].map((l) => l.map((x) => x.reason))).toEqual([
      ['limit'],
      ['held'],
      [null],
      ['lease-lost'],
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
