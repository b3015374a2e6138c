import { PatchwardenError } from '../domain/errors.ts';
import { directoryOf, readManifest, type SnapshotManifest, type SnapshotName } from '../observe/snapshot.ts';
import { loadSnapshot, type SnapshotDeps } from './snapshots.ts';

/** What pins.json may name, by its own words. */
export type PinName = 'intel' | 'firstSeen' | 'labels';
export type PinDigests = Readonly<Record<PinName, string | null>>;

/** A pinned snapshot whose rows stand where those of the current one were. */
export interface PinnedSnapshot {
  readonly pin: PinName;
  readonly manifest: SnapshotManifest;
  /** The snapshot whose tables it changed. */
  readonly replaces: SnapshotName;
}

const WHAT: Readonly<Record<PinName, { readonly snapshot: SnapshotName; readonly words: string }>> = {
  intel: { snapshot: 'intel', words: 'intelligence' },
  firstSeen: { snapshot: 'first-seen', words: 'first sight' },
  labels: { snapshot: 'labels', words: 'labels' },
};

/**
 * Puts the pinned snapshots that say something else than the current ones in their place.
 *
 * Intelligence is pinned as a whole. First sight: what was remembered counts where the current memory tells a later moment, or
 * none. Labels: those of assets that the pinned snapshot has; a new asset has its own at once.
 * @throws PatchwardenError `store-failed` when one is not in the state location
 */
export async function loadPinnedSnapshots(
  deps: SnapshotDeps,
  pinned: PinDigests,
  current: PinDigests,
): Promise<readonly PinnedSnapshot[]> {
  const loaded: PinnedSnapshot[] = [];
  for (const pin of ['intel', 'firstSeen', 'labels'] as const) {
    const digest = pinned[pin];
    if (digest === null || digest === current[pin]) continue;
    const manifest = await pinnedManifest(deps, pin, digest);
    const replaces = await OVERLAY[pin](deps, manifest);
    if (replaces !== null) loaded.push({ pin, manifest, replaces });
  }
  return loaded;
}

async function pinnedManifest(
  { state }: SnapshotDeps,
  pin: PinName,
  digest: string,
): Promise<SnapshotManifest> {
  const { snapshot, words } = WHAT[pin];
  const manifest = await readManifest(state, snapshot, digest);
  if (manifest) return manifest;
  const directory = directoryOf(snapshot, digest);
  throw new PatchwardenError(
    'store-failed',
    `pins.json holds on to the ${words} ${digest}, and the state location does not have it: nothing is decided, since it may be stricter; ` +
      `restore ${state.path(directory)} from a backup, or merge a pins.json without "${pin}"`,
  );
}

type Overlay = (deps: SnapshotDeps, manifest: SnapshotManifest) => Promise<SnapshotName | null>;

const OVERLAY: Readonly<Record<PinName, Overlay>> = {
  intel: async (deps, manifest) => {
    await loadSnapshot(deps, manifest);
    return 'intel';
  },

  firstSeen: async ({ store, state }, manifest) => {
    await store.importParquet('pinned_sight', state.path(manifest.tables.firstSeen?.file ?? ''));
    await store.run(
      `CREATE OR REPLACE TABLE earlier_sight AS
       FROM pinned_sight p ANTI JOIN firstSeen c ON c.stream = p.stream AND c.origin = p.origin
         AND c.package = p.package AND c.version = p.version AND c."at" <= p."at"`,
    );
    const [earlier] = await store.rows<{ n: number }>('SELECT count(*) AS n FROM earlier_sight');
    if (!earlier?.n) return null;
    await store.run(
      `CREATE OR REPLACE TABLE firstSeen AS
       FROM firstSeen ANTI JOIN earlier_sight USING (stream, origin, package, version)
       UNION ALL BY NAME FROM earlier_sight`,
    );
    return 'first-seen';
  },

  labels: async ({ store, state }, manifest) => {
    await store.importParquet('pinned_labels', state.path(manifest.tables.labels?.file ?? ''));
    const [other] = await store.rows<{ n: number }>(
      'SELECT count(*) AS n FROM assets a JOIN pinned_labels p USING (asset) WHERE a.labels IS DISTINCT FROM p.labels',
    );
    if (!other?.n) return null;
    await store.run(
      `CREATE OR REPLACE TABLE assets AS
       SELECT a.* REPLACE (coalesce(p.labels, a.labels) AS labels) FROM assets a LEFT JOIN pinned_labels p USING (asset)
       ORDER BY a.asset`,
    );
    return 'fleet';
  },
};
