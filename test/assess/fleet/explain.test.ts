import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPolicyEngine } from '../../../src/adapters/policy-opa-wasm.ts';
import { explainAsset, explainFindings } from '../../../src/assess/fleet/explain.ts';
import { assetFindings } from '../../../src/assess/fleet/queries.ts';
import type { FleetStore } from '../../../src/ports/fleet-store.ts';
import { fleetWorlds, ofFleets } from '../../support/arbitrary-fleet.ts';
import { assessedWorld } from '../../support/assessed-world.ts';
import { tempFleetStore } from '../../support/fleet-store.ts';
import { naiveSelects } from '../../support/naive-selector.ts';
import { sideBySide } from '../../support/side-by-side.ts';

let store: FleetStore;
beforeAll(async () => {
  store = await tempFleetStore();
});
afterAll(() => store.close());

const policy = await loadPolicyEngine();

describe('an explanation', () => {
  it('agrees with the report about the same asset, and its earliest date binds', async () => {
    await fc.assert(
      fc.asyncProperty(fleetWorlds(4), async (worlds) => {
        const world = sideBySide(worlds);
        await assessedWorld(store, policy, world);
        for (const { asset, labels } of worlds.flatMap((w) => w.rows.assets.slice(0, 3))) {
          const explained = await explainFindings(store, asset, null);
          const reported = await assetFindings(store, [asset]);
          const binding = explained.map((f) => f.duties.filter((d) => d.binds));
          expect(
            explained.map((f, i) => [
              f.kind,
              f.advisory,
              f.name,
              f.status,
              binding[i]?.[0]?.due ?? null,
              binding[i]?.[0]?.rule ?? null,
              f.candidate,
            ]),
          ).toEqual(reported.map((f) => [f.kind, f.advisory, f.name, f.status, f.due, f.rule, f.candidate]));
          for (const [i, f] of explained.entries()) {
            expect(binding[i]?.length).toBeLessThanOrEqual(1);
            const dues = f.duties.flatMap((d) => d.due ?? []);
            expect(dues).toEqual([...dues].sort());
            if (dues.length > 0) expect(binding[i]?.[0]?.due).toBe(dues[0]);
            const decided = f.status === 'pending-reboot' ? undefined : f.status;
            if (decided) expect(f.reasons.map((r) => r.effect)).toContain(decided);
            if (f.advisory !== null && i < 4) {
              const one = await explainFindings(store, asset, f.names[0] ?? f.advisory);
              expect(one).toContainEqual(f);
            }
          }
          const selecting = world.baselines.filter((b) => naiveSelects(b.select, labels)).map((b) => b.id);
          const told = await explainAsset(store, asset);
          expect(told).toMatchObject({ asset, labels });
          expect(told?.selectedBy.map((s) => s.baseline).sort()).toEqual(selecting.sort());
        }
        expect(await explainAsset(store, 'nobody')).toBeUndefined();
      }),
      ofFleets(2),
    );
  });
});
