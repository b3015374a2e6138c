import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPolicyEngine } from '../../../src/adapters/policy-opa-wasm.ts';
import { unmetPart } from '../../../src/assess/fleet/explain-select.ts';
import { answeredCounts, countsByRule, governance } from '../../../src/assess/fleet/governance.ts';
import { narrowTo } from '../../../src/assess/fleet/narrow.ts';
import { assetFindings, byRing, nextDue, summary } from '../../../src/assess/fleet/queries.ts';
import type { FleetStore } from '../../../src/ports/fleet-store.ts';
import { fleetWorlds } from '../../support/arbitrary-fleet.ts';
import { selector } from '../../support/arbitrary-selector.ts';
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
const OPEN = ['missing', 'waiting', 'pinned', 'rejected', 'pending-reboot'];
const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);

describe('a narrowed assessment', () => {
  it('counts what its assets have, asset by asset, and changes no decision', async () => {
    await fc.assert(
      fc.asyncProperty(fleetWorlds(4), selector, async (worlds, select) => {
        const world = sideBySide(worlds);
        const { rows } = world;
        await assessedWorld(store, policy, world);
        const chosen = rows.assets.filter((a) => naiveSelects(select, a.labels)).map((a) => a.asset);
        for (const { asset, labels } of rows.assets)
          expect((await unmetPart(store, asset, select)) === undefined).toBe(naiveSelects(select, labels));
        const before = await assetFindings(store, chosen);
        await narrowTo(store, select);
        expect(
          await assetFindings(
            store,
            rows.assets.map((a) => a.asset),
          ),
        ).toEqual(before);

        const told = await summary(store);
        expect(told).toMatchObject({
          assets: chosen.length,
          findings: before.length,
          overdue: before.filter((f) => f.overdue).length,
          unmitigated: before.filter((f) => f.unmitigated).length,
        });
        const rings = await byRing(store);
        expect(sum(rings.map((r) => r.assets))).toBe(chosen.length);
        expect(sum(rings.map((r) => r.open))).toBe(before.filter((f) => OPEN.includes(f.status)).length);
        const due = await nextDue(store, 10_000);
        expect(sum(due.map((d) => d.assets))).toBe(
          before.filter((f) => f.due !== null && f.name !== null && OPEN.includes(f.status)).length,
        );

        const answered = await answeredCounts(store);
        expect(sum(answered.map((c) => c.findings))).toBe(before.length);
        expect(sum(answered.map((c) => c.overdue))).toBe(told.overdue);
        expect(sum((await countsByRule(store)).map((c) => c.overdue))).toBe(told.overdue);

        const labelsOf = new Map(rows.assets.map((a) => [a.asset, a.labels]));
        const top = chosen.map((asset) => {
          const on = world.baselines.filter((b) => naiveSelects(b.select, labelsOf.get(asset) ?? {}));
          const highest = Math.max(...on.map((b) => b.priority));
          return { asset, on, first: on.filter((b) => b.priority === highest) };
        });
        const { noBaseline, ties, reach } = await governance(store);
        expect(noBaseline.count).toBe(top.filter((t) => t.on.length === 0).length);
        expect(sum(ties.map((t) => t.count))).toBe(top.filter((t) => t.first.length > 1).length);
        for (const { baseline, selects, governs, shadowedBy } of reach) {
          const selected = top.filter((t) => t.on.some((b) => b.id === baseline));
          expect(selects).toBe(selected.length);
          const mine = selected.filter((t) => t.first.some((b) => b.id === baseline));
          expect(governs).toBe(mine.filter((t) => t.first.length === 1).length);
          const over = selected.filter((t) => !mine.includes(t)).flatMap((t) => t.first.map((b) => b.id));
          expect(shadowedBy).toEqual([...new Set(over)].sort());
        }
      }),
      { numRuns: 8, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: false },
    );
  });
});
