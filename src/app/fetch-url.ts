import type { Config } from '../contracts/generated/config.ts';
import { hostFetchUrl } from '../domain/repository-url.ts';
import type { RolloutDeps } from '../rollout/rollout.ts';

/** Where a host downloads the file of a lock entry itself: only from sources that say `fetch: host`. */
export function fetchUrlOf({ packages }: Pick<Config, 'packages'>): NonNullable<RolloutDeps['fetchUrl']> {
  return ({ source, filename }) => {
    const config = packages.sources.find((s) => s.id === source);
    if (config?.fetch !== 'host' || filename === null) return null;
    return hostFetchUrl(config, { filename });
  };
}
