import { loadRuleCatalogue } from '../../src/adapters/policy-opa-wasm.ts';
import { assessFleet } from '../../src/assess/fleet/assess-fleet.ts';
import { labelsRead } from '../../src/assess/fleet/deadlines.ts';
import { assetFindings } from '../../src/assess/fleet/queries.ts';
import type { FleetStore } from '../../src/ports/fleet-store.ts';
import type { PolicyEngine } from '../../src/ports/policy-engine.ts';
import { loadRows } from './fleet-store.ts';
import type { NaiveWorld } from './naive-assess.ts';

const rules = await loadRuleCatalogue();

/** Puts a world into the store and assesses it. */
export async function assessWorld(
  store: FleetStore,
  policy: PolicyEngine,
  world: NaiveWorld,
  load = loadRows,
  known = false,
) {
  const { rows, asOf, feeds, ...documents } = world;
  const config = { intel: { feeds } } as never;
  await load(store, rows);
  const deps = { store, policy, reads: labelsRead(rules, world.baselines), rules, known };
  return assessFleet(deps, { documents: { config, ...documents }, asOf });
}

/** Everything that an assessment says about the assets of a world. */
export async function assessedWorld(
  store: FleetStore,
  policy: PolicyEngine,
  world: NaiveWorld,
  load = loadRows,
  known = false,
) {
  const { exceptionUse, ...totals } = await assessWorld(store, policy, world, load, known);
  const findings = await assetFindings(
    store,
    world.rows.assets.map((a) => a.asset),
  );
  return { totals, findings, uses: await exceptionUse() };
}
