import { type HostWorld, type Machine, type Run, SAMPLE_EVERY, SOAK_EVERY } from './machine.ts';

/**
 * Counts the health samples since the last count. To be called before anything changes that a sample would see, so that
 * no event is needed for each sample.
 */
export function countSamples(world: HostWorld, m: Machine): void {
  const run = m.current;
  const now = world.schedule.now();
  if (!run || run.worker !== 'alive' || (run.phase !== 'soaking' && run.phase !== 'kept')) return;
  const end = Math.min(now, Math.max(run.soakUntil, run.watchUntil));
  const every = run.phase === 'soaking' ? SOAK_EVERY : SAMPLE_EVERY;
  const n = Math.floor((end - run.sampledAt) / every);
  if (n <= 0) return;
  run.sampledAt += n * every;
  // Between the onset and the verdict samples are bad; the first one is told apart by the worker.
  if (m.sick && m.sick.since <= now) return;
  const at = run.sampledAt + m.clockOffset;
  run.watch ??= {
    since: at - (n - 1) * every,
    until: at,
    samples: 0,
    finite: 0,
    bad: 0,
    inconclusive: 0,
  };
  const w = run.watch;
  w.samples += n;
  if (m.inconclusiveUntil > now || run.sampledAt <= m.inconclusiveUntil) {
    w.inconclusive += n;
    return;
  }
  if (run.sampledAt <= m.noHealthUntil) return;
  w.finite += n;
  run.healthyMs += n * every;
  w.until = at;
  if (run.verdict?.kind === 'inconclusive')
    run.verdict = { ...run.verdict, kind: 'good', reason: 'well again' };
}

/** Whether a run still looks at its host. */
export const watching = (run: Run, now: number): boolean =>
  run.worker === 'alive' && (run.phase === 'soaking' || (run.phase === 'kept' && now < run.watchUntil));
