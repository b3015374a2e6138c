import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPolicyEngine, loadRuleCatalogue } from '../../../src/adapters/policy-opa-wasm.ts';
import { assessFleet } from '../../../src/assess/fleet/assess-fleet.ts';
import { labelsRead } from '../../../src/assess/fleet/deadlines.ts';
import { explainFindings } from '../../../src/assess/fleet/explain.ts';
import { joinPinnedWorld, keepPinnedWorld } from '../../../src/assess/fleet/pinned.ts';
import { pinnedMoves } from '../../../src/assess/fleet/pinned-moves.ts';
import { type AssetFinding, assetFindings, byRing, summary } from '../../../src/assess/fleet/queries.ts';
import type { FleetRows } from '../../../src/contracts/generated/fleet-rows.ts';
import { ecosystemOf } from '../../../src/domain/stream.ts';
import { compareVersions } from '../../../src/domain/version/compare.ts';
import { schemeOf } from '../../../src/domain/version/scheme.ts';
import type { FleetStore } from '../../../src/ports/fleet-store.ts';
import { fleetWorld } from '../../support/arbitrary-fleet.ts';
import { loadRows, tempFleetStore } from '../../support/fleet-store.ts';
import type { NaiveWorld } from '../../support/naive-assess.ts';

let store: FleetStore;
beforeAll(async () => {
  store = await tempFleetStore();
});
afterAll(() => store.close());

const FLEETS = Number(process.env.PATCHWARDEN_FLEETS ?? 5);
const policy = await loadPolicyEngine();
const rules = await loadRuleCatalogue();

/** One fleet with the intelligence, the labels and the first sight of before and of now. */
const worlds = fc
  .tuple(fleetWorld, fleetWorld, fc.constantFrom('all', 'intel', 'labels'))
  .map(([now, then, what]) => {
    const labels = now.rows.assets.map((a, i) => ({
      ...a,
      labels: then.rows.assets[i]?.labels ?? a.labels,
    }));
    const { advisories, affected, kev, ssvc, epss, vex } = then.rows;
    const pinned: FleetRows = {
      ...now.rows,
      ...(what === 'intel' ? {} : { assets: labels }),
      ...(what === 'labels' ? {} : { advisories, affected, kev, ssvc, epss, vex }),
      ...(what === 'all'
        ? { firstSeen: now.rows.firstSeen.map((r, i) => ({ ...r, at: then.rows.firstSeen[i]?.at ?? r.at })) }
        : {}),
    };
    return { now, pinned };
  });

async function assess(world: NaiveWorld, rows: FleetRows) {
  await loadRows(store, rows);
  const { asOf, rows: _, feeds, ...documents } = world;
  const config = { intel: { feeds } } as never;
  const deps = { store, policy, reads: labelsRead(rules, world.baselines) };
  return assessFleet(deps, { documents: { config, ...documents }, asOf });
}

const all = (world: NaiveWorld) =>
  assetFindings(
    store,
    world.rows.assets.map((a) => a.asset),
  );

const keyOf = (f: AssetFinding): string =>
  [f.asset, f.name, f.arch, f.version, f.kind, f.advisory].join(' | ');
const line = (f: AssetFinding): string =>
  [keyOf(f), f.status, f.due, f.rule, f.overdue, f.unmitigated].join(' | ');

const ASKS = ['unknown', 'no-fix', 'rejected', 'waiting', 'pinned', 'pending-reboot', 'missing'];
const demand = (f?: AssetFinding): number => ASKS.indexOf(f?.status ?? '');
const clock = (f: AssetFinding): number => Math.min(2, Math.max(0, demand(f)));

/** The stricter of two answers about one finding on one asset, by hand. */
function stricter(then: AssetFinding | undefined, now: AssetFinding | undefined, today: string) {
  const side = demand(then) > demand(now) ? then : now;
  if (!side) return undefined;
  const other = side === now ? then : now;
  const dues = [side, ...(other && clock(other) === clock(side) ? [other] : [])].filter(
    (f) => f.due !== null,
  );
  const first = dues.reduce<AssetFinding | undefined>(
    (a, f) => (a && (a.due ?? '') <= (f.due ?? '') ? a : f),
    undefined,
  );
  const due = first?.due ?? null;
  const late = due !== null && due < today;
  return {
    ...side,
    due,
    rule: first?.rule ?? null,
    overdue: late && demand(side) >= 2,
    unmitigated: late && side.status === 'no-fix',
  };
}

