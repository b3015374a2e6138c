import { PatchwardenError } from '../domain/errors.ts';
import type { RootDriver } from '../ports/root-driver.ts';
import { finish, type RunDeps, type StepResult } from './host-run.ts';
import { INTERRUPTED, type OutcomeRecord, type RunHistory } from './journal.ts';
import { missingOf } from './verify.ts';

/**
 * Finishes what an earlier invocation began on this host and did not record: waits for the package manager it left
 * behind, lets dpkg finish, looks, and records what is there. Nothing is installed here.
 * @returns `stopped` when the host must wait, `done` when an installation was found finished, else undefined
 */
export async function recoverRuns(
  deps: RunDeps,
  driver: RootDriver,
  asset: string,
): Promise<StepResult | undefined> {
  let done: StepResult | undefined;
  for (const run of deps.ledger.runs().filter((r) => r.intent.asset === asset)) {
    if (run.verified !== undefined) continue;
    let outcome = run.outcome?.outcome;
    if (outcome === undefined) {
      const found = await recoverRun(deps, driver, run);
      if (typeof found === 'object') return found;
      outcome = found;
      if (found !== 'failed') done = { kind: 'done', run: run.intent.run };
    }
    if (outcome === 'refused') continue;
    await driver.waitIdle();
    await finish(deps, driver, run.intent, outcome !== 'failed');
  }
  return done;
}

async function recoverRun(
  deps: RunDeps,
  driver: RootDriver,
  { intent }: RunHistory,
): Promise<StepResult | OutcomeRecord['outcome']> {
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
  const there = missingOf(intent, seen.components).length === 0;
  const found = ((): Pick<OutcomeRecord, 'outcome' | 'reason' | 'interrupted'> => {
    if (there) return { outcome: intent.step === 'mend' ? 'installed' : 'already-there' };
    if (mended.outcome !== 'installed') return { outcome: 'failed', reason: mended.reason };
    return { outcome: 'failed', reason: INTERRUPTED, interrupted: true };
  })();
  const log = 'log' in mended && mended.log !== null ? { log: mended.log } : {};
  await deps.ledger.record({ kind: 'outcome', time: deps.clock.now(), run, ...found, ...log });
  return found.outcome;
}
