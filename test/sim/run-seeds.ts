import { generate } from './generate.ts';
import type { Scenario } from './scenario.ts';
import { type Outcome, play } from './world.ts';

/** Sums over many seeds, as plain data that a worker can send. */
export interface Tally {
  seeds: number;
  calls: number;
  events: number;
  invocations: number;
  virtualHours: number;
  readonly faults: Record<string, number>;
  readonly checks: Record<string, number>;
  readonly failures: Failure[];
}

interface Failure {
  readonly seed: number;
  readonly invariant: string;
  readonly at: string;
  readonly message: string;
}

export const emptyTally = (): Tally => ({
  seeds: 0,
  calls: 0,
  events: 0,
  invocations: 0,
  virtualHours: 0,
  faults: {},
  checks: {},
  failures: [],
});

const addAll = (to: Record<string, number>, from: Iterable<readonly [string, number]>): void => {
  for (const [key, n] of from) to[key] = (to[key] ?? 0) + n;
};

export function addTally(to: Tally, from: Tally): void {
  for (const key of ['seeds', 'calls', 'events', 'invocations', 'virtualHours'] as const)
    to[key] += from[key];
  addAll(to.faults, Object.entries(from.faults));
  addAll(to.checks, Object.entries(from.checks));
  to.failures.push(...from.failures);
}

/** Plays seeds until the range or the time ends, or enough failed. */
export async function runSeeds(options: {
  readonly seeds: readonly number[];
  readonly until: () => boolean;
  readonly maxFailures: number;
}): Promise<Tally> {
  const tally = emptyTally();
  for (const seed of options.seeds) {
    if (options.until() || tally.failures.length >= options.maxFailures) break;
    const outcome = await playSafely(generate(seed));
    tally.seeds += 1;
    tally.calls += outcome.calls;
    tally.events += outcome.events;
    tally.invocations += outcome.invocations;
    tally.virtualHours += outcome.virtualHours;
    addAll(tally.faults, outcome.faults);
    addAll(tally.checks, outcome.checks);
    const [first] = outcome.violations;
    if (first) tally.failures.push({ seed, ...first });
  }
  return tally;
}

/** A failure of the world itself counts as one of the seed. */
export async function playSafely(scenario: Scenario, trace = false): Promise<Outcome> {
  try {
    return await play(scenario, { trace });
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return {
      violations: [{ invariant: 'world', at: '', message }],
      faults: new Map(),
      checks: new Map(),
      events: 0,
      calls: 0,
      invocations: 0,
      virtualHours: 0,
      trace: [],
    };
  }
}
