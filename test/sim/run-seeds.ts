/** What came out of one world. */
export interface Outcome {
  readonly violations: readonly Violation[];
  /** Faults that happened, and things that were checked, by kind. */
  readonly faults: ReadonlyMap<string, number>;
  readonly checks: ReadonlyMap<string, number>;
  readonly events: number;
  readonly calls: number;
  /** Processes that were started. */
  readonly invocations: number;
  readonly virtualHours: number;
  readonly trace: readonly string[];
}

export interface Violation {
  readonly invariant: string;
  readonly at: string;
  readonly message: string;
}

/** One kind of world, for the tools that all of them share. */
export interface Simulator<S> {
  /** The npm script that plays it. */
  readonly script: string;
  generate(seed: number): S;
  play(scenario: S, options?: { readonly trace?: boolean }): Promise<Outcome>;
  /** A scenario in a few words. */
  describe(scenario: S): string;
  readonly shrinking: Shrinking<S>;
}

/** What may be taken away from a scenario to find the cause of a failure. */
interface Shrinking<S> {
  size(scenario: S): number;
  /** Tries smaller scenarios, each made from the best so far. */
  pass(best: () => S, fails: (candidate: S) => Promise<boolean>): Promise<void>;
}

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
export async function runSeeds<S>(
  simulator: Simulator<S>,
  options: {
    readonly seeds: readonly number[];
    readonly until: () => boolean;
    readonly maxFailures: number;
  },
): Promise<Tally> {
  const tally = emptyTally();
  for (const seed of options.seeds) {
    if (options.until() || tally.failures.length >= options.maxFailures) break;
    const outcome = await playSafely(simulator, simulator.generate(seed));
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
export async function playSafely<S>(simulator: Simulator<S>, scenario: S, trace = false): Promise<Outcome> {
  try {
    return await simulator.play(scenario, { trace });
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
