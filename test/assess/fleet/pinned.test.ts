import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPolicyEngine, loadRuleCatalogue } from '../../../src/adapters/policy-opa-wasm.ts';
import { assessFleet } from '../../../src/assess/fleet/assess-fleet.ts';
import { labelsRead } from '../../../src/assess/fleet/deadlines.ts';
import { explainFindings } from '../../../src/assess/fleet/explain.ts';
import { joinPinnedWorld, keepPinnedWorld } from '../../../src/assess/fleet/pinned.ts';
import { pinnedMoves } from '../../../src/assess/fleet/pinned-moves.ts';
import { type AssetFinding, assetFindings, byRing, summary } from '../../../src/assess/fleet/queries.ts';
import type { Exception } from '../../../src/contracts/generated/exception.ts';
import type { FleetRows } from '../../../src/contracts/generated/fleet-rows.ts';
import { ecosystemOf } from '../../../src/domain/stream.ts';
import { compareVersions } from '../../../src/domain/version/compare.ts';
import { schemeOf } from '../../../src/domain/version/scheme.ts';
import type { FleetStore } from '../../../src/ports/fleet-store.ts';
import { fleetWorld, ofFleets } from '../../support/arbitrary-fleet.ts';
import { loadRows, tempFleetStore } from '../../support/fleet-store.ts';
import {
  aBaseline,
  anAdvisory,
  anAsset,
  anException,
  aPackage,
  aPart,
  aWorld,
} from '../../support/fleet-world.ts';
import type { NaiveWorld } from '../../support/naive-assess.ts';
import { FLEETS } from '../../support/sizes.ts';

let store: FleetStore;
beforeAll(async () => {
  store = await tempFleetStore();
});
afterAll(() => store.close());

const policy = await loadPolicyEngine();
const rules = await loadRuleCatalogue();

/** An exception about every advisory, so that many findings are excepted in both worlds, or in one. */
const excuse = fc
  .record({
    select: fc.constantFrom<Exception['select']>({}, { all: [{ label: 'env', in: ['prod', 'pro'] }] }),
    controls: fc.constantFrom<string[][]>([], ['waf']),
    decision: fc.constantFrom<Exception['decision']>('accept-risk', 'mitigated'),
    validFrom: fc.constantFrom('2024-01-01', '2024-10-01'),
  })
  .map((change) =>
    anException('excuse', { match: { advisories: ['ADV-0', 'ADV-1', 'ADV-2', 'ADV-3'] }, ...change }),
  );

