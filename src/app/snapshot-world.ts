import type { Config } from '../contracts/generated/config.ts';
import { stateDir } from './locations.ts';
import { buildScan, type ScanPlan } from './scan.ts';
import { writeSnapshots } from './snapshots.ts';
import { buildSync, type SyncPlan } from './sync.ts';
import type { Wire } from './wire.ts';

/** Hosts first, since their streams say which packages matter; then advisories and package indexes. */
export async function snapshotWorld(
  wire: Wire,
  input: { readonly repo: string; readonly config: Config },
): Promise<{ readonly scan: ScanPlan; readonly sync: SyncPlan }> {
  const directory = stateDir(input.repo, input.config);
  const deps = { store: await wire.fleetStore(directory), state: wire.stateStore(directory) };
  const now = wire.clock.now();
  try {
    const scan = await buildScan(wire, { ...input, now });
    await writeSnapshots(deps, scan.snapshots);
    const sync = await buildSync(wire, deps, { ...input, now });
    await writeSnapshots(deps, sync.snapshots);
    return { scan, sync };
  } finally {
    await deps.store.close();
  }
}
