import type { Process } from './calls.ts';
import type { OracleDeps } from './oracle.ts';
import { HOUR, MINUTE } from './scenario.ts';

interface ClonePace {
  writes: number[];
  silent: { readonly until: number; readonly byClock: number; readonly told: Process } | null;
  jumpedAt: number;
}

/** R6: the pace of each clone, over all its processes, and silence until the time that a limit named. */
export function createPaceCheck(
  { scenario, now, clock }: OracleDeps,
  broken: (invariant: string, message: string) => void,
  count: (name: string) => void,
) {
  const { writesAMinute, writesAnHour } = scenario.settings;
  const clones = new Map<number, ClonePace>();
  const of = (clone: number): ClonePace => {
    const known = clones.get(clone);
    if (known) return known;
    const fresh: ClonePace = { writes: [], silent: null, jumpedAt: Number.NEGATIVE_INFINITY };
    clones.set(clone, fresh);
    return fresh;
  };
  return {
    limited: (by: Process, until: number): void => {
      const pace = of(by.clone);
      const byClock = clock(by.clone) + until - now();
      if (!pace.silent || pace.silent.until < until) pace.silent = { until, byClock, told: by };
      count('limit told');
    },
    jumped: (clone: number): void => {
      of(clone).jumpedAt = now();
    },
    /** A write with a token that is over does nothing, and is sent again at once with the next one. */
    refused: (by: Process): void => void of(by.clone).writes.pop(),
    asked: (by: Process, method: string, path: string): void => {
      const pace = of(by.clone);
      const { silent } = pace;
      // A process that crashed may have had no time to write down what it was told.
      const knows = silent !== null && (silent.told === by || silent.told.alive || !silent.told.crashed);
      count('R6 silence');
      if (silent && knows && now() < silent.until && clock(by.clone) < silent.byClock)
        broken('R6', `${by.name} asks for ${method} ${path} before the time that a limit named`);
      if (method === 'GET') return;
      pace.writes.push(now());
      if (now() - pace.jumpedAt < HOUR) return;
      const within = (ms: number): number => pace.writes.filter((t) => t > now() - ms).length;
      if (within(MINUTE) > writesAMinute)
        broken('R6', `${by.name} makes ${within(MINUTE)} writes within a minute`);
      if (within(HOUR) > writesAnHour) broken('R6', `${by.name} makes ${within(HOUR)} writes within an hour`);
    },
  };
}