/** One fleet with the intelligence, the labels and the first sight of before and of now. */
const worlds = fc
  .tuple(fleetWorld, fleetWorld, fc.constantFrom('all', 'intel', 'labels'), fc.option(excuse))
  .map(([world, then, what, excused]) => {
    const now = { ...world, exceptions: [...world.exceptions, ...(excused ? [excused] : [])] };
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

type Key = Pick<AssetFinding, 'name' | 'arch' | 'version' | 'kind' | 'advisory'>;
const keyOf = (f: Key & { readonly asset: string }): string =>
  [f.asset, f.name, f.arch, f.version, f.kind, f.advisory].join(' | ');

/** All findings of the world that was assessed last, by key. */
async function answers(world: NaiveWorld): Promise<ReadonlyMap<string, Answer>> {
  const owing = await store.rows<Parameters<typeof keyOf>[0]>(
    `SELECT a.asset, f.kind, f.advisory, t.name, t.arch, t.version FROM asset_context a JOIN kin_of k USING (context)
     JOIN shape_finding s USING (shape) JOIN outcome o ON o.kin = k.kin AND o.finding = s.finding JOIN answer_status w USING (decision)
     JOIN finding f ON f.finding = s.finding LEFT JOIN part t USING (part) WHERE w.duty IN (SELECT duty FROM obligation)`,
  );
  const keys = new Set(owing.map(keyOf));
  return new Map((await all(world)).map((f) => [keyOf(f), { ...f, owes: keys.has(keyOf(f)) }]));
}

const line = (f: AssetFinding): string =>
  [keyOf(f), f.status, f.due, f.rule, f.overdue, f.unmitigated].join(' | ');

const ASKS = ['unknown', 'no-fix', 'rejected', 'waiting', 'pinned', 'pending-reboot', 'missing'];
const demand = (f?: AssetFinding): number => ASKS.indexOf(f?.status ?? '');
/** A finding of one world, and whether it has a duty, be it without a date. */
interface Answer extends AssetFinding {
  readonly owes: boolean;
}
/** What a due day would be about. */
const clocks = (f: AssetFinding): readonly string[] =>
  demand(f) > 1 ? ['patch'] : demand(f) === 1 ? ['mitigate'] : EXCUSED.includes(f.status) ? CLOCKS : [];
const EXCUSED = ['excepted', 'mitigated'];
const CLOCKS = ['patch', 'mitigate'];
const clocksOf = (f: Answer): readonly string[] =>
  f.owes ? [['needs', 'none'].includes(f.fix) ? 'mitigate' : 'patch'] : clocks(f);

/** The stricter of two answers about one finding on one asset, by hand. */
function stricter(then: Answer | undefined, now: Answer | undefined, today: string) {
  const side = demand(then) > demand(now) ? then : now;
  if (!side) return undefined;
  const other = side === now ? then : now;
  const lends = other?.owes && clocksOf(other).some((c) => clocksOf(side).includes(c));
  const dues = [side, ...(lends ? [other] : [])].filter((f) => f.due !== null);
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
        const then = await answers(now);
        await keepPinnedWorld(store);
        const { exceptionUse } = await assess(now, now.rows);
        const current = await answers(now);
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
      ofFleets(Math.ceil(FLEETS / 10)),
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
      ofFleets(2),
    );
  });
});

/** What a world knows of one advisory, which is about a package of its own. */
interface Fact {
  readonly published: string;
  /** Within reach; otherwise there is none. */
  readonly fix: boolean;
  /** none: no deadline is about it. */
  readonly severity: 'high' | 'none';
  /** The hosts hold the package, in both worlds alike. */
  readonly held: boolean;
}
/** Hosts with all those packages, by their label `env`: findings of `test` are excepted. */
function world(facts: readonly Fact[], envs: readonly string[]): NaiveWorld {
  const hosts = envs.map((env, i) => anAsset(`host-${i}`, { env }));
  const parts = facts.map((_, i) => ({ name: `p${i}`, sourcePackage: `p${i}` }));
  const ids = facts.map((_, i) => `ADV-${i}`);
  const { affected } = aWorld([]);
  const rows = aWorld(hosts, {
    components: parts.map((part, i) => aPart({ ...part, held: facts[i]?.held ?? false })),
    advisories: facts.map(({ published, severity }, i) => {
      const advisory = { ...anAdvisory(), advisory: `ADV-${i}`, aliases: [] };
      return { ...advisory, published: `${published}T00:00:00Z`, severity };
    }),
    affected: facts.flatMap(({ fix }, i) =>
      affected.map((a) => ({ ...a, advisory: `ADV-${i}`, package: `p${i}`, fixed: fix ? a.fixed : null })),
    ),
    packages: parts.map((part) => aPackage({ ...part, filename: `${part.name}.deb` })),
    origins: hosts.map(({ asset }) => ({ asset, origin: aPackage().origin })),
  });
  const select = { all: [{ label: 'env', in: ['test'] }] };
  return {
    rows,
    baselines: [aBaseline('all')],
    exceptions: [anException('exc', { select, match: { advisories: ids } })],
    ...{ holds: [], feeds: [], asOf: '2024-10-24T12:00:00Z' },
  };
}

