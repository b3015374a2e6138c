import { PatchwardenError } from '../domain/errors.ts';
import type { HostDriver } from '../ports/host-driver.ts';
import { type RunDeps, type StepResult, verify } from './host-run.ts';
import { INTERRUPTED, type OutcomeRecord, type RunHistory } from './journal.ts';
import { missingOf } from './verify.ts';

/**
 * Finishes what an earlier invocation began on this host and did not record: waits for the package manager it left
 * behind, lets dpkg finish, looks, and records what is there. Nothing is installed here.
 * @returns undefined when every run has its outcome now, else why the host must wait
 */
export async function recoverRuns(
  deps: RunDeps,
  driver: HostDriver,
  asset: string,
): Promise<StepResult | undefined> {
  for (const run of deps.ledger.runs().filter((r) => r.intent.asset === asset)) {
    if (run.outcome === undefined) {
      const stopped = await recoverRun(deps, driver, run);
      if (stopped) return stopped;
    }
    if (run.verified === undefined && run.outcome?.outcome !== 'refused') await verify(deps, run.intent);
  }
  return undefined;
}

async function recoverRun(
  deps: RunDeps,
  driver: HostDriver,
  { intent }: RunHistory,
): Promise<StepResult | undefined> {
  const { run } = intent;
  await driver.waitIdle();
  const mended = await driver.mend(run);
  if (mended.outcome === 'running')
    return { kind: 'stopped', run, state: 'unknown', code: 'host-failed', reason: mended.reason };
  const seen = await deps.observe(intent.asset);
  if (seen.unknown !== null)
    throw new PatchwardenError(
      'host-failed',
      `${intent.asset} cannot be read (${seen.unknown}), so run ${run} stays open`,
    );
  const there = missingOf(intent.packages, seen.components).length === 0;
  const found = ((): Pick<OutcomeRecord, 'outcome' | 'reason' | 'interrupted'> => {
    if (mended.outcome === 'installed' && intent.step === 'mend') return { outcome: 'installed' };
    if (there && intent.step === 'install') return { outcome: 'already-there' };
    if (mended.outcome !== 'installed') return { outcome: 'failed', reason: mended.reason };
    return { outcome: 'failed', reason: INTERRUPTED, interrupted: true };
  })();
  const log = 'log' in mended && mended.log !== null ? { log: mended.log } : {};
  await deps.ledger.record({ kind: 'outcome', time: deps.clock.now(), run, ...found, ...log });
  return undefined;
}
