import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FleetRows } from '../../src/contracts/generated/fleet-rows.ts';
import { type StoredFleet, storedFleet } from '../../src/observe/fleet-form.ts';
import { compareCodePoints } from '../../src/util/sort.ts';
import { aPart, anAsset as assetOf } from '../support/fleet-world.ts';

type Told = Pick<FleetRows, 'assets' | 'components' | 'origins'>;
type ShapeRow = StoredFleet['shapes'][number];

const anAsset = (change: Partial<Told['assets'][number]> = {}): Told['assets'][number] => ({
  ...assetOf('host', { env: 'prod' }),
  ...change,
});

/** What the stored form says, as it was told. */
function told(fleet: Told): Told {
  const { assets, shapes, sets, setBundles, bundles, installed, originSets } = storedFleet(fleet);
  const shapeOf = new Map(shapes.map((s) => [s.shapeId, s]));
  const setOf = new Map(sets.map((s) => [s.setId, s.set]));
  const parts = new Map(
    (installed as readonly (Told['components'][number] & { componentId: number })[]).map(
      ({ componentId, ...part }) => [componentId, part],
    ),
  );
  const originsOf = new Map(originSets.map((o) => [o.originsId, o.origins]));
  return {
    assets: assets.map(({ shapeId, ...asset }) => {
      const { setId = 0, originsId: _, shapeId: __, ...shape } = shapeOf.get(shapeId) ?? ({} as ShapeRow);
      return { ...asset, ...shape, set: setOf.get(setId) ?? '' };
    }),
    components: setBundles.flatMap(({ setId, bundleId }) =>
      bundles.flatMap((b) =>
        b.bundleId === bundleId
          ? [
              {
                ...(parts.get(b.componentId) as Told['components'][number]),
                set: setOf.get(setId) ?? '',
              },
            ]
          : [],
      ),
    ),
    origins: assets.flatMap(({ asset, shapeId }) => {
      const originsId = shapeOf.get(shapeId)?.originsId ?? null;
      return (originsId === null ? [] : (originsOf.get(originsId) ?? [])).map((origin) => ({
        asset,
        origin,
      }));
    }),
  };
}

const sorted = (rows: readonly object[]): readonly string[] =>
  rows
    .map((row) => JSON.stringify(Object.entries(row).sort(([a], [b]) => compareCodePoints(a, b))))
    .sort(compareCodePoints);

const name = fc.constantFrom('a', 'b', 'ü');
const fleet: fc.Arbitrary<Told> = fc
  .record({
    assets: fc.uniqueArray(fc.record({ asset: fc.string(), set: name }), { selector: (a) => a.asset }),
    components: fc.uniqueArray(
      fc.record({ set: name, name, version: name, arch: name, held: fc.boolean() }),
      { selector: (c) => [c.set, c.name, c.version, c.arch].join() },
    ),
    origins: fc.uniqueArray(fc.record({ asset: fc.nat(9), origin: name }), {
      selector: (o) => `${o.asset} ${o.origin}`,
    }),
  })
  .map(({ assets, components, origins }) => ({
    assets: assets.map((a) => anAsset(a)),
    components: components.map((c) => ({ ...aPart(c), module: null as never })),
    origins: origins.flatMap(({ asset, origin }) => {
      const of = assets[asset];
      return of ? [{ asset: of.asset, origin }] : [];
    }),
  }));

describe('the stored form of a fleet', () => {
  it('says what was told, and nothing else', () => {
    fc.assert(
      fc.property(fleet, (rows) => {
        const again = told(rows);
        for (const table of ['assets', 'components', 'origins'] as const)
          expect(sorted(again[table])).toEqual(sorted(rows[table]));
      }),
    );
  });

  it('numbers what there is, in whatever order it was told', () => {
    fc.assert(
      fc.property(fleet, (rows) => {
        const turned = { components: rows.components.toReversed(), origins: rows.origins.toReversed() };
        expect(storedFleet({ ...rows, ...turned })).toEqual(storedFleet(rows));
      }),
    );
  });

  it('has what many assets share once', () => {
    const assets = ['x', 'y', 'z'].map((asset) => anAsset({ asset, set: 's' }));
    const origins = assets.flatMap(({ asset }) => [
      { asset, origin: 'security' },
      { asset, origin: 'main' },
    ]);
    const components = ['s', 't'].map((set) => aPart({ set }));
    const stored = storedFleet({ assets, components, origins });
    expect(stored.installed).toHaveLength(1);
    expect(stored.originSets).toEqual([{ originsId: 1, origins: ['main', 'security'] }]);
    expect(stored.shapes).toHaveLength(1);
    expect(stored.bundles).toEqual([{ bundleId: 1, componentId: 1 }]);
    expect(stored.setBundles).toEqual([
      { setId: 1, bundleId: 1 },
      { setId: 2, bundleId: 1 },
    ]);
  });

  it('an asset without origins has no set of them, not the empty one', () => {
    expect(storedFleet({ assets: [anAsset()], components: [], origins: [] })).toMatchObject({
      assets: [{ shapeId: 1 }],
      shapes: [{ shapeId: 1, originsId: null }],
      originSets: [],
    });
  });

  it('a package that a list names twice, in two states, is there once, whichever it names first', () => {
    const components = [aPart({ state: 'installed' }), aPart({ state: 'unpacked' })];
    const [stored, turned] = [components, components.toReversed()].map((list) =>
      storedFleet({ assets: [], components: list, origins: [] }),
    );
    expect(stored?.bundles).toHaveLength(1);
    expect(turned).toEqual(stored);
  });

  it('has two sets that differ in one source in common but for one bundle', () => {
    const names = Array.from({ length: 200 }, (_, i) => `package-${i}`);
    const set = (name: string, version: (of: string) => string) =>
      names.map((n) => aPart({ set: name, name: n, sourcePackage: n, version: version(n) }));
    const components = [...set('a', () => '1'), ...set('b', (n) => (n === 'package-7' ? '2' : '1'))];
    const { setBundles, bundles } = storedFleet({ assets: [], components, origins: [] });
    const [a, b] = [1, 2].map((id) => setBundles.flatMap((s) => (s.setId === id ? [s.bundleId] : [])));
    expect(a?.length).toBeGreaterThan(10);
    expect(a?.filter((bundle) => !b?.includes(bundle))).toHaveLength(1);
    expect(bundles.length).toBeLessThan(250);
  });

  it('keeps which bundles a stream has with which origins, of assets whose packages are known', () => {
    const assets = [
      anAsset({ asset: 'x', set: 's' }),
      anAsset({ asset: 'y', set: 't', unknown: 'unreachable' }),
      anAsset({ asset: 'z', set: 't', stream: null }),
    ];
    const components = [aPart({ set: 's' }), aPart({ set: 't', version: '2' })];
    const origins = [{ asset: 'x', origin: 'main' }];
    expect(storedFleet({ assets, components, origins }).streamBundles).toEqual([
      { stream: assets[0]?.stream, originsId: 1, bundleId: 1 },
    ]);
  });
});
