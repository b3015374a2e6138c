import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPolicyEngine, loadRuleCatalogue } from '../../../src/adapters/policy-opa-wasm.ts';
import { assessFleet } from '../../../src/assess/fleet/assess-fleet.ts';
import { labelsRead } from '../../../src/assess/fleet/deadlines.ts';
import { assetFindings } from '../../../src/assess/fleet/queries.ts';
import type { FleetStore } from '../../../src/ports/fleet-store.ts';
import { fleetWorld } from '../../support/arbitrary-fleet.ts';
import { loadRows, tempFleetStore } from '../../support/fleet-store.ts';
import { type NaiveFinding, type NaiveWorld, naiveAssess } from '../../support/naive-assess.ts';

let store: FleetStore;
beforeAll(async () => {
  store = await tempFleetStore();
});
afterAll(() => store.close());

const policy = await loadPolicyEngine();
const rules = await loadRuleCatalogue();
const config = { limits: {} } as never;

async function assessed(world: NaiveWorld) {
  await loadRows(store, world.rows);
  const { asOf, ...documents } = world;
  const deps = { store, policy, reads: labelsRead(rules, world.baselines) };
  return assessFleet(deps, { documents: { config, ...documents }, asOf });
}

const line = (f: NaiveFinding): string =>
  [f.asset, f.name, f.kind, f.advisory, f.status, f.due, f.rule, f.overdue, f.unmitigated, f.candidate].join(
    ' | ',
  );

describe('reduce, decide, expand', () => {
  it('gives every asset exactly what looking at it alone gives', async () => {
    await fc.assert(
      fc.asyncProperty(fleetWorld, async (world) => {
        const assessment = await assessed(world);
        const expected = naiveAssess(world, policy);
        const found = await assetFindings(
          store,
          world.rows.assets.map((a) => a.asset),
        );
        expect(found.map((f) => line(f as NaiveFinding)).sort()).toEqual(expected.map(line).sort());
        const byStatus: Record<string, number> = {};
        for (const f of expected) byStatus[f.status] = (byStatus[f.status] ?? 0) + 1;
        expect(assessment).toMatchObject({
          assets: world.rows.assets.length,
          findings: expected.length,
          overdue: expected.filter((f) => f.overdue).length,
          unmitigated: expected.filter((f) => f.unmitigated).length,
          byStatus,
        });
      }),
      // A counter-example takes long to shrink: what is found in a minute is told.
      { numRuns: 15, interruptAfterTimeLimit: 60_000 },
    );
  });
});
