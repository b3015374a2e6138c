import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFleetDuckdb } from '../../src/adapters/fleet-duckdb.ts';
import { directoryStateStore } from '../../src/adapters/state-store-directory.ts';
import { loadSnapshot } from '../../src/app/snapshots.ts';
import { appendRows, buildSnapshot, storedRows, writeSnapshot } from '../../src/observe/snapshot.ts';
import type { FleetStore } from '../../src/ports/fleet-store.ts';
import type { StateStore } from '../../src/ports/state-store.ts';
import { anAsset } from '../support/fleet-world.ts';
import { sharedDir } from '../support/temp-dir.ts';

let store: FleetStore;
let state: StateStore;
beforeAll(async () => {
  const directory = sharedDir();
  store = await openFleetDuckdb({ directory });
  state = directoryStateStore(directory);
});
afterAll(() => store.close());

type Labels = Readonly<Record<string, string>>;

/** Writes and loads a fleet with these labels; the columns of `assets` that tell labels. */
async function loaded(fleet: readonly Labels[]): Promise<readonly string[]> {
  const assets = fleet.map((labels, i) => anAsset(`host-${i}`, labels));
  const snapshot = buildSnapshot('fleet', { assets }, '2024-10-24T00:00:00Z');
  await writeSnapshot({ store, state }, snapshot);
  await loadSnapshot({ store, state }, snapshot.manifest);
  await appendRows(store, 'in_memory', 'assets', storedRows({ assets }));
  const columns = await store.rows<{ column_name: string }>(
    "SELECT column_name FROM (DESCRIBE assets) WHERE column_name LIKE 'label%'",
  );
  return columns.map((c) => c.column_name);
}

const DIFFERENT = `SELECT asset FROM assets a FULL JOIN in_memory m USING (asset)
  WHERE a.labels IS DISTINCT FROM m.labels OR a.source IS DISTINCT FROM m.source`;

describe('labels in the snapshot of a fleet', () => {
  it('have a column each beside the map, null where an asset has none', async () => {
    const fleet = [{ env: "o'hare", 'a.b-c_1': '' }, {}, { role: 'db', env: 'prod' }];
    expect(await loaded(fleet)).toEqual(['labels', 'labelOf']);
    expect(await store.rows(DIFFERENT)).toEqual([]);
    expect(await store.rows('SELECT asset, labelOf FROM assets ORDER BY asset')).toEqual([
      { asset: 'host-0', labelOf: { 'a.b-c_1': '', env: "o'hare", role: null } },
      { asset: 'host-1', labelOf: { 'a.b-c_1': null, env: null, role: null } },
      { asset: 'host-2', labelOf: { 'a.b-c_1': null, env: 'prod', role: 'db' } },
    ]);
  });

  const many = (count: number): Labels =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`label-${i}`, `${i}`]));
  it.each<[string, readonly Labels[], readonly string[]]>([
    ['no asset', [], ['labels']],
    ['no label', [{}, {}], ['labels']],
    ['a name with a quote', [{ env: 'prod' }, { "o'hare": 'x' }], ['labels']],
    ['names that differ in case alone', [{ env: 'prod', ENV: 'test' }], ['labels']],
    ['an empty name', [{ '': 'x' }], ['labels']],
    ['64 labels', [many(64)], ['labels', 'labelOf']],
    ['65 labels', [many(65)], ['labels']],
  ])('of %s: the map is what it was', async (_name, fleet, columns) => {
    expect(await loaded(fleet)).toEqual(columns);
    expect(await store.rows(DIFFERENT)).toEqual([]);
  });
});
