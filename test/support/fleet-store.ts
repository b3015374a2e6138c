import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFleetDuckdb } from '../../src/adapters/fleet-duckdb.ts';
import { FLEET_TABLES, type FleetTable } from '../../src/contracts/fleet-tables.ts';
import type { FleetRows } from '../../src/contracts/generated/fleet-rows.ts';
import { appendRows, storedRows, viewFleet } from '../../src/observe/snapshot.ts';
import type { FleetStore } from '../../src/ports/fleet-store.ts';

/** A store in a directory of its own, which goes when it is closed. */
export async function tempFleetStore(): Promise<FleetStore> {
  const directory = mkdtempSync(join(tmpdir(), 'patchwarden-fleet-'));
  const store = await openFleetDuckdb({ directory, threads: 1 });
  const close = async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  };
  return { ...store, close };
}

export const NO_ROWS: FleetRows = {
  assets: [],
  components: [],
  origins: [],
  advisories: [],
  affected: [],
  kev: [],
  ssvc: [],
  epss: [],
  packages: [],
  firstSeen: [],
};

/** Puts rows where the snapshots would be; tables that are not given are empty. */
export async function loadRows(store: FleetStore, rows: Partial<FleetRows>): Promise<void> {
  const stored = storedRows({ ...NO_ROWS, ...rows });
  for (const table of Object.keys(FLEET_TABLES) as FleetTable[])
    await appendRows(store, table, table, stored);
  await viewFleet(store);
}
