import type { EvidenceEntry } from '../contracts/generated/evidence-entry.ts';
import type { EvidenceLog } from '../ports/evidence-log.ts';
import type { RootDriver } from '../ports/root-driver.ts';
import type { Logger } from '../ports/logger.ts';
import type { StateStore } from '../ports/state-store.ts';
import { sortedBy } from '../util/sort.ts';
import { applyHost, type HostOutcome, noDriver, planNow } from './apply-host.ts';
import type { RunDeps } from './host-run.ts';
import { openJournal } from './journal.ts';
import { openLedger } from './ledger.ts';
import type { HostPlan } from './plan.ts';
import type { HostTarget } from './target.ts';

export interface RolloutDeps extends Omit<RunDeps, 'ledger'> {
  readonly log: Logger;
  readonly state: Pick<StateStore, 'read' | 'write' | 'appendLine'>;
  readonly evidence: Pick<EvidenceLog, 'entries' | 'append'>;
  readonly drivers: ReadonlyMap<string, RootDriver>;
}

export interface RolloutInput {
  /** Approvals and merges of the verified history, oldest first. */
  readonly authority: readonly EvidenceEntry[];
  readonly hosts: readonly HostTarget[];
}

/**
 * Brings every host to its merged lock: one after the other, in the order of their names. The first failure of a lock
 * stops it: no further host starts with the same lock (X10). Does what is due and returns; safe to kill and to repeat.
 */
export async function applyMergedLocks(
  deps: RolloutDeps,
  input: RolloutInput,
): Promise<readonly HostOutcome[]> {
  const journal = await openJournal(deps.state, deps.log);
  const ledger = await openLedger(journal, deps.evidence, input.authority);
  const failed = new Map<string, string>();
  const outcomes: HostOutcome[] = [];
  for (const host of sortedBy(input.hosts, (h) => h.asset)) {
    const culprit = failed.get(host.target.digest);
    if (culprit !== undefined) {
      outcomes.push(notStarted(host, culprit));
      continue;
    }
    const outcome = await applyHost({ ...deps, ledger }, deps.drivers.get(host.asset), host);
    deps.log.info(`${outcome.asset}: ${outcome.state}, ${outcome.reason}`);
    if (outcome.state === 'failed') failed.set(host.target.digest, host.asset);
    outcomes.push(outcome);
  }
  return outcomes;
}

const notStarted = (host: HostTarget, culprit: string): HostOutcome => ({
  asset: host.asset,
  baseline: host.target.lock.baseline,
  ring: host.target.lock.ring,
  state: 'untouched',
  reason: `not started: the same lock failed on ${culprit}`,
  code: 'halted',
  run: null,
  packages: [],
});

/** What would be done to one host, or why nothing can be said. */
export type HostForecast =
  | {
      readonly kind: 'plan';
      readonly plan: HostPlan;
      readonly refusal: string | null;
      /** SHA-256 of planned files that the artifact store does not hold. */
      readonly missingBytes: readonly string[];
    }
  | { readonly kind: 'unknown'; readonly asset: string; readonly reason: string };

/** The same plans as {@link applyMergedLocks} would carry out, and nothing else: no journal, no evidence, no host touched. */
export async function planMergedLocks(
  deps: Pick<RolloutDeps, 'observe' | 'drivers' | 'artifacts'>,
  hosts: readonly HostTarget[],
): Promise<readonly HostForecast[]> {
  const forecasts: HostForecast[] = [];
  for (const host of sortedBy(hosts, (h) => h.asset)) {
    const driver = deps.drivers.get(host.asset);
    const plan = driver ? await planNow(deps, driver, host) : noDriver(host.asset);
    if (typeof plan === 'string') {
      forecasts.push({ kind: 'unknown', asset: host.asset, reason: plan });
      continue;
    }
    const missingBytes: string[] = [];
    for (const p of plan.packages) if (!(await deps.artifacts.has(p.sha256))) missingBytes.push(p.sha256);
    forecasts.push({
      kind: 'plan',
      plan,
      refusal: plan.steps.length === 0 ? null : (host.refusal?.reason ?? plan.refusal),
      missingBytes,
    });
  }
  return forecasts;
}
