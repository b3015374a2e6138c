import type { AssetRow, FleetRows } from '../contracts/generated/fleet-rows.ts';
import { sortedBy } from '../util/sort.ts';

type Told = Pick<FleetRows, 'assets' | 'components' | 'origins'>;

/** The fleet as it is stored: sets, packages and origins that many assets have stand once, known by a number. */
export interface StoredFleet {
  readonly assets: readonly (Omit<AssetRow, 'set'> & {
    readonly setId: number;
    /** null: it does not tell its origins. */
    readonly originsId: number | null;
  })[];
  readonly sets: readonly { readonly setId: number; readonly set: string }[];
  readonly installed: readonly object[];
  readonly setInstalled: readonly { readonly setId: number; readonly componentId: number }[];
  readonly originSets: readonly { readonly originsId: number; readonly origins: readonly string[] }[];
}

/** Numbers depend on what there is, not on the order in which it was told. */
export function storedFleet({ assets, components, origins }: Told): StoredFleet {
  const originsOf = new Map<string, string[]>();
  for (const { asset, origin } of origins) {
    const list = originsOf.get(asset);
    if (list) list.push(origin);
    else originsOf.set(asset, [origin]);
  }
  const originKeys = new Map<string, string>();
  for (const [asset, list] of originsOf)
    originKeys.set(asset, JSON.stringify(sortedBy(new Set(list), (o) => o)));
  const sets = numbered([...assets.map((a) => a.set), ...components.map((c) => c.set)]);
  const installed = numbered(components.map(componentKey));
  const originSets = numbered(originKeys.values());
  return {
    assets: assets.map(({ set, ...asset }) => ({
      ...asset,
      setId: sets.get(set) ?? 0,
      originsId: originSets.get(originKeys.get(asset.asset) ?? '') ?? null,
    })),
    sets: [...sets].map(([set, setId]) => ({ setId, set })),
    installed: [...installed].map(([key, componentId]) => ({ componentId, ...(JSON.parse(key) as object) })),
    setInstalled: [...oneEach(components)]
      .map((c) => ({ setId: sets.get(c.set) ?? 0, componentId: installed.get(componentKey(c)) ?? 0 }))
      .sort((a, b) => a.setId - b.setId || a.componentId - b.componentId),
    originSets: [...originSets].map(([key, originsId]) => ({
      originsId,
      origins: JSON.parse(key) as string[],
    })),
  };
}

const numbered = (keys: Iterable<string>): ReadonlyMap<string, number> =>
  new Map(sortedBy(new Set(keys), (key) => key).map((key, i) => [key, i + 1]));

const componentKey = (row: Told['components'][number]): string => {
  const { name, version, arch, sourcePackage, sourceVersion, held, state, module = null } = row;
  return JSON.stringify({ name, version, arch, sourcePackage, sourceVersion, held, state, module });
};

/** A list that names a package twice, in two states, is wrong about one of them; the same one stands for it every time. */
const oneEach = (components: Told['components']): Iterable<Told['components'][number]> =>
  new Map(
    sortedBy(components, componentKey).map((c) => [JSON.stringify([c.set, c.name, c.arch, c.version]), c]),
  ).values();
