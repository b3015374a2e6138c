import {
  createTableSql,
  FLEET_TABLES,
  FLEET_VIEWS,
  type FleetTable,
  ROW_TABLES,
  type RowTable,
} from '../contracts/fleet-tables.ts';
import type { AssetRow, FleetRows } from '../contracts/generated/fleet-rows.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { Instant } from '../domain/time.ts';
import type { Cell, FleetStore } from '../ports/fleet-store.ts';
import type { StateStore } from '../ports/state-store.ts';
import { digestOf, sha256Hex } from '../util/digest.ts';
import { sortedBy } from '../util/sort.ts';
import { storedFleet } from './fleet-form.ts';
import { type FeedFacts, readFeedFacts } from './intel/feed-facts.ts';
import { addLabelColumns } from './label-columns.ts';

/**
 * What is refreshed together. First sight is a memory of its own: it outlives every package index. So are labels, which
 * only repeat what the assets have: pins.json can name them without naming installed packages.
 */
export const SNAPSHOT_TABLES = {
  intel: ['advisories', 'affected', 'kev', 'ssvc', 'epss', 'claims', 'vex'],
  packages: ['packages'],
  'first-seen': ['firstSeen'],
  fleet: ['assets', 'shapes', 'sets', 'setBundles', 'bundles', 'installed', 'originSets', 'streamBundles'],
  labels: ['labels'],
} as const satisfies Record<string, readonly FleetTable[]>;

/** What was told, and the digest is of. */
const TOLD = { ...SNAPSHOT_TABLES, fleet: ['assets', 'components', 'origins'] } as const satisfies Record<
  string,
  readonly RowTable[]
>;

/** Tables that a snapshot written by an earlier version does not have. */
const LATER_TABLES: ReadonlySet<FleetTable> = new Set(['ssvc', 'epss', 'claims', 'vex']);

export type SnapshotName = keyof typeof SNAPSHOT_TABLES;

/** The verb that refreshes a snapshot. */
export const MADE_BY: Readonly<Record<SnapshotName, 'sync' | 'scan'>> = {
  intel: 'sync',
  packages: 'sync',
  'first-seen': 'sync',
  fleet: 'scan',
  labels: 'scan',
};

/**
 * The small file that names the current snapshot: `<name>/manifest.json` in the state location. Each snapshot has its own
 * beside its tables, `<name>/<hex>/manifest.json`, so that a pinned one can be found again.
 */
export interface SnapshotManifest {
  readonly snapshot: SnapshotName;
  /** Digest of the content of the rows: equal facts have an equal digest, on any machine and in any order. */
  readonly digest: string;
  /** When it was last refreshed. */
  readonly at: Instant;
  readonly tables: Readonly<Record<string, { readonly file: string; readonly rows: number }>>;
  /** Intelligence only: what it was made from. No content: the digest does not know when a feed was fetched. */
  readonly feeds?: readonly FeedFacts[];
}

/** A snapshot as a value: nothing is written yet. */
export interface Snapshot {
  readonly manifest: SnapshotManifest;
  readonly rows: Partial<FleetRows>;
  /** The same as they are written. */
  readonly stored: StoredRows;
  /** Further files of the snapshot, by name below its directory. */
  readonly files: ReadonlyMap<string, string>;
}

const manifestName = (name: SnapshotName, digest?: string): string =>
  `${digest === undefined ? name : directoryOf(name, digest)}/manifest.json`;

/** Builds a snapshot from rows. Further `files` do not count for the digest: they only repeat what rows say. */
export function buildSnapshot(
  name: SnapshotName,
  rows: Partial<FleetRows>,
  at: Instant,
  files: ReadonlyMap<string, string> = new Map(),
  feeds?: readonly FeedFacts[],
): Snapshot {
  const digest = rowsDigest(name, rows);
  const stored = storedRows(rows);
  const tables = SNAPSHOT_TABLES[name].map((table) => [
    table,
    { file: `${directoryOf(name, digest)}/${table}.parquet`, rows: stored[table]?.length ?? 0 },
  ]);
  const manifest = { snapshot: name, digest, at, tables: Object.fromEntries(tables) };
  return { manifest: feeds === undefined ? manifest : { ...manifest, feeds }, rows, stored, files };
}

/** Writes the tables, then the files, then the manifest: a killed process leaves the previous snapshot in force. */
export async function writeSnapshot(
  deps: { readonly store: FleetStore; readonly state: StateStore },
  snapshot: Snapshot,
): Promise<void> {
  const { store, state } = deps;
  const { manifest } = snapshot;
  for (const table of SNAPSHOT_TABLES[manifest.snapshot]) {
    const file = manifest.tables[table]?.file ?? '';
    const staged = `staged_${table}`;
    await appendRows(store, staged, table, snapshot.stored);
    if (table === 'assets') await addLabelColumns(store, staged);
    await store.exportParquet(staged, state.path(file));
    await store.run(`DROP TABLE "${staged}"`);
  }
  for (const [file, text] of sortedBy(snapshot.files, ([file]) => file))
    await state.write(`${directoryOf(manifest.snapshot, manifest.digest)}/${file}`, text);
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  await state.write(manifestName(manifest.snapshot, manifest.digest), text);
  await state.write(manifestName(manifest.snapshot), text);
}

