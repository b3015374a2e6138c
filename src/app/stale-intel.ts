import type { Config } from '../contracts/generated/config.ts';
import type { Instant } from '../domain/time.ts';
import { type StaleFeed, staleFeeds } from '../observe/intel/feed-facts.ts';
import type { SnapshotManifest } from '../observe/snapshot.ts';
import { ageLimits } from './sync-intel.ts';

/**
 * Feeds of the intelligence in force that are older than the config allows at a moment. A feed of the config that the
 * snapshot was not made from is not judged: the next sync reads it.
 */
export const staleIntel = (
  intel: Pick<SnapshotManifest, 'feeds'> | undefined,
  config: Pick<Config, 'intel'>,
  asOf: Instant,
): readonly StaleFeed[] => staleFeeds(intel?.feeds ?? [], ageLimits(config), asOf);
