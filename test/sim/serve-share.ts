import { parentPort, workerData } from 'node:worker_threads';
import { runSeeds, type Simulator } from './run-seeds.ts';

/** One share of the seeds, on a core of its own. */
interface Share {
  readonly from: number;
  readonly seeds: number;
  readonly step: number;
  readonly seconds: number | null;
  readonly maxFailures: number;
}

/** The work of a thread: plays its share and sends the sums. */
export async function serveShare<S>(simulator: Simulator<S>): Promise<void> {
  // Failures of ports are part of the play; nobody reads where they were thrown.
  Error.stackTraceLimit = 0;
  const share = workerData as Share;
  const began = performance.now();
  const tally = await runSeeds(simulator, {
    seeds: Array.from({ length: share.seeds }, (_, i) => share.from + i * share.step),
    until: () => share.seconds !== null && performance.now() - began > share.seconds * 1000,
    maxFailures: share.maxFailures,
  });
  parentPort?.postMessage(tally);
}
