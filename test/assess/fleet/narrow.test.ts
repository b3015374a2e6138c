import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadPolicyEngine } from '../../../src/adapters/policy-opa-wasm.ts';
import { unmetPart } from '../../../src/assess/fleet/explain-select.ts';
import { answeredCounts, countsByRule, governance } from '../../../src/assess/fleet/governance.ts';
import { narrowTo } from '../../../src/assess/fleet/narrow.ts';
import { assetFindings, byRing, nextDue, summary } from '../../../src/assess/fleet/queries.ts';
import { fleetWorlds, ofFleets } from '../../support/arbitrary-fleet.ts';
import { selector } from '../../support/arbitrary-selector.ts';
import { assessWorld } from '../../support/assessed-world.ts';
import { tempFleetStore } from '../../support/fleet-store.ts';
import { naiveSelects } from '../../support/naive-selector.ts';
import { naiveUses } from '../../support/naive-uses.ts';
import { sideBySide } from '../../support/side-by-side.ts';

const policy = await loadPolicyEngine();
const OPEN = ['missing', 'waiting', 'pinned', 'rejected', 'pending-reboot'];
const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);

describe('a narrowed assessment', () => {
  it('counts what its assets have, asset by asset, and changes no decision', async () => {
    await fc.assert(
      fc.asyncProperty(fleetWorlds(4), selector, async (worlds, select) => {
        const store = await tempFleetStore();
        try {
          const world = sideBySide(worlds);
          const { rows } = world;
          const { exceptionUse } = await assessWorld(store, policy, world);
          const uses = await exceptionUse();
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

          const counting = new Set(uses.flatMap((u) => (u.state === 'exceeded' ? [] : [u.exception])));
          const alone = {
            ...world,
            rows: { ...rows, assets: rows.assets.filter((a) => chosen.includes(a.asset)) },
            exceptions: world.exceptions.filter((e) => counting.has(e.id)).map(({ maxAssets: _, ...e }) => e),
          };
          const effects = (list: typeof uses) =>
            list
              .filter((u) => counting.has(u.exception))
              .map(({ exception, assets, findings, without }) => ({ exception, assets, findings, without }));
          expect(effects(await exceptionUse())).toEqual(effects(naiveUses(alone, policy) as typeof uses));

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
        } finally {
          await store.close();
        }
      }),
      ofFleets(8),
    );
  });
});
