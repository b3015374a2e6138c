import type { Config } from '../contracts/generated/config.ts';
import type { Instant } from '../domain/time.ts';
import { type StaleFeed, staleFeeds } from '../observe/intel/feed-facts.ts';
import { readManifest } from '../observe/snapshot.ts';
import type { StateStore } from '../ports/state-store.ts';
import { ageLimits } from './sync-intel.ts';

/**
 * Feeds of the intelligence in force that are older than the config allows at a moment. A feed of the config that the
 * snapshot was not made from is not judged: the next sync reads it.
 * @throws PatchwardenError `store-failed` when the manifest is damaged
 */
export async function staleIntel(
  state: Pick<StateStore, 'read' | 'path'>,
  config: Pick<Config, 'intel'>,
  asOf: Instant,
): Promise<readonly StaleFeed[]> {
  const manifest = await readManifest(state, 'intel');
  return staleFeeds(manifest?.feeds ?? [], ageLimits(config), asOf);
}
