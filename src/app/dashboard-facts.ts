import type { Assessment } from '../assess/fleet/assess-fleet.ts';
import type { Baseline } from '../contracts/generated/baseline.ts';
import type { EvidenceEntry } from '../contracts/generated/evidence-entry.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { type DashboardFacts, type DashboardLine, EXPIRY_DAYS } from '../domain/dashboard.ts';
import { formatHaltScope, haltsInForce } from '../domain/halt.ts';
import type { Observation } from '../domain/observation.ts';
import { branchOf, type Proposal } from '../domain/proposal.ts';
import { addDays, dayOf, type Instant } from '../domain/time.ts';
import { sortedBy } from '../util/sort.ts';
import type { ReconcileAction } from './reconcile.ts';

export interface DashboardSources {
  readonly actions: readonly ReconcileAction[];
  readonly observations: readonly Observation[];
  /** Branches that people want to be opened now: what could not be opened stays asked for. */
  readonly asked: ReadonlySet<string>;
  readonly baselines: readonly Pick<Baseline, 'id' | 'owner'>[];
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
      (a) => ownerOf(a, sources.baselines) ?? '~',
      (a) => a.scope,
      (a) => a.kind,
    ).map((a) => ({
      ...{ kind: a.kind, scope: a.scope, number: a.number, owner: ownerOf(a, sources.baselines) },
      reason: ['open', 'refresh', 'keep', 'refused'].includes(a.action) ? null : a.reason,
      ...(a.detail === undefined ? {} : { detail: a.detail }),
      box: isBoxed(a, sources.asked),
    }));
  const { assets, findings, overdue, byStatus } = assessment;
  return {
    open: linesOf('open', 'refresh', 'keep', 'grown'),
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

/** Who decides about it: the owner of its baseline; housekeeping has the owner as its scope. */
function ownerOf({ kind, scope }: ReconcileAction, baselines: DashboardSources['baselines']): string | null {
  if (kind === 'housekeeping') return scope;
  const [id] = scope.split('/');
  return baselines.find((b) => b.id === id)?.owner ?? null;
}

/** What waits for nothing but a limit or a day, and what somebody asked for and could not be opened. */
const LIMITS: readonly (string | null)[] = ['limit', 'owner-limit', 'hour-limit', 'schedule'];
const isBoxed = ({ action, kind, scope, number, reason }: ReconcileAction, asked: ReadonlySet<string>) =>
  number === null &&
  ((action === 'defer' && LIMITS.includes(reason)) ||
    (['defer', 'failed'].includes(action) && asked.has(branchOf(kind as Proposal['kind'], scope))));
