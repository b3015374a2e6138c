import type { Config } from '../contracts/generated/config.ts';
import type { RolloutDeps } from '../rollout/rollout.ts';

/** Where a host downloads the file of a lock entry itself: only from sources that say `fetch: host`. */
export const fetchUrlOf =
  (_config: Config): NonNullable<RolloutDeps['fetchUrl']> =>
  () =>
    null;
