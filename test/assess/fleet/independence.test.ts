import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPolicyEngine } from '../../../src/adapters/policy-opa-wasm.ts';
import type { FleetRows } from '../../../src/contracts/generated/fleet-rows.ts';
import type { FleetStore } from '../../../src/ports/fleet-store.ts';
import { fleetWorlds, ofFleets } from '../../support/arbitrary-fleet.ts';
import { assessedWorld } from '../../support/assessed-world.ts';
import { tempFleetStore } from '../../support/fleet-store.ts';
import { type NaiveWorld, naiveAssess } from '../../support/naive-assess.ts';
import { remembering } from '../../support/remembering-policy.ts';
import { sideBySide } from '../../support/side-by-side.ts';
import { FLEETS } from '../../support/sizes.ts';

let store: FleetStore;
beforeAll(async () => {
  store = await tempFleetStore();
});
afterAll(() => store.close());

const TOGETHER = 25;
const numRuns = Math.ceil(FLEETS / TOGETHER);
const engine = await loadPolicyEngine();

type Shuffle = <T>(list: readonly T[]) => T[];

/** The same world told in another order, with a label on every host that nothing reads. */
const retold = (world: NaiveWorld, shuffle: Shuffle, note: () => string): NaiveWorld => {
  const tables = Object.entries(world.rows).map(([table, list]) => [table, shuffle<object>(list)]);
  const rows = Object.fromEntries(tables) as unknown as FleetRows;
  return {
    ...world,
    rows: { ...rows, assets: rows.assets.map((a) => ({ ...a, labels: { note: note(), ...a.labels } })) },
    baselines: shuffle(world.baselines).map((b) => ({ ...b, deadlines: shuffle(b.deadlines) })) as never,
    exceptions: shuffle(world.exceptions),
    holds: shuffle(world.holds),
  };
};

describe('what an assessment says', () => {
  it(
    'does not depend on the order of hosts, packages, advisories and documents, nor on labels that no rule reads',
    async () => {
      const property = fc.asyncProperty(fleetWorlds(TOGETHER), fc.gen(), async (worlds, gen) => {
        const world = sideBySide(worlds);
        const shuffle: Shuffle = (list) =>
          gen(fc.shuffledSubarray, [...list], { minLength: list.length }) as never;
        const other = retold(world, shuffle, () => gen(fc.string));
        const told = await assessedWorld(store, engine, world);
        expect(await assessedWorld(store, engine, other)).toEqual(told);
      });
      await fc.assert(property, { ...ofFleets(numRuns), unbiased: true });
    },
    FLEETS * 10_000,
  );

  it(
    'about a finding changes with no exception that does not match it, and never for the worse',
    async () => {
      const property = fc.asyncProperty(fleetWorlds(TOGETHER), async (worlds) => {
        const fewer = worlds.map((w) => ({ ...w, exceptions: w.exceptions.slice(1) }));
        const before = await assessedWorld(store, engine, sideBySide(fewer));
        const after = await assessedWorld(store, engine, sideBySide(worlds));
        const matched = matchedByTheFirst(worlds);
        expect(after.findings.length).toBe(before.findings.length);
        for (const [i, finding] of after.findings.entries()) {
          const { status, overdue, unmitigated } = finding;
          const was = before.findings[i] as typeof finding;
          if (!matched.has(keyOf(finding))) {
            expect(finding).toEqual(was);
            continue;
          }
          expect([was.status, 'excepted', 'mitigated']).toContain(status);
          if (was.due !== null) expect([finding.due, finding.rule]).toEqual([was.due, was.rule]);
          expect([was.overdue || !overdue, was.unmitigated || !unmitigated]).toEqual([true, true]);
        }
      });
      await fc.assert(property, { ...ofFleets(numRuns), unbiased: true });
    },
    FLEETS * 10_000,
  );
});

const keyOf = (f: { asset: string; name: string | null; kind: string; advisory: string | null }): string =>
  [f.asset, f.name, f.kind, f.advisory].join(' | ');

function matchedByTheFirst(worlds: readonly NaiveWorld[]): ReadonlySet<string> {
  const policy = remembering(engine);
  const matched = worlds.flatMap((world) => {
    const first = world.exceptions[0]?.id;
    return naiveAssess(world, policy).filter((f) => first !== undefined && f.exceptions.includes(first));
  });
  return new Set(matched.map(keyOf));
}
