import { DAY } from '../scenario.ts';
import { type HostWorld, type Machine, type Run, SAMPLE_EVERY, SOAK_EVERY } from './machine.ts';

/**
 * Looks at the host as often as its worker did since the last call. To be called before anything changes that a sample
 * would see, so that no event is needed for each sample.
 */
export function countSamples(world: HostWorld, m: Machine): void {
  const run = m.current;
  while (run && watching(run)) {
    const every = (run.phase === 'soaking' ? SOAK_EVERY : SAMPLE_EVERY) + m.spec.probeMs;
    const at = run.sampledAt + every;
    if (at > world.schedule.now()) return;
    run.sampledAt = at;
    sample(m, run, at);
    if (run.phase === 'kept') run.watchedMs += every;
    run.watchOver = run.phase === 'kept' && isOver(run);
  }
}

/** One look of a worker, at true time. */
function sample(m: Machine, run: Run, at: number): void {
  const good = at > m.inconclusiveUntil && at > m.noHealthUntil && !(m.sick && m.sick.since <= at);
  const gap = run.goodAt === null ? 0 : at - run.goodAt;
  run.wellMs = good ? run.wellMs + gap : 0;
  run.longestMs = Math.max(run.longestMs, run.wellMs);
  run.goodAt = good ? at : null;
  tell(run, at + m.clockOffset, good, gap);
}

/** What the helper keeps of it. A clock that is set back starts the streak anew, as any sample does that is not good. */
function tell(run: Run, at: number, good: boolean, gap: number): void {
  const w = run.watch;
  const goesOn = good && w !== null && w.samples > 0 && w.until <= at;
  run.watch = goesOn
    ? { ...w, until: at, samples: w.samples + 1, healthyMs: w.healthyMs + gap }
    : { since: at, until: at, samples: good ? 1 : 0, healthyMs: 0 };
}

/** A watch goes on until it has shown what was asked for, but not for ever. */
function isOver({ order, watch, watchedMs }: Run): boolean {
  const asked = order.watchSeconds * 1000;
  const shown = Math.min(watchedMs, watch?.healthyMs ?? 0) >= asked;
  return shown || watchedMs >= Math.max(3 * asked, DAY);
}

/** Whether a run still looks at its host. */
export const watching = (run: Run): boolean =>
  run.worker === 'alive' && (run.phase === 'soaking' || (run.phase === 'kept' && !run.watchOver));

/** The same, by now. */
export function stillWatches(world: HostWorld, m: Machine): boolean {
  countSamples(world, m);
  return m.current !== null && watching(m.current);
}