/**
 * The manifest of the current snapshot, or of the one with this digest; undefined when there is none. Throws `store-failed`
 * when it is damaged.
 */
export async function readManifest(
  state: Pick<StateStore, 'read' | 'path'>,
  name: SnapshotName,
  wanted?: string,
): Promise<SnapshotManifest | undefined> {
  const text = await state.read(manifestName(name, wanted));
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (isManifest(value, name) && (wanted ?? value.digest) === value.digest) return value;
  throw new PatchwardenError(
    'store-failed',
    `${state.path(manifestName(name, wanted))} is damaged, or of an earlier version: ${wanted === undefined ? `delete it and run patchwarden ${MADE_BY[name]}` : `restore ${directoryOf(name, wanted)}`}`,
  );
}

/** Where the further files of a snapshot lie, such as `fleet/<hex>`. */
export const directoryOf = (name: SnapshotName, digest: string): string =>
  `${name}/${digest.replace('sha256:', '')}`;

/** Rows by the table that they are stored in. */
type StoredRows = Readonly<Partial<Record<FleetTable, readonly object[]>>>;

/** Rows as they are told, as they are stored. */
export function storedRows(rows: Partial<FleetRows>): StoredRows {
  const { assets = [], components = [], origins = [], ...others } = rows;
  return { ...others, ...storedFleet({ assets, components, origins }) };
}

/** Creates `into` with the rows of one table; the labels of assets become a map. */
export async function appendRows(
  store: FleetStore,
  into: string,
  table: FleetTable,
  rows: StoredRows,
): Promise<void> {
  const columns = FLEET_TABLES[table];
  const names = Object.keys(columns);
  await store.run(createTableSql(into, columns));
  await store.append(into, names, cells(names, rows[table] ?? []));
  if (table !== 'assets' && table !== 'labels') return;
  await store.run(
    `CREATE OR REPLACE TABLE "${into}" AS SELECT * EXCLUDE (labelNames, labelValues),
       map(labelNames, labelValues) AS labels FROM "${into}" ORDER BY asset`,
  );
}

/** Over the tables of a fleet, once they are there: `FLEET_VIEWS`. */
export async function viewFleet(store: FleetStore): Promise<void> {
  for (const [view, sql] of Object.entries(FLEET_VIEWS))
    await store.run(`CREATE OR REPLACE VIEW ${view} AS ${sql}`);
}

function* cells(names: readonly string[], rows: readonly object[]): Generator<readonly Cell[]> {
  for (const row of rows) {
    const flat = 'labels' in row ? flatLabels(row as AssetRow) : (row as Record<string, Cell>);
    yield names.map((name) => flat[name] ?? null);
  }
}

function flatLabels(row: Partial<AssetRow> & Pick<AssetRow, 'labels'>): Record<string, Cell> {
  const { labels, ...rest } = row;
  const sorted = sortedBy(Object.entries(labels), ([label]) => label);
  return { ...rest, labelNames: sorted.map(([label]) => label), labelValues: sorted.map(([, v]) => v) };
}

/** When a host was looked at is no content; everything else is. Row digests are sorted, so order does not count. */
function rowsDigest(name: SnapshotName, rows: Partial<FleetRows>): string {
  const tables = TOLD[name].map((table) => {
    const names = Object.keys(ROW_TABLES[table]).filter((column) => column !== 'observedAt');
    const lines: string[] = [];
    for (const row of cells(names, rows[table] ?? [])) lines.push(sha256Hex(JSON.stringify(row)));
    return [table, sha256Hex(lines.sort().join('\n'))];
  });
  return digestOf({ snapshot: name, tables: Object.fromEntries(tables) });
}

function isManifest(value: unknown, name: SnapshotName): value is SnapshotManifest {
  if (typeof value !== 'object' || value === null) return false;
  const { snapshot, digest, at, tables, feeds } = value as Record<string, unknown>;
  if (snapshot !== name || typeof at !== 'string') return false;
  if (feeds !== undefined && readFeedFacts(feeds) === undefined) return false;
  if (typeof digest !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(digest)) return false;
  if (typeof tables !== 'object' || tables === null) return false;
  return SNAPSHOT_TABLES[name].every((table) => {
    const entry = (tables as Record<string, { file?: unknown } | undefined>)[table];
    if (entry === undefined) return LATER_TABLES.has(table);
    return entry.file === `${directoryOf(name, digest)}/${table}.parquet`;
  });
}
