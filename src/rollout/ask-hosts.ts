import type { EvidenceEntry } from '../contracts/generated/evidence-entry.ts';
import type { HostObservation } from '../domain/component.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { parseLockKey } from '../domain/purl.ts';
import { type Instant, instantOf } from '../domain/time.ts';
import type { Controller } from './controller.ts';
import { pooled } from './pooled.ts';
import { tellEntries } from './progress.ts';
import { bakeOf, type EvidenceView } from './ring-plan.ts';
import type { RingRollout, RolloutDeps } from './rollout.ts';
import type { Run } from './run.ts';
import { type Answer, isEnded, settleHealth, settleRun, watchSecondsOf } from './settle.ts';

/**
 * Asks every host that is under way, and every patched one that still bakes or watches, and enters what they answer in
 * one append. A host that does not answer stays where it is.
 */
export async function askHosts(controller: Controller): Promise<void> {
  const { deps, input, ledger, looks } = controller;
  const from = Date.parse(deps.clock.now());
  const asked = await pooled(runsToAsk(input.rings, ledger.view(), controller), input.parallel, (run) =>
    askHost(controller, run),
  );
  looks.paced(Date.parse(deps.clock.now()) - from);
  const entries = asked.flat();
  if (entries.length === 0) return;
  await ledger.record(entries);
  for (const e of entries) if (e.type === 'health') looks.forget(e.asset);
  tellEntries(deps, entries);
  const ended = entries.flatMap((e) => (e.type === 'effect' ? [e.asset] : []));
  await pooled(ended, input.parallel, (asset) => tidy(controller, asset));
}

/** Files that no run needs any more; the host keeps what its own way back needs. */
async function tidy({ deps, lease }: Controller, asset: string): Promise<void> {
  try {
    await deps.drivers.get(asset)?.clean(lease.epoch);
  } catch (error) {
    deps.log.info(`${asset}: nothing was tidied up (${hostFailure(error)})`);
  }
}

/** A host may go bad in the last minute of its watch, which may last three times as long, and a controller may come only the next day. */
const lateNewsSeconds = (watch: number): number => Math.max(3 * watch, watch + 86_400);

/** Open runs wherever there is a driver, and the last run of hosts that are patched while something may still go bad. */
function runsToAsk(
  rings: readonly RingRollout[],
  view: EvidenceView,
  { deps: { drivers, clock }, looks }: Pick<Controller, 'deps' | 'looks'>,
): readonly Run[] {
  const now = clock.now();
  return [...view.runs].flatMap(([asset, runs]) => {
    if (!drivers.has(asset)) return [];
    const open = runs.filter((r) => r.effect === undefined);
    const last = runs.at(-1);
    const kept = last?.effect?.outcome === 'installed' || last?.effect?.outcome === 'already-there';
    if (!last || !kept || last.health?.verdict === 'bad' || looks.heardLately(asset)) return open;
    const bake = bakeOfRun(rings, view, last);
    const until = later(last.effect?.time ?? last.begun, lateNewsSeconds(watchSecondsOf(bake)));
    return bake > 0 && (now < until || !view.proven.has(last.lock)) ? [...open, last] : open;
  });
}

const later = (at: Instant, seconds: number): Instant => instantOf(Date.parse(at) + seconds * 1000);

const ringOf = (rings: readonly RingRollout[], asset: string): RingRollout | undefined =>
  rings.find((r) => r.hosts.some((h) => h.asset === asset));

function bakeOfRun(rings: readonly RingRollout[], view: EvidenceView, run: Run): number {
  const ring = ringOf(rings, run.asset);
  return ring ? bakeOf(ring, view.expedited.has(run.merge)) : 0;
}

async function askHost(controller: Controller, run: Run): Promise<readonly EvidenceEntry[]> {
  const { deps, input, lease, ledger, looks } = controller;
  const answer = await answerOf(controller, run);
  if (run.effect === undefined) looks.forget(run.asset);
  if (answer.kind === 'silent') {
    for (const lock of locksOf(input.rings, run))
      looks.put(run.asset, lock, { kind: 'unknown', reason: answer.reason });
    deps.log.info(`${run.asset}: no answer about run ${run.run} (${answer.reason})`);
  }
  const seen =
    run.effect === undefined && answer.kind === 'receipt' && isEnded(answer.receipt)
      ? await lookOnce(deps, run.asset)
      : null;
  const stream = seen?.stream ?? streamOf(input.rings, run);
  const common = { run, answer, epoch: lease.epoch, stream, now: deps.clock.now() };
  if (run.effect === undefined) return settleRun(common, seen);
  looks.heard(run.asset);
  if (answer.kind !== 'receipt') return [];
  const bakeMinutes = bakeOfRun(input.rings, ledger.view(), run);
  return settleHealth({ ...common, receipt: answer.receipt, bakeMinutes });
}

const locksOf = (rings: readonly RingRollout[], run: Run): readonly string[] => {
  const target = ringOf(rings, run.asset)?.target.digest;
  return target === undefined || target === run.lock ? [run.lock] : [run.lock, target];
};

async function answerOf({ deps, lease }: Controller, run: Run): Promise<Answer> {
  const driver = deps.drivers.get(run.asset);
  if (!driver) return { kind: 'silent', reason: 'no driver' };
  try {
    const receipt = await driver.receipt(lease.epoch, run.run);
    if (!receipt) return { kind: 'never-begun' };
    return receipt.run === run.run
      ? { kind: 'receipt', receipt }
      : { kind: 'silent', reason: `it answers about the run ${receipt.run} instead` };
  } catch (error) {
    return { kind: 'silent', reason: hostFailure(error) };
  }
}

/** The sentence of a failure that concerns one host; rethrows others. */
export function hostFailure(error: unknown): string {
  if (
    error instanceof PatchwardenError &&
    (error.code === 'host-failed' || error.code === 'source-failed' || error.code === 'digest-mismatch')
  )
    return error.message;
  throw error;
}

async function lookOnce(deps: Pick<RolloutDeps, 'observe'>, asset: string): Promise<HostObservation | null> {
  try {
    return await deps.observe(asset);
  } catch (error) {
    hostFailure(error);
    return null;
  }
}

/** By the inventory; for a host that no ring has any more, by what was installed. */
function streamOf(rings: readonly RingRollout[], run: Run): string {
  const host = ringOf(rings, run.asset)?.hosts.find((h) => h.asset === run.asset);
  if (host && host.stream !== '') return host.stream;
  const key = run.packages.map((p) => parseLockKey(p.purl)).find((k) => k !== undefined);
  return key ? `${key.distro}:${key.release}:${key.arch}` : 'unknown:0:unknown';
}
