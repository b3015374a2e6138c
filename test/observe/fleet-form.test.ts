import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FleetRows } from '../../src/contracts/generated/fleet-rows.ts';
import { storedFleet } from '../../src/observe/fleet-form.ts';
import { compareCodePoints } from '../../src/util/sort.ts';
import { aPart, anAsset as assetOf } from '../support/fleet-world.ts';

type Told = Pick<FleetRows, 'assets' | 'components' | 'origins'>;

const anAsset = (change: Partial<Told['assets'][number]> = {}): Told['assets'][number] => ({
  ...assetOf('host', { env: 'prod' }),
  ...change,
});

/** What the stored form says, as it was told. */
function told(fleet: Told): Told {
  const { assets, sets, installed, setInstalled, originSets } = storedFleet(fleet);
  const setOf = new Map(sets.map((s) => [s.setId, s.set]));
  const parts = new Map(
    (installed as readonly (Told['components'][number] & { componentId: number })[]).map(
      ({ componentId, ...part }) => [componentId, part],
    ),
  );
  const originsOf = new Map(originSets.map((o) => [o.originsId, o.origins]));
  return {
    assets: assets.map(({ setId, originsId: _, ...asset }) => ({ ...asset, set: setOf.get(setId) ?? '' })),
    components: setInstalled.map(({ setId, componentId }) => ({
      ...(parts.get(componentId) as Told['components'][number]),
      set: setOf.get(setId) ?? '',
    })),
    origins: assets.flatMap(({ asset, originsId }) =>
      (originsId === null ? [] : (originsOf.get(originsId) ?? [])).map((origin) => ({ asset, origin })),
    ),
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
    expect(stored.setInstalled).toEqual([
      { setId: 1, componentId: 1 },
      { setId: 2, componentId: 1 },
    ]);
  });

  it('an asset without origins has no set of them, not the empty one', () => {
    expect(storedFleet({ assets: [anAsset()], components: [], origins: [] })).toMatchObject({
      assets: [{ originsId: null }],
      originSets: [],
    });
  });

  it('a package that a list names twice, in two states, is there once, whichever it names first', () => {
    const components = [aPart({ state: 'installed' }), aPart({ state: 'unpacked' })];
    const [stored, turned] = [components, components.toReversed()].map((list) =>
      storedFleet({ assets: [], components: list, origins: [] }),
    );
    expect(stored?.setInstalled).toHaveLength(1);
    expect(turned).toEqual(stored);
  });
});
