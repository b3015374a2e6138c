import { rolloutSimulator } from './rollout-simulator.ts';
import { simulate } from './simulate.ts';

/** `npm run sim:rollout` */
export const main = (argv: readonly string[]): Promise<number> =>
  simulate(rolloutSimulator, new URL('./worker.js', import.meta.url), argv);