/** A fix that was not known then and is installed now. */
const mended = (f: AssetFinding, rows: FleetRows): boolean =>
  f.fixed === null &&
  rows.affected.some((a) => {
    const host = rows.assets.find((h) => h.asset === f.asset);
    if (!host?.stream || a.ecosystem !== ecosystemOf(host.stream) || a.fixed === null || f.version === null)
      return false;
    return compareVersions(schemeOf(host.stream), f.version, a.fixed) >= 0;
  });

describe('the pinned and the current world', () => {
  it('give each finding the stricter of both answers, and nothing that neither gives', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async ({ now, pinned }) => {
        await assess(now, pinned);
        const then = new Map((await all(now)).map((f) => [keyOf(f), f]));
        await keepPinnedWorld(store);
        const { exceptionUse } = await assess(now, now.rows);
        const current = new Map((await all(now)).map((f) => [keyOf(f), f]));
        const ringsNow = await byRing(store);
        await joinPinnedWorld(store, now.asOf);
        const found = await all(now);
        const keys = found.map(keyOf);
        expect(new Set(keys).size).toBe(keys.length);

        const today = now.asOf.slice(0, 10);
        const expected = [...new Set([...then.keys(), ...current.keys()])].flatMap((key) => {
          const [a, b] = [then.get(key), current.get(key)];
          if (a && !b && (demand(a) === -1 || a.name === null)) return [];
          if (a && !b && !keys.includes(key) && mended(a, now.rows)) return [];
          const one = stricter(a, b, today);
          return one ? [one] : [];
        });
        expect(found.map(line).sort()).toEqual(expected.map(line).sort());

        const counts = await summary(store);
        expect(counts).toMatchObject({
          findings: found.length,
          overdue: found.filter((f) => f.overdue).length,
          unmitigated: found.filter((f) => f.unmitigated).length,
        });
        const rings = await byRing(store);
        expect(rings.map((r) => [r.baseline, r.ring, r.unknown, r.assets])).toEqual(
          ringsNow.map((r) => [r.baseline, r.ring, r.unknown, r.assets]),
        );
        const { matrix } = await pinnedMoves(store);
        const moved = found.filter((f) => {
          const c = current.get(keyOf(f));
          return c?.status !== f.status || c.due !== f.due;
        });
        expect(matrix.reduce((n, m) => n + m.findings, 0)).toBe(moved.length);
        for (const m of matrix) {
          const mine = moved.filter(
            (f) => f.status === m.from && (current.get(keyOf(f))?.status ?? null) === m.to,
          );
          expect([m.findings, m.assets]).toEqual([mine.length, new Set(mine.map((f) => f.asset)).size]);
        }
        const told = [];
        for (const { asset } of now.rows.assets)
          for (const f of await explainFindings(store, asset, null))
            told.push([
              asset,
              f.name,
              f.version,
              f.kind,
              f.advisory,
              f.status,
              f.duties.find((d) => d.binds)?.due ?? null,
            ]);
        expect(told.map((t) => t.map(String).join()).sort()).toEqual(
          found
            .map((f) => [f.asset, f.name, f.version, f.kind, f.advisory, f.status, f.due].map(String).join())
            .sort(),
        );
        expect((await exceptionUse()).length).toBe(now.exceptions.length);
      }),
      { numRuns: FLEETS, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: false },
    );
  });

  it('where they are the same one, change nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fleetWorld, async (world) => {
        await assess(world, world.rows);
        await keepPinnedWorld(store);
        const alone = await assess(world, world.rows);
        const before = (await all(world)).map(line);
        const uses = await alone.exceptionUse();
        await joinPinnedWorld(store, world.asOf);
        expect((await all(world)).map(line)).toEqual(before);
        expect(await summary(store)).toMatchObject({ findings: alone.findings, byStatus: alone.byStatus });
        expect(await alone.exceptionUse()).toEqual(uses);
        expect((await pinnedMoves(store)).matrix).toEqual([]);
      }),
      { numRuns: 2 },
    );
  });
});
