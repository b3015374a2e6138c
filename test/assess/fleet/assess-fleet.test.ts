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
import { naiveSelects } from '../../support/naive-selector.ts';

let store: FleetStore;
beforeAll(async () => {
  store = await tempFleetStore();
});
afterAll(() => store.close());

/** Fleets of at most 30 hosts; more by the environment. */
const FLEETS = Number(process.env.PATCHWARDEN_FLEETS ?? 12);

const policy = await loadPolicyEngine();
const rules = await loadRuleCatalogue();

async function assessed(world: NaiveWorld) {
  await loadRows(store, world.rows);
  const { asOf, feeds, ...documents } = world;
  const config = { intel: { feeds } } as never;
  const deps = { store, policy, reads: labelsRead(rules, world.baselines) };
  return assessFleet(deps, { documents: { config, ...documents }, asOf });
}

const line = (f: Omit<NaiveFinding, 'exceptions'>): string =>
  [f.asset, f.name, f.kind, f.advisory, f.status, f.due, f.rule, f.overdue, f.unmitigated, f.candidate].join(
    ' | ',
  );

/** What every exception does, by assessing everything again without it. */
const naiveUses = (world: NaiveWorld) => {
  const whole = naiveAssess(world, policy);
  const today = world.asOf.slice(0, 10);
  return world.exceptions
    .map((e) => {
      const mine = whole.flatMap((f, i) => (f.exceptions.includes(e.id) ? [{ f, i }] : []));
      const others = naiveAssess({ ...world, exceptions: world.exceptions.filter((o) => o !== e) }, policy);
      const without: Record<string, number> = {};
      for (const { f, i } of mine) {
        const status = others[i]?.status ?? '';
        if (status !== f.status) without[status] = (without[status] ?? 0) + 1;
      }
      const selected = world.rows.assets.filter((a) => naiveSelects(e.select, a.labels)).length;
      const bound = { ...world, exceptions: [withoutBound(e)] };
      const reach = new Set(
        naiveAssess(bound, policy).flatMap((f) => (f.exceptions.length > 0 ? [f.asset] : [])),
      );
      const state = () => {
        if (today < e.validFrom) return 'pending';
        if (e.validUntil < today) return 'expired';
        if (e.maxAssets !== undefined && reach.size > e.maxAssets) return 'exceeded';
        if (selected === 0) return 'dead';
        if (mine.length === 0) return 'unused';
        return Object.keys(without).length === 0 ? 'ineffective' : 'in-force';
      };
      return {
        exception: e.id,
        state: state(),
        assets: reach.size,
        findings: mine.length,
        without,
        validUntil: e.validUntil,
      };
    })
    .sort((a, b) => (a.exception < b.exception ? -1 : 1));
};

const withoutBound = ({ maxAssets: _, ...e }: NaiveWorld['exceptions'][number]) => e;

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
        expect(found.map((f) => line(f as Omit<NaiveFinding, 'exceptions'>)).sort()).toEqual(
          expected.map(line).sort(),
        );
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
      { numRuns: FLEETS, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: false },
    );
  });

  it('tells of every exception what assessing everything again without it tells', async () => {
    await fc.assert(
      fc.asyncProperty(fleetWorld, async (world) => {
        const { exceptionUse } = await assessed(world);
        expect(await exceptionUse()).toEqual(naiveUses(world));
      }),
      { numRuns: FLEETS, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: false },
    );
  });
});
