import { type Assessment, assessFleet } from '../assess/fleet/assess-fleet.ts';
import { labelsRead } from '../assess/fleet/deadlines.ts';
import { byRing, type DueItem, nextDue, type RingCount } from '../assess/fleet/queries.ts';
import type { StatusReport } from '../contracts/generated/status-report.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import type { Instant } from '../domain/time.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { PolicyRule } from '../ports/policy-engine.ts';
import { stateDir } from './locations.ts';
import { policyOf } from './policy-of.ts';
import { loadWorld, type WorldDigests } from './snapshots.ts';
import { staleIntel } from './stale-intel.ts';
import type { Wire } from './wire.ts';

type Ports = Pick<Wire, 'stateStore' | 'fleetStore' | 'policy' | 'rules' | 'ownPolicy'>;

/** An assessed fleet whose tables are still open. Close `store` when nothing more is asked. */
export interface AssessedFleet {
  readonly store: FleetStore;
  readonly assessment: Assessment;
  /** The rules that decided. */
  readonly rules: readonly PolicyRule[];
  readonly digests: WorldDigests & { readonly policy: string };
}

/**
 * Loads the current snapshots of a policy repository and assesses them by its documents at one moment.
 * @throws PatchwardenError `usage` when there is no snapshot yet
 */
export async function openAssessedFleet(
  wire: Ports,
  input: { readonly repo: string; readonly documents: PolicyDocuments; readonly asOf: Instant },
): Promise<AssessedFleet> {
  const { repo, documents, asOf } = input;
  const directory = stateDir(repo, documents.config);
  const store = await wire.fleetStore(directory);
  try {
    const { engine: policy, rules } = await policyOf(wire, documents.policies);
    const world = await loadWorld({ store, state: wire.stateStore(directory) });
    const reads = labelsRead(rules, documents.baselines);
    const assessment = await assessFleet({ store, policy, reads }, { documents, asOf });
    return { store, assessment, rules, digests: { ...world, policy: policy.digest } };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The report of `patchwarden status`, and what its text form shows beside it. */
export interface Status {
  readonly report: StatusReport;
  readonly rings: readonly RingCount[];
  readonly next: readonly DueItem[];
  readonly exceeded: Assessment['exceeded'];
}

const NEXT = 10;

export async function fleetStatus(
  wire: Ports,
  input: { readonly repo: string; readonly documents: PolicyDocuments; readonly asOf: Instant },
): Promise<Status> {
  const { store, assessment, digests } = await openAssessedFleet(wire, input);
  try {
    const { exceptionUse, exceeded, asOf, ...counts } = assessment;
    const exceptions = await exceptionUse();
    const { policy, fleet, intel } = digests;
    const state = wire.stateStore(stateDir(input.repo, input.documents.config));
    const stale = await staleIntel(state, input.documents.config, asOf);
    return {
      report: {
        asOf,
        assets: counts.assets,
        findings: counts.findings,
        overdue: counts.overdue,
        unmitigated: counts.unmitigated,
        byStatus: { ...counts.byStatus },
        exceptions: exceptions.map((e) => ({ ...e, without: { ...e.without } })),
        stale: stale.map(({ label: feed, since, ageDays, maxAgeDays }) => ({
          feed,
          since,
          ageDays,
          maxAgeDays,
        })),
        decisions: counts.decisions,
        contexts: counts.contexts,
        digests: { policy, fleet, intel },
      },
      rings: await byRing(store),
      next: await nextDue(store, NEXT),
      exceeded,
    };
  } finally {
    await store.close();
  }
}
