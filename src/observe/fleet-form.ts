import type { AssetRow, FleetRows } from '../contracts/generated/fleet-rows.ts';
import { sha256Hex } from '../util/digest.ts';
import { entry } from '../util/entry.ts';
import { sortedBy } from '../util/sort.ts';

type Told = Pick<FleetRows, 'assets' | 'components' | 'origins'>;
type Shared = 'stream' | 'set' | 'runningKernel' | 'unknown';

/** What findings can hang on: assets of one shape have the same ones. */
interface ShapeRow extends Pick<AssetRow, Exclude<Shared, 'set'>> {
  readonly shapeId: number;
  readonly setId: number;
  /** null: it does not tell its origins. */
  readonly originsId: number | null;
}

/** The fleet as it is stored: what many assets have stands once, known by a number. */
export interface StoredFleet {
  readonly assets: readonly (Omit<AssetRow, Shared> & Pick<ShapeRow, 'shapeId'>)[];
  readonly shapes: readonly ShapeRow[];
  readonly sets: readonly { readonly setId: number; readonly set: string }[];
  readonly setBundles: readonly { readonly setId: number; readonly bundleId: number }[];
  readonly bundles: readonly { readonly bundleId: number; readonly componentId: number }[];
  readonly installed: readonly object[];
  readonly originSets: readonly { readonly originsId: number; readonly origins: readonly string[] }[];
  readonly streamBundles: readonly {
    readonly stream: string;
    readonly originsId: number | null;
    readonly bundleId: number;
  }[];
}

/** Numbers depend on what there is, not on the order in which it was told. */
export function storedFleet({ assets, components, origins }: Told): StoredFleet {
  const told = components.map((row) => ({ row, key: componentKey(row) }));
  const sets = numbered([...assets.map((a) => a.set), ...components.map((c) => c.set)]);
  const installed = numbered(told.map((c) => c.key));
  const originKeys = originKeysOf(origins);
  const originSets = numbered(originKeys.values());
  const shapeKeys = assets.map(({ asset, stream, set, runningKernel, unknown }): string => {
    const originsId = originSets.get(originKeys.get(asset) ?? '') ?? null;
    return JSON.stringify({ stream, setId: sets.get(set) ?? 0, originsId, runningKernel, unknown });
  });
  const shapes = numbered(shapeKeys);
  const shapeRows = [...shapes].map(([key, shapeId]) => ({ shapeId, ...(JSON.parse(key) as Shape) }));
  const bundled = bundledSets(told, sets, installed);
  return {
    assets: assets.map(({ asset, labels, rebootRequired, observedAt, source }, i) => ({
      ...{ asset, labels, rebootRequired, observedAt, source },
      shapeId: shapes.get(shapeKeys[i] ?? '') ?? 0,
    })),
    shapes: shapeRows,
    sets: [...sets].map(([set, setId]) => ({ setId, set })),
    ...bundled,
    installed: [...installed].map(([key, componentId]) => ({ componentId, ...(JSON.parse(key) as object) })),
    originSets: [...originSets].map(([key, originsId]) => ({
      originsId,
      origins: JSON.parse(key) as string[],
    })),
    streamBundles: streamBundles(shapeRows, bundled.setBundles),
  };
}

type Shape = Omit<ShapeRow, 'shapeId'>;

const numbered = (keys: Iterable<string>): ReadonlyMap<string, number> =>
  new Map(sortedBy(new Set(keys), (key) => key).map((key, i) => [key, i + 1]));

function originKeysOf(origins: Told['origins']): ReadonlyMap<string, string> {
  const originsOf = new Map<string, Set<string>>();
  for (const { asset, origin } of origins) entry(originsOf, asset, () => new Set()).add(origin);
  return new Map([...originsOf].map(([asset, list]) => [asset, JSON.stringify(sortedBy(list, (o) => o))]));
}

/** A package as it was told, with the text of what it is whatever set has it. */
interface Keyed {
  readonly row: Told['components'][number];
  readonly key: string;
}

const componentKey = (row: Keyed['row']): string => {
  const { name, version, arch, sourcePackage, sourceVersion, held, state, module = null } = row;
  return JSON.stringify({ name, version, arch, sourcePackage, sourceVersion, held, state, module });
};

/** Packages of a bundle, about: fewer make more rows, more have fewer bundles in common. */
const BUNDLE = 16;
const MOST_BUNDLES = 64;

/**
 * Which bundle of its set a package is in hangs on its source alone: what is upgraded together lies together, and two sets
 * that differ in one source differ in one bundle.
 */
function bundledSets(
  components: readonly Keyed[],
  sets: ReadonlyMap<string, number>,
  installed: ReadonlyMap<string, number>,
): Pick<StoredFleet, 'setBundles' | 'bundles'> {
  const each = oneEach(components);
  const inSets = new Set(each.map((c) => c.row.set)).size;
  const places = Math.min(MOST_BUNDLES, Math.max(1, Math.round(each.length / inSets / BUNDLE)));
  const placeOf = new Map<string, number>();
  const packages = new Map<string, number[]>();
  for (const { row, key } of each) {
    const source = row.sourcePackage ?? row.name;
    const place = entry(placeOf, source, () => Number.parseInt(sha256Hex(source).slice(0, 8), 16) % places);
    entry(packages, `${sets.get(row.set)} ${place}`, () => []).push(installed.get(key) ?? 0);
  }
  const contents = [...packages].map(
    ([key, ids]) => [Number(key.split(' ')[0]), ids.sort((a, b) => a - b).join(' ')] as const,
  );
  const bundles = numbered(contents.map(([, content]) => content));
  return {
    setBundles: contents
      .map(([setId, content]) => ({ setId, bundleId: bundles.get(content) ?? 0 }))
      .sort((a, b) => a.setId - b.setId || a.bundleId - b.bundleId),
    bundles: [...bundles].flatMap(([content, bundleId]) =>
      content.split(' ').map((id) => ({ bundleId, componentId: Number(id) })),
    ),
  };
}

/** A list that names a package twice, in two states, is wrong about one of them; the same one stands for it every time. */
const oneEach = (components: readonly Keyed[]): readonly Keyed[] => [
  ...new Map(
    sortedBy(components, (c) => c.key).map((c) => {
      const { set, name, arch, version } = c.row;
      return [JSON.stringify([set, name, arch, version]), c];
    }),
  ).values(),
];

function streamBundles(
  shapes: readonly ShapeRow[],
  setBundles: StoredFleet['setBundles'],
): StoredFleet['streamBundles'] {
  const bundlesOf = new Map<number, number[]>();
  for (const { setId, bundleId } of setBundles) entry(bundlesOf, setId, () => []).push(bundleId);
  const seen = new Map<string, StoredFleet['streamBundles'][number]>();
  for (const { stream, setId, originsId, unknown } of shapes)
    if (stream !== null && unknown === null)
      for (const bundleId of bundlesOf.get(setId) ?? []) {
        const row = { stream, originsId, bundleId };
        entry(seen, JSON.stringify(row), () => row);
      }
  return sortedBy(seen, ([key]) => key).map(([, row]) => row);
}
