import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFleetDuckdb } from '../../src/adapters/fleet-duckdb.ts';
import { FLEET_TABLES, type FleetTable } from '../../src/contracts/fleet-tables.ts';
import type { FleetRows } from '../../src/contracts/generated/fleet-rows.ts';
import { appendRows } from '../../src/observe/snapshot.ts';
import type { FleetStore } from '../../src/ports/fleet-store.ts';

export const tempFleetStore = (): Promise<FleetStore> =>
  openFleetDuckdb({ directory: mkdtempSync(join(tmpdir(), 'patchwarden-fleet-')), threads: 1 });

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
  for (const table of Object.keys(FLEET_TABLES) as FleetTable[])
    await appendRows(store, table, table, { ...NO_ROWS, ...rows });
}
