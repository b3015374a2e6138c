import { encodeEntry } from '../contracts/evidence-codec.ts';
import type { HostObservation } from '../domain/component.ts';
import { type ErrorCode, PatchwardenError } from '../domain/errors.ts';
import { parseLockKey } from '../domain/purl.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { RootDriver, InstallOutcome } from '../ports/root-driver.ts';
import { evidenceOf } from './evidence-sync.ts';
import { type IntentRecord, type RunStep, runId } from './journal.ts';
import type { Ledger } from './ledger.ts';
import type { HostPlan } from './plan.ts';
import { componentsDigest, missingOf } from './verify.ts';

/** Tries of one step with one lock that may fail before the host is left to a person. */
const MAX_TRIES = 3;

export interface RunDeps {
  readonly clock: Pick<Clock, 'now'>;
  readonly artifacts: Pick<ArtifactStore, 'has' | 'get'>;
  readonly ledger: Ledger;
  readonly observe: (asset: string) => Promise<HostObservation>;
}

/** How one step ended, for the summary. */
export type StepResult =
  | { readonly kind: 'done'; readonly run: string }
  | {
      readonly kind: 'stopped';
      readonly run: string | null;
      readonly state: 'refused' | 'failed' | 'unknown';
      readonly code: ErrorCode;
      readonly reason: string;
    };

/**
 * One journaled effect: intent, effect, outcome, scan, verification. Each is durable before the next begins, so that a
 * crash anywhere leaves at most one step to find out about.
 */
export async function runStep(
  deps: RunDeps,
  driver: RootDriver,
  plan: HostPlan,
  step: RunStep,
): Promise<StepResult> {
  const packages = step === 'mend' ? [] : plan.packages;
  const before = deps.ledger
    .runs()
    .filter((r) => r.intent.asset === plan.asset && r.intent.lock === plan.lock && r.intent.step === step);
  const failures = before.filter((r) => r.outcome?.outcome === 'failed' && !r.outcome.interrupted);
  if (failures.length >= MAX_TRIES)
    return {
      kind: 'stopped',
      run: failures.at(-1)?.intent.run ?? null,
      state: 'failed',
      code: 'halted',
      reason: `given up after ${MAX_TRIES} tries, until another lock is merged; the last one: ${failures.at(-1)?.outcome?.reason ?? 'failed'}`,
    };
  const intent: Omit<IntentRecord, 'seq'> = {
    kind: 'intent',
    time: deps.clock.now(),
    run: runId(plan.asset, plan.lock, step, before.length + 1),
    step,
    try: before.length + 1,
    asset: plan.asset,
    lock: plan.lock,
    merge: plan.merge,
    plan: plan.digest,
    packages: packages.map(({ purl, from, version, sha256 }) => ({ purl, from, to: version, sha256 })),
  };
  const unloggable = whyNotLogged(intent);
  if (unloggable !== null)
    return { kind: 'stopped', run: null, state: 'refused', code: 'not-built', reason: unloggable };
  await deps.ledger.record(intent);
  const outcome =
    step === 'mend' ? await driver.mend(intent.run) : await driver.install(packages, intent.run);
  return settle(deps, driver, intent, outcome);
}

/** An intent that the evidence cannot hold must not even reach the journal: nothing could be entered after it. */
function whyNotLogged(intent: Omit<IntentRecord, 'seq'>): string | null {
  const [entry] = evidenceOf([{ ...intent, seq: 0 }]);
  const encoded = entry ? encodeEntry(entry) : null;
  return encoded === null || encoded.ok
    ? null
    : `${intent.packages.length} packages at once are more than one entry of the evidence log holds (${encoded.error}); merge the lock in smaller parts`;
}

async function settle(
  deps: RunDeps,
  driver: RootDriver,
  intent: Omit<IntentRecord, 'seq'>,
  outcome: InstallOutcome,
): Promise<StepResult> {
  const { run } = intent;
  const time = deps.clock.now();
  switch (outcome.outcome) {
    case 'running':
      // No outcome yet: the next invocation waits for it and records what it finds.
      return { kind: 'stopped', run, state: 'unknown', code: 'host-failed', reason: outcome.reason };
    case 'refused':
      await deps.ledger.record({ kind: 'outcome', time, run, outcome: 'refused', reason: outcome.reason });
      return { kind: 'stopped', run, state: 'refused', code: 'digest-mismatch', reason: outcome.reason };
    case 'failed':
      await deps.ledger.record({
        kind: 'outcome',
        time,
        run,
        outcome: 'failed',
        reason: outcome.reason,
        ...(outcome.log === null ? {} : { log: outcome.log }),
      });
      await finish(deps, driver, intent, false);
      return { kind: 'stopped', run, state: 'failed', code: 'halted', reason: outcome.reason };
    case 'installed': {
      await deps.ledger.record({
        kind: 'outcome',
        time,
        run,
        outcome: 'installed',
        ...(outcome.log === null ? {} : { log: outcome.log }),
      });
      const missing = await finish(deps, driver, intent, true);
      return missing.length === 0
        ? { kind: 'done', run }
        : {
            kind: 'stopped',
            run,
            state: 'failed',
            code: 'halted',
            reason: `installed, but a new scan does not find ${missing.join(', ')}`,
          };
    }
    default:
      return outcome satisfies never;
  }
}

/**
 * The last part of a run: packages that are new are there for others only, staged files go, then a new scan, whose
 * record is also the mark that nothing is left to do for this run.
 * @returns what is still missing, as `name=version`
 */
export async function finish(
  deps: Pick<RunDeps, 'clock' | 'ledger' | 'observe'>,
  driver: RootDriver,
  intent: Pick<IntentRecord, 'run' | 'asset' | 'step' | 'packages'>,
  worked: boolean,
): Promise<readonly string[]> {
  const fresh = intent.packages.filter((p) => p.from === null).map((p) => parseLockKey(p.purl)?.name ?? '');
  if (worked) await driver.markAutomatic(fresh);
  await driver.clean();
  const seen = await deps.observe(intent.asset);
  const missing = seen.unknown === null ? missingOf(intent, seen.components) : ['a readable host'];
  const state = seen.unknown !== null ? 'unknown' : missing.length === 0 ? 'equal' : 'behind';
  await deps.ledger.record({
    kind: 'verified',
    time: deps.clock.now(),
    run: intent.run,
    state,
    components: componentsDigest(seen.components),
  });
  return missing;
}

/** Puts every file on the host and asks its own package manager what it would do. Nothing is changed yet. */
export async function prepare(
  deps: Pick<RunDeps, 'artifacts'>,
  driver: RootDriver,
  plan: HostPlan,
): Promise<Awaited<ReturnType<RootDriver['simulate']>>> {
  for (const file of plan.packages) {
    const bytes = await deps.artifacts.get(file.sha256);
    if (bytes.byteLength !== file.size)
      throw new PatchwardenError(
        'digest-mismatch',
        `${file.name} ${file.version} has ${bytes.byteLength} bytes in the artifact store, and the lock says ${file.size}`,
      );
    await driver.stage(file, bytes);
  }
  return driver.simulate(plan.packages);
}
