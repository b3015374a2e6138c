import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPolicyEngine } from '../../../src/adapters/policy-opa-wasm.ts';
import type { FleetStore } from '../../../src/ports/fleet-store.ts';
import { fleetWorlds, ofFleets } from '../../support/arbitrary-fleet.ts';
import { assessedWorld } from '../../support/assessed-world.ts';
import { tempFleetStore } from '../../support/fleet-store.ts';
import { type NaiveFinding, type NaiveWorld, naiveAssess } from '../../support/naive-assess.ts';
import { naiveUses } from '../../support/naive-uses.ts';
import { remembering } from '../../support/remembering-policy.ts';
import { sideBySide } from '../../support/side-by-side.ts';
import { FLEETS } from '../../support/sizes.ts';

let store: FleetStore;
beforeAll(async () => {
  store = await tempFleetStore();
});
afterAll(() => store.close());

/** Fleets that are assessed in one go. */
const TOGETHER = 10;
/** Of the fleets, so many in a hundred stand alone: then tables may be empty. */
const ALONE = Math.ceil(FLEETS / 10);

const engine = await loadPolicyEngine();

type Told = Omit<NaiveFinding, 'exceptions'>;
const line = (f: Told): string =>
  [f.asset, f.name, f.kind, f.advisory, f.status, f.due, f.rule, f.overdue, f.unmitigated, f.candidate].join(
    ' | ',
  );
const lines = (findings: readonly Told[]) => findings.map(line).sort();

const seen = { fleets: 0, hosts: 0, findings: 0 };

async function agrees(worlds: readonly NaiveWorld[]) {
  const { totals, findings, uses } = await assessedWorld(store, engine, sideBySide(worlds));
  const policy = remembering(engine);
  const expected = worlds.flatMap((w) => naiveAssess(w, policy));
  expect(lines(findings as readonly Told[])).toEqual(lines(expected));
  const byStatus: Record<string, number> = {};
  for (const f of expected) byStatus[f.status] = (byStatus[f.status] ?? 0) + 1;
  expect(totals).toMatchObject({
    assets: worlds.flatMap((w) => w.rows.assets).length,
    findings: expected.length,
    overdue: expected.filter((f) => f.overdue).length,
    unmitigated: expected.filter((f) => f.unmitigated).length,
    byStatus,
  });
  const told = worlds
    .flatMap((w) => naiveUses(w, policy))
    .sort((a, b) => (a.exception < b.exception ? -1 : 1));
  expect(uses).toEqual(told);
  seen.fleets += worlds.length;
  seen.hosts += totals.assets;
  seen.findings += totals.findings;
}

describe('reduce, decide, expand', () => {
  it.each([
    ['alone', 1, ALONE],
    ['side by side', TOGETHER, Math.ceil((FLEETS - ALONE) / TOGETHER)],
  ])(
    'gives fleets %s exactly what looking at every asset and exception alone gives',
    async (_, together, numRuns) => {
      await fc.assert(fc.asyncProperty(fleetWorlds(together), agrees), {
        ...ofFleets(numRuns),
        unbiased: together > 1,
      });
    },
    FLEETS * 10_000,
  );

  afterAll(() => {
    console.log(`${seen.fleets} fleets, ${seen.hosts} hosts, ${seen.findings} findings agree`);
  });
});
