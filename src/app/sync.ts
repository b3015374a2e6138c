import { resolve } from 'node:path';
import type { PackageSourceConfig } from '../contracts/generated/config.ts';
import type { FirstSeenRow } from '../contracts/generated/fleet-rows.ts';
import { unreachable } from '../domain/errors.ts';
import { updateFirstSeen } from '../observe/first-seen.ts';
import { offeredRows } from '../observe/offered.ts';
import { buildSnapshot, readManifest, type Snapshot } from '../observe/snapshot.ts';
import type { Clock } from '../ports/clock.ts';
import type { PackageIndex, PackageSource, RpmIndex } from '../ports/package-source.ts';
import type { StateStore } from '../ports/state-store.ts';
import { sortedBy } from '../util/sort.ts';
import { loadSnapshot, type SnapshotDeps } from './snapshots.ts';
import { type SyncInput, syncIntel } from './sync-intel.ts';
import type { Wire } from './wire.ts';

/** What a sync would write, and what it saw. */
export interface SyncPlan {
  /** First sight before packages: a package that is offered has always been seen. */
  readonly snapshots: readonly Snapshot[];
  readonly advisories: number;
  readonly exploited: number;
  /** Vulnerabilities with an EPSS score. */
  readonly scored: number;
  /** Vulnerabilities with an SSVC assessment. */
  readonly assessed: number;
  readonly packages: number;
  /** Packages that were not seen before. */
  readonly fresh: number;
  /** Feeds that a person has to look at first: while there are any, the intelligence in force stays. */
  readonly refused: readonly string[];
  /** What could not be read or is refused, each a sentence; the rest is in the snapshots. */
  readonly problems: readonly string[];
  /** What the config leaves unchecked, each a sentence. */
  readonly notes: readonly string[];
}

type SourcePorts = Pick<Wire, 'aptLists' | 'aptDirectory' | 'urlSource'>;
type Ports = SourcePorts & Pick<Wire, 'intelFeed' | 'intelFeedUrl'>;

/**
 * Reads feeds and package sources into snapshots. Nothing is written.
 * @throws PatchwardenError `source-failed` when a feed or source cannot be read at all: then the old snapshots stay
 */
export async function buildSync(ports: Ports, deps: SnapshotDeps, input: SyncInput): Promise<SyncPlan> {
  const { config, repo, now, remember = true } = input;
  const intel = await syncIntel(ports, deps, input);
  const place = { repo, state: deps.state, clock: { now: () => now }, remember };
  const sources = [];
  for (const source of sortedBy(config.packages.sources, (s) => s.id))
    sources.push({ source, indexes: await openSource(ports, place, source).indexes() });
  const streams = config.fleet.sources.flatMap((s) => ('stream' in s && s.stream ? [s.stream] : []));
  const offered = offeredRows(sources, [...streams, ...(await fleetStreams(deps))]);
  const remembered = await rememberedRows(deps);
  const firstSeen = updateFirstSeen(remembered, offered.rows, now);
  return {
    snapshots: [
      buildSnapshot('first-seen', { firstSeen }, now),
      ...intel.snapshots,
      buildSnapshot('packages', { packages: [...offered.rows] }, now),
    ],
    ...intel.counts,
    packages: offered.rows.length,
    fresh: firstSeen.length - remembered.length,
    problems: [...intel.problems, ...offered.problems],
    refused: intel.refused,
    notes: [...config.packages.sources.flatMap(uncheckedNote), ...intel.notes],
  };
}

/** Where a package source finds its key file, and what was accepted of it before. */
export interface SourcePlace {
  readonly repo: string;
  readonly state: StateStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly remember: boolean;
}

/** The package source of one entry of the config. */
export function openSource(
  ports: SourcePorts,
  place: SourcePlace,
  source: PackageSourceConfig,
): PackageSource<PackageIndex | RpmIndex> {
  switch (source.kind) {
    case 'apt-lists':
      return ports.aptLists(resolve(place.repo, source.path), source.id);
    case 'apt-directory':
      return ports.aptDirectory(resolve(place.repo, source.path), source.id);
    case 'apt-url':
    case 'rpm-url':
      return ports.urlSource(source, place);
    default:
      return unreachable(source);
  }
}

/** An opt-out is no secret: every sync says it. */
function uncheckedNote(source: PackageSourceConfig): readonly string[] {
  if (source.kind !== 'apt-url' && source.kind !== 'rpm-url') return [];
  switch (source.signature ?? 'required') {
    case 'required':
      return [];
    case 'packages':
      return [
        `the package source ${source.id} has its index unchecked ("signature": "packages"): somebody on the way can hold updates back`,
      ];
    default:
      return [
        `the package source ${source.id} is unsigned ("signature": "none"): somebody on the way can offer other packages, until a lock pins their digests`,
      ];
  }
}

async function rememberedRows(deps: SnapshotDeps): Promise<readonly FirstSeenRow[]> {
  const manifest = await readManifest(deps.state, 'first-seen');
  if (!manifest) return [];
  await loadSnapshot(deps, manifest);
  return deps.store.rows<FirstSeenRow>('SELECT * FROM firstSeen');
}

async function fleetStreams(deps: SnapshotDeps): Promise<readonly string[]> {
  const manifest = await readManifest(deps.state, 'fleet');
  if (!manifest) return [];
  await loadSnapshot(deps, manifest);
  const rows = await deps.store.rows<{ stream: string }>(
    'SELECT DISTINCT stream FROM shapes WHERE stream IS NOT NULL ORDER BY stream',
  );
  return rows.map((r) => r.stream);
}
