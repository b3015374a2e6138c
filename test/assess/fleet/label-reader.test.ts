import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { openFleetDuckdb } from '../../../src/adapters/fleet-duckdb.ts';
import { loadPolicyEngine } from '../../../src/adapters/policy-opa-wasm.ts';
import { directoryStateStore } from '../../../src/adapters/state-store-directory.ts';
import { loadSnapshot } from '../../../src/app/snapshots.ts';
import { labelReader } from '../../../src/assess/fleet/label-reader.ts';
import type { FleetRows } from '../../../src/contracts/generated/fleet-rows.ts';
import { buildSnapshot, SNAPSHOT_TABLES, writeSnapshot } from '../../../src/observe/snapshot.ts';
import type { FleetStore } from '../../../src/ports/fleet-store.ts';
import { fleetWorlds, ofFleets } from '../../support/arbitrary-fleet.ts';
import { assessedWorld } from '../../support/assessed-world.ts';
import { loadRows, tempFleetStore } from '../../support/fleet-store.ts';
import { anAsset, aWorld } from '../../support/fleet-world.ts';
import { sideBySide } from '../../support/side-by-side.ts';
import { FLEETS } from '../../support/sizes.ts';
import { tempDir } from '../../support/temp-dir.ts';

const TOGETHER = 10;
const engine = await loadPolicyEngine();

/** A store whose fleet is a snapshot on disk; the rest is in memory. */
async function snapshotStore() {
  const directory = tempDir();
  const state = directoryStateStore(directory);
  const opened = await openFleetDuckdb({ directory, threads: 1 });
  onTestFinished(() => opened.close());
  const load = async (store: FleetStore, rows: Partial<FleetRows>) => {
    for (const table of SNAPSHOT_TABLES.fleet) await store.run(`DROP VIEW IF EXISTS ${table}`);
    await loadRows(store, rows);
    for (const table of SNAPSHOT_TABLES.fleet) await store.run(`DROP TABLE ${table}`);
    const snapshot = buildSnapshot('fleet', rows, '2024-10-24T00:00:00Z');
    await writeSnapshot({ store, state }, snapshot);
    await loadSnapshot({ store, state }, snapshot.manifest);
  };
  return { store: opened, load };
}

it(
  'an assessment by columns of labels is the one by their map',
  async () => {
    const memory = await tempFleetStore();
    onTestFinished(() => memory.close());
    const { store, load } = await snapshotStore();
    const property = fc.asyncProperty(fleetWorlds(TOGETHER), async (worlds) => {
      const world = sideBySide(worlds);
      const told = await assessedWorld(store, engine, world, load);
      expect((await labelReader(store))('world')).toBe("labelOf['world']");
      expect(told).toEqual(await assessedWorld(memory, engine, world));
    });
    await fc.assert(property, { ...ofFleets(Math.ceil(FLEETS / TOGETHER)), unbiased: true });
  },
  FLEETS * 10_000,
);

it.each([
  ['a snapshot with columns', { env: 'prod' }, ["labelOf['env']", 'NULL::VARCHAR']],
  ['one without', { env: 'prod', 'Odd name': 'x' }, ["labels['env']", "labels['role']"]],
])('a label of %s', async (_name, labels, expected) => {
  const { store, load } = await snapshotStore();
  await load(store, aWorld([anAsset('host', labels)]));
  const read = await labelReader(store);
  expect(['env', 'role'].map(read)).toEqual(expected);
  expect(await store.rows(`SELECT ${read('env')} AS env, ${read('role')} AS role FROM assets`)).toEqual([
    { env: 'prod', role: null },
  ]);
});