/** Answers of both worlds, which are joined then. */
async function join(then: NaiveWorld, now: NaiveWorld) {
  await assess(now, then.rows);
  const before = await answers(now);
  await keepPinnedWorld(store);
  await assess(now, now.rows);
  const current = await answers(now);
  await joinPinnedWorld(store, now.asOf);
  return { before, current, found: await all(now) };
}

const EARLY = '2024-09-01';
const LATE = '2024-10-01';
interface Told extends Fact {
  readonly excepted: boolean;
}
const told = (published: string, excepted: boolean, fix = true): Told => {
  return { published, excepted, fix, severity: 'high', held: false };
};
/** A host for each of: excepted in both worlds, in the pinned one, in the current one, in none. */
const THEN = ['test', 'test', 'prod', 'prod'];
const NOW = ['test', 'prod', 'test', 'prod'];
const fact = fc.record({
  published: fc.constantFrom('2024-09-01', '2024-09-20', '2024-10-01', '2024-10-20'),
  fix: fc.boolean(),
  severity: fc.constantFrom<Fact['severity']>('high', 'high', 'high', 'none'),
});

describe('a day beneath an exception', () => {
  const table: readonly [string, Told, Told, string, string, boolean][] = [
    ['both to patch', told(EARLY, true), told(LATE, true), 'excepted', '2024-10-01', false],
    ['both to mitigate', told(EARLY, true, false), told(LATE, true, false), 'excepted', '2024-10-01', false],
    [
      'to mitigate then, to patch now',
      told(EARLY, true, false),
      told(LATE, true),
      'excepted',
      '2024-10-31',
      false,
    ],
    [
      'to patch then, to mitigate now',
      told(EARLY, true),
      told(LATE, true, false),
      'excepted',
      '2024-10-31',
      false,
    ],
    ['excepted then, missing now', told(EARLY, true), told(LATE, false), 'missing', '2024-10-01', true],
    ['missing then, excepted now', told(LATE, false), told(EARLY, true), 'missing', '2024-10-01', true],
    [
      'excepted without a fix, missing now',
      told(EARLY, true, false),
      told(LATE, false),
      'missing',
      '2024-10-31',
      false,
    ],
    ['excepted, no fix now', told(EARLY, true), told(LATE, false, false), 'no-fix', '2024-10-31', false],
    [
      'excepted, and no duty now',
      told(EARLY, true),
      { ...told(LATE, true), severity: 'none' },
      'excepted',
      '2024-10-01',
      false,
    ],
  ];
  it('counts where it is of one clock', async () => {
    const { found } = await join(
      world(
        table.map(([, then]) => then),
        THEN,
      ),
      world(
        table.map(([, , now]) => now),
        NOW,
      ),
    );
    for (const [i, [name, then, now, ...expected]] of table.entries()) {
      const host = [0, 1, 2, 3].find(
        (n) => (THEN[n] === 'test') === then.excepted && (NOW[n] === 'test') === now.excepted,
      );
      const one = found.find((f) => f.asset === `host-${host ?? ''}` && f.advisory === `ADV-${i}`);
      expect([name, one?.status, one?.due, one?.overdue]).toEqual([name, ...expected]);
      const [explained] = await explainFindings(store, `host-${host ?? ''}`, `ADV-${i}`);
      expect(explained?.duties.find((d) => d.binds)?.due).toBe(one?.due);
    }
  });

  it('counts where it is of one clock, whatever both worlds say', async () => {
    const facts = fc.array(fc.tuple(fact, fact, fc.boolean()), { minLength: 60, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(facts, async (list) => {
        const { before, current, found } = await join(
          world(
            list.map(([then, , held]) => ({ ...then, held })),
            THEN,
          ),
          world(
            list.map(([, now, held]) => ({ ...now, held })),
            NOW,
          ),
        );
        const expected = [...current].map(([key, f]) => stricter(before.get(key), f, '2024-10-24') ?? f);
        expect(found.map(line).sort()).toEqual(expected.map(line).sort());
      }),
      ofFleets(2),
    );
  });
});
