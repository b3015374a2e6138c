import { parentPort, workerData } from 'node:worker_threads';
import { runSeeds } from './run-seeds.ts';

/** One share of the seeds, on a core of its own. */
interface Share {
  readonly from: number;
  readonly seeds: number;
  readonly step: number;
  readonly seconds: number | null;
  readonly maxFailures: number;
}

/** Failures of ports are part of the play; nobody reads where they were thrown. */
Error.stackTraceLimit = 0;
const share = workerData as Share;
const began = performance.now();
const seeds = Array.from({ length: share.seeds }, (_, i) => share.from + i * share.step);
const tally = await runSeeds({
  seeds,
  until: () => share.seconds !== null && performance.now() - began > share.seconds * 1000,
  maxFailures: share.maxFailures,
});
parentPort?.postMessage(tally);
