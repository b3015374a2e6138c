import { replaceRows } from '../assess/fleet/relation.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { directoryOf, readManifest, type SnapshotManifest, type SnapshotName } from '../observe/snapshot.ts';
import { type BehindPin, PINS, type PinDigests, type PinName } from '../reconcile/pins.ts';
import { loadSnapshot, type SnapshotDeps, type World } from './snapshots.ts';

interface Source {
  readonly snapshot: SnapshotName;
  readonly words: string;
  /** The snapshot whose tables it stands in for. */
  readonly replaces: SnapshotName;
  /** Puts its rows in place of the current ones; false when those say nothing else. */
  readonly load: (deps: SnapshotDeps, manifest: SnapshotManifest) => Promise<boolean>;
}

/**
 * Puts the pinned snapshots that say something else than the current ones in their place.
 *
 * Intelligence is pinned as a whole. First sight: what was remembered counts where the current memory tells a later moment, or
 * none. Labels: those of assets that the pinned snapshot has; a new asset has its own at once.
 * @throws PatchwardenError `store-failed` when one is not in the state location
 */
export async function loadPinnedSnapshots(
  deps: SnapshotDeps,
  names: PinDigests,
  current: PinDigests,
): Promise<readonly BehindPin[]> {
  const behind: BehindPin[] = [];
  for (const pin of PINS) {
    const digest = names[pin];
    if (digest === null || digest === current[pin]) continue;
    const manifest = await pinnedManifest(deps, pin, digest);
    behind.push({ pin, since: manifest.at, differs: await SOURCE[pin].load(deps, manifest) });
  }
  return behind;
}

/** Loads the current snapshots again in place of the pinned ones. */
export async function restoreCurrent(
  deps: SnapshotDeps,
  { manifests }: World,
  behind: readonly BehindPin[],
): Promise<void> {
  for (const { pin, differs } of behind) {
    const manifest = manifests.get(SOURCE[pin].replaces);
    if (differs && manifest) await loadSnapshot(deps, manifest);
  }
}

async function pinnedManifest(
  { state }: SnapshotDeps,
  pin: PinName,
  digest: string,
): Promise<SnapshotManifest> {
  const { snapshot, words } = SOURCE[pin];
  const manifest = await readManifest(state, snapshot, digest);
  if (manifest) return manifest;
  throw new PatchwardenError(
    'store-failed',
    `pins.json holds on to the ${words} ${digest}, which the state location does not have; it may be stricter, so nothing is decided without it: ` +
      `restore ${state.path(directoryOf(snapshot, digest))}, or merge a pins.json without "${pin}"`,
  );
}

const SOURCE: Readonly<Record<PinName, Source>> = {
  intel: {
    snapshot: 'intel',
    words: 'intelligence',
    replaces: 'intel',
    load: async (deps, manifest) => {
      await loadSnapshot(deps, manifest);
      return true;
    },
  },

  firstSeen: {
    snapshot: 'first-seen',
    words: 'first sight',
    replaces: 'first-seen',
    load: async ({ store, state }, { tables }) => {
      await store.importParquet('pinned_sight', state.path(tables.firstSeen?.file ?? ''));
      await store.run(
        `CREATE OR REPLACE TABLE earlier_sight AS
         FROM pinned_sight p ANTI JOIN firstSeen c ON c.stream = p.stream AND c.origin = p.origin
           AND c.package = p.package AND c.version = p.version AND c."at" <= p."at"`,
      );
      const [earlier] = await store.rows<{ n: number }>('SELECT count(*) AS n FROM earlier_sight');
      if (!earlier?.n) return false;
      await store.run(
        `CREATE OR REPLACE TABLE firstSeen AS
         FROM firstSeen ANTI JOIN earlier_sight USING (stream, origin, package, version)
         UNION ALL BY NAME FROM earlier_sight`,
      );
      return true;
    },
  },

  labels: {
    snapshot: 'labels',
    words: 'labels',
    replaces: 'fleet',
    load: async ({ store, state }, { tables }) => {
      await store.importParquet('pinned_labels', state.path(tables.labels?.file ?? ''));
      const [other] = await store.rows<{ n: number }>(
        'SELECT count(*) AS n FROM assets a JOIN pinned_labels p USING (asset) WHERE a.labels IS DISTINCT FROM p.labels',
      );
      if (!other?.n) return false;
      await replaceRows(
        store,
        'assets',
        // Columns of single labels would tell the current ones.
        `SELECT COLUMNS(lambda c: c NOT IN ('labels', 'labelOf')), coalesce(p.labels, a.labels) AS labels
         FROM assets a LEFT JOIN pinned_labels p USING (asset)`,
      );
      return true;
    },
  },
};
