import { resolve } from 'node:path';
import type { Config, IntelFeed as FeedConfig } from '../contracts/generated/config.ts';
import type { FleetRows } from '../contracts/generated/fleet-rows.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { feedLabel } from '../domain/intel-feed.ts';
import type { Instant } from '../domain/time.ts';
import { type FeedFacts, staleFeeds, staleSentence } from '../observe/intel/feed-facts.ts';
import { GUARD_DEFAULTS, guardFeeds } from '../observe/intel/guard.ts';
import { type Intel, observeIntel } from '../observe/intel.ts';
import { buildSnapshot, readManifest, type Snapshot, type SnapshotManifest } from '../observe/snapshot.ts';
import type { IntelFeed } from '../ports/intel-feed.ts';
import type { SnapshotDeps } from './snapshots.ts';
import type { Wire } from './wire.ts';

type Ports = Pick<Wire, 'intelFeed' | 'intelFeedUrl'>;

export interface SyncInput {
  readonly config: Config;
  /** The policy repository, where relative paths start. */
  readonly repo: string;
  readonly now: Instant;
  /** False in a dry run: sources on web servers remember nothing. Default true. */
  readonly remember?: boolean;
  /** Feeds (path or URL, as the config has them) that a person looked at: what they became is accepted. */
  readonly accept?: readonly string[];
}

/** What became of the feeds. */
export interface IntelSync {
  /** The new snapshot; none while a feed is refused. */
  readonly snapshots: readonly Snapshot[];
  readonly counts: {
    readonly advisories: number;
    readonly exploited: number;
    readonly scored: number;
    readonly assessed: number;
  };
  readonly refused: readonly string[];
  readonly notes: readonly string[];
  readonly problems: readonly string[];
}

/** The feeds of the config as the facts of a snapshot name them, with the age that each may have. */
export const ageLimits = ({ intel }: Pick<Config, 'intel'>) =>
  intel.feeds.map((feed) => ({ ...feed, label: feedLabel(feed) }));

/**
 * Reads all feeds and compares them with what the snapshot in force was made from. Nothing is written.
 * @throws PatchwardenError `source-failed` when a feed cannot be read at all, `usage` when an accepted feed is none
 */
export async function syncIntel(ports: Ports, deps: SnapshotDeps, input: SyncInput): Promise<IntelSync> {
  const { config, now, accept = [] } = input;
  const labels = config.intel.feeds.map(feedLabel);
  for (const label of accept) if (!labels.includes(label)) throw noSuchFeed(label, labels);
  const before = await readManifest(deps.state, 'intel');
  const known = before ? await withdrawnBefore(deps, before) : { withdrawn: new Map<string, string>() };
  const intel = await observeIntel(
    config.intel.feeds.map((feed) => openFeed(ports, deps, input, feed)),
    { withdrawn: known.withdrawn },
  );
  const feeds = config.intel.feeds.map((feed, i): FeedFacts => {
    const { label = '', records = 0, newest = null } = intel.feeds[i] ?? {};
    return { label, kind: feed.kind, records, newest, fetchedAt: now };
  });
  const limits = { ...GUARD_DEFAULTS, ...config.intel.limits };
  const refusals = guardFeeds(before?.feeds ?? [], feeds, limits, now).filter(
    (r) => !accept.includes(r.label),
  );
  return {
    snapshots: refusals.length > 0 ? [] : [buildSnapshot('intel', intelRows(intel), now, new Map(), feeds)],
    counts: {
      advisories: intel.advisories.length,
      exploited: intel.kev.length,
      scored: intel.epss.length,
      assessed: new Set(intel.ssvc.map((s) => s.cve)).size,
    },
    refused: refusals.map((r) => r.label),
    notes: [
      ...(known.problem === undefined ? [] : [known.problem]),
      ...staleFeeds(feeds, ageLimits(config), now).map(staleSentence),
    ],
    problems: [
      ...refusals.map(
        ({ label, why }) =>
          `the feed ${label} ${why}: the intelligence in force stays; look at the feed, and if it is right run patchwarden sync --accept ${label}`,
      ),
      ...intel.problems,
    ],
  };
}

function openFeed(ports: Ports, deps: SnapshotDeps, input: SyncInput, feed: FeedConfig): IntelFeed {
  const { repo, remember = true } = input;
  const { kind, url, path = '', modelDate } = feed;
  if (url !== undefined) return ports.intelFeedUrl({ ...feed, url }, { state: deps.state, remember });
  // The path as the config has it, not as this machine resolves it: equal content has an equal digest anywhere.
  return ports.intelFeed(resolve(repo, path), {
    kind,
    label: path,
    ...(modelDate === undefined ? {} : { modelDate }),
  });
}

/** Advisories that the snapshot in force knows as withdrawn. What cannot be read is no reason to sync nothing. */
async function withdrawnBefore(
  { store, state }: SnapshotDeps,
  { tables }: SnapshotManifest,
): Promise<{ readonly withdrawn: ReadonlyMap<string, string>; readonly problem?: string }> {
  try {
    await store.importParquet('advisories', state.path(tables.advisories?.file ?? ''));
    const rows = await store.rows<{ advisory: string; withdrawn: string }>(
      'SELECT advisory, withdrawn FROM advisories WHERE withdrawn IS NOT NULL ORDER BY advisory',
    );
    return { withdrawn: new Map(rows.map((r) => [r.advisory, r.withdrawn])) };
  } catch (error) {
    if (!(error instanceof PatchwardenError)) throw error;
    return {
      withdrawn: new Map(),
      problem: `what was withdrawn before is not known any more: ${error.message}`,
    };
  }
}

function noSuchFeed(label: string, labels: readonly string[]): PatchwardenError {
  const known = labels.length === 0 ? 'it has none' : `it has ${labels.join(', ')}`;
  return new PatchwardenError('usage', `the config has no feed ${label}; ${known}`);
}

const intelRows = ({ advisories, affected, kev, ssvc, epss, claims, vex }: Intel): Partial<FleetRows> => ({
  advisories: [...advisories],
  affected: [...affected],
  kev: [...kev],
  ssvc: [...ssvc],
  epss: [...epss],
  claims: [...claims],
  vex: [...vex],
});
