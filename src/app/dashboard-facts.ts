import type { Assessment } from '../assess/fleet/assess-fleet.ts';
import type { EvidenceEntry } from '../contracts/generated/evidence-entry.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { type DashboardFacts, type DashboardLine, EXPIRY_DAYS } from '../domain/dashboard.ts';
import { formatHaltScope, haltsInForce } from '../domain/halt.ts';
import type { Observation } from '../domain/observation.ts';
import { addDays, dayOf, type Instant } from '../domain/time.ts';
import { sortedBy } from '../util/sort.ts';
import type { ReconcileAction } from './reconcile.ts';

export interface DashboardSources {
  readonly actions: readonly ReconcileAction[];
  readonly observations: readonly Observation[];
  readonly exceptions: PolicyDocuments['exceptions'];
  readonly evidence: readonly EvidenceEntry[];
  readonly assessment: Pick<Assessment, 'assets' | 'findings' | 'overdue' | 'byStatus'>;
  readonly now: Instant;
}

/** What one run of reconcile found, sorted for the dashboard. */
export function dashboardFacts(sources: DashboardSources): DashboardFacts {
  const { actions, observations, exceptions, evidence, assessment, now } = sources;
  const today = dayOf(now);
  const last = addDays(today, EXPIRY_DAYS);
  const linesOf = (...wanted: readonly ReconcileAction['action'][]): readonly DashboardLine[] =>
    sortedBy(
      actions.filter((a) => wanted.includes(a.action)),
      (a) => a.kind,
      (a) => a.scope,
    ).map(({ action, kind, scope, number, reason }) => ({
      ...{ kind, scope, number },
      reason: ['open', 'refresh', 'keep', 'refused'].includes(action) ? null : reason,
    }));
  const { assets, findings, overdue, byStatus } = assessment;
  return {
    open: linesOf('open', 'refresh', 'keep'),
    waiting: linesOf('defer'),
    left: linesOf('yield'),
    refused: linesOf('refused'),
    failed: linesOf('failed'),
    halts: haltsInForce(evidence).map(({ scope, by, reason }) => ({
      scope: formatHaltScope(scope),
      by,
      reason,
    })),
    expiring: sortedBy(
      exceptions.filter((e) => e.validUntil >= today && e.validUntil <= last),
      (e) => e.validUntil,
      (e) => e.id,
    ).map(({ id, owner, validUntil }) => ({ id, owner, validUntil })),
    observations,
    fleet: { assets, findings, overdue, unknown: byStatus.unknown ?? 0 },
  };
}
