import { simulate } from '../simulate.ts';
import { reconcileSimulator } from './simulator.ts';

/** `npm run sim:reconcile` */
export const main = (argv: readonly string[]): Promise<number> =>
  simulate(reconcileSimulator, new URL('./worker.js', import.meta.url), argv);
