import { createTableSql, FLEET_TABLES } from '../contracts/fleet-tables.ts';
import { PatchwardenError } from '../domain/errors.ts';
import {
  MADE_BY,
  readManifest,
  SNAPSHOT_TABLES,
  type Snapshot,
  type SnapshotManifest,
  type SnapshotName,
  viewFleet,
  writeSnapshot,
} from '../observe/snapshot.ts';
import type { FleetStore } from '../ports/fleet-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { StateStore } from '../ports/state-store.ts';

export interface SnapshotDeps {
  readonly store: FleetStore;
  readonly state: StateStore;
}

/** Digests of the content of the snapshots that a world was loaded from. */
export interface WorldDigests {
  readonly fleet: string;
  readonly intel: string;
  readonly packages: string;
  readonly firstSeen: string;
  /** null: the last scan was made before labels were a snapshot. */
  readonly labels: string | null;
}

/** The current world: what was loaded, and its labels, whose rows the fleet has as well. */
export interface World {
  readonly digests: WorldDigests;
  readonly manifests: ReadonlyMap<SnapshotName, SnapshotManifest>;
}

/** Writes snapshots one after the other; each is in force as soon as its manifest is on disk. */
export async function writeSnapshots(deps: SnapshotDeps, snapshots: readonly Snapshot[]): Promise<void> {
  for (const snapshot of snapshots) await writeSnapshot(deps, snapshot);
}

/** Instead of {@link writeSnapshots} in a dry run. */
export const tellSnapshots = (log: Pick<Logger, 'info'>, snapshots: readonly Snapshot[]): void => {
  for (const { manifest } of snapshots)
    for (const table of Object.values(manifest.tables))
      log.info(`dry run: would write ${table.rows} rows to ${table.file}`);
};

/** Labels are in the fleet already. */
const WORLD = ['intel', 'packages', 'first-seen', 'fleet'] as const satisfies readonly SnapshotName[];

/**
 * Loads the current snapshots into the tables of the same names.
 * @throws PatchwardenError `usage` when one was never made, `store-failed` when one cannot be read
 */
export async function loadWorld({ store, state }: SnapshotDeps): Promise<World> {
  const manifests = new Map<SnapshotName, SnapshotManifest>();
  const missing = new Set<string>();
  for (const name of WORLD) {
    const manifest = await readManifest(state, name);
    if (manifest) manifests.set(name, manifest);
    else missing.add(MADE_BY[name]);
  }
  if (missing.size > 0)
    throw new PatchwardenError(
      'usage',
      `there is nothing to decide on in the state location yet: run ${[...missing].map((verb) => `patchwarden ${verb}`).join(' and ')} first`,
    );
  for (const manifest of manifests.values()) await loadSnapshot({ store, state }, manifest);
  const labels = await readManifest(state, 'labels');
  if (labels) manifests.set('labels', labels);
  const digest = (name: SnapshotName): string => manifests.get(name)?.digest ?? '';
  const digests = {
    fleet: digest('fleet'),
    intel: digest('intel'),
    packages: digest('packages'),
    firstSeen: digest('first-seen'),
    labels: labels?.digest ?? null,
  };
  return { digests, manifests };
}

/** Loads the tables of one snapshot; the fleet, which is large and read once, as views on its files. */
export async function loadSnapshot(
  { store, state }: SnapshotDeps,
  manifest: SnapshotManifest,
): Promise<void> {
  const load = manifest.snapshot === 'fleet' ? store.viewParquet : store.importParquet;
  for (const table of SNAPSHOT_TABLES[manifest.snapshot]) {
    const written = manifest.tables[table];
    // A snapshot of before the table was known says nothing of it.
    if (written) await load(table, state.path(written.file));
    else await store.run(createTableSql(table, FLEET_TABLES[table]));
  }
  if (manifest.snapshot === 'fleet') await viewFleet(store);
}
