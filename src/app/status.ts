import type { Assessment } from '../assess/fleet/assess-fleet.ts';
import { labelsRead } from '../assess/fleet/deadlines.ts';
import { answeredCounts, countsByRule, governance } from '../assess/fleet/governance.ts';
import { narrowTo } from '../assess/fleet/narrow.ts';
import { byRing, type DueItem, nextDue, summary } from '../assess/fleet/queries.ts';
import type { Selector } from '../contracts/generated/baseline.ts';
import type { StatusReport } from '../contracts/generated/status-report.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import type { Instant } from '../domain/time.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { PolicyRule } from '../ports/policy-engine.ts';
import { exceptionHistory } from './exception-history.ts';
import { withKeptAnswers } from './kept-answers.ts';
import { loadKnownJudgements } from './kept-judgements.ts';
import { stateDir } from './locations.ts';
import { assessPinned, type PinsInForce } from './pins.ts';
import { policyOf } from './policy-of.ts';
import { loadWorld, type World, type WorldDigests } from './snapshots.ts';
import { staleIntel } from './stale-intel.ts';
import { controlCounts, responsibilityCounts } from './status-counts.ts';
import type { Wire } from './wire.ts';

type Ports = Pick<Wire, 'stateStore' | 'fleetStore' | 'policy' | 'rules' | 'ownPolicy' | 'programDigest'>;

/** An assessed fleet whose tables are still open. */
export interface AssessedFleet {
  readonly store: FleetStore;
  readonly assessment: Assessment;
  /** The rules that decided. */
  readonly rules: readonly PolicyRule[];
  readonly digests: WorldDigests & { readonly policy: string };
  /** Of the snapshots that were decided on. */
  readonly manifests: World['manifests'];
  /** What pins.json holds on to; null where there is none. */
  readonly pins: PinsInForce | null;
  /** When nothing more is asked. */
  close(): Promise<void>;
}

/**
 * Loads the current snapshots of a policy repository and assesses them by its documents at one moment.
 * @throws PatchwardenError `usage` when there is no snapshot yet
 */
export async function openAssessedFleet(
  wire: Ports,
  input: {
    readonly repo: string;
    readonly documents: PolicyDocuments;
    readonly asOf: Instant;
    /** Writes down what policy answered, for the next run; unless it is false. */
    readonly remember?: boolean;
  },
): Promise<AssessedFleet> {
  const { repo, documents, asOf, remember = true } = input;
  const directory = stateDir(repo, documents.config);
  const program = wire.programDigest().catch(() => undefined);
  const store = await wire.fleetStore(directory);
  try {
    const state = wire.stateStore(directory);
    const { engine, rules } = await policyOf(wire, documents.policies);
    const { engine: policy, keep: keepAnswers } = await withKeptAnswers(engine, state);
    const world = await loadWorld({ store, state });
    const judgements = await loadKnownJudgements({ store, state }, world.digests.intel, await program);
    const reads = labelsRead(rules, documents.baselines);
    const decided = await assessPinned(
      { store, policy, reads, rules, known: judgements.known },
      { state, world },
      { documents, asOf },
    );
    const { manifests } = world;
    const digests = { ...world.digests, policy: policy.digest };
    const close = async () => {
      if (remember) {
        await keepAnswers();
        await judgements.keep();
      }
      await store.close();
    };
    return { store, ...decided, rules, manifests, digests, close };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The report of `patchwarden status`, and what its text form shows beside it. */
export interface Status {
  readonly report: StatusReport;
  readonly next: readonly DueItem[];
  readonly exceeded: Assessment['exceeded'];
}

interface StatusInput {
  readonly repo: string;
  readonly documents: PolicyDocuments;
  readonly asOf: Instant;
  /** Whose counts and lists; everything is decided over the whole fleet. All assets where absent. */
  readonly select?: Selector;
  /** Count by the controls of the compliance overlays, too. */
  readonly byControl?: boolean;
}

const NEXT = 10;

export async function fleetStatus(
  wire: Ports & Pick<Wire, 'compliance' | 'git'>,
  input: StatusInput,
): Promise<Status> {
  const { documents, select } = input;
  const { store, assessment, manifests, digests, pins, close } = await openAssessedFleet(wire, input);
  try {
    if (select) await narrowTo(store, select);
    const { exceptionUse, exceeded, asOf, ...decided } = assessment;
    const counts = select ? await summary(store) : decided;
    // What an exception does elsewhere is not told in a report about these assets.
    const exceptions = (await exceptionUse()).filter((e) => !select || e.findings > 0);
    const history = await exceptionHistory(wire, input.repo, documents);
    const { policy, fleet, intel } = digests;
    const stale = staleIntel(manifests.get('intel'), documents.config, asOf);
    return {
      report: {
        asOf,
        select: select ?? {},
        assets: counts.assets,
        findings: counts.findings,
        overdue: counts.overdue,
        unmitigated: counts.unmitigated,
        byStatus: { ...counts.byStatus },
        rings: [...(await byRing(store))],
        governance: await governance(store),
        responsibility: responsibilityCounts(documents, await answeredCounts(store)),
        exceptions: exceptions.map((e) => ({
          ...e,
          without: { ...e.without },
          history: history.get(e.exception) ?? null,
        })),
        stale: stale.map(({ label: feed, since, ageDays, maxAgeDays }) => ({
          feed,
          since,
          ageDays,
          maxAgeDays,
        })),
        decisions: decided.decisions,
        contexts: decided.contexts,
        pins: pins && pinsReport(pins),
        digests: { policy, fleet, intel },
        ...(input.byControl
          ? { controls: controlCounts(await wire.compliance(), await countsByRule(store)) }
          : {}),
      },
      next: await nextDue(store, NEXT),
      exceeded,
    };
  } finally {
    await close();
  }
}

const pinsReport = ({ names, behind, moves, afterMerge }: PinsInForce): StatusReport['pins'] => ({
  names: { ...names },
  behind: behind.map(({ pin, since }) => ({ pin, since })),
  kept: moves.matrix.map((m) => ({ ...m })),
  afterMerge: { ...afterMerge, byStatus: { ...afterMerge.byStatus } },
});
