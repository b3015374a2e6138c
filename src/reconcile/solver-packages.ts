import type { PackageRow } from '../contracts/generated/fleet-rows.ts';
import { sortedBy } from '../util/sort.ts';
import { dependencyNames } from './dependencies.ts';

/** Packages that the origins of one component set offer, by binary name, by source package, or by a part of their stanza. */
export type Offer = (query: {
  readonly names: readonly string[];
  readonly sources: readonly string[];
  readonly containing?: readonly string[];
}) => Promise<readonly PackageRow[]>;

/** A dependency closure larger than this is a broken index, not a patch. */
const MAX_NAMES = 20_000;

/**
 * Everything that a solver may need to install `wanted`: the candidates, their siblings of the same source (exact-version
 * dependencies run between them) and, name by name, what those depend on. Each stanza once, sorted.
 */
export async function gatherSolverPackages(
  wanted: readonly PackageRow[],
  offer: Offer,
): Promise<readonly PackageRow[]> {
  const found = new Map<string, PackageRow>();
  const asked = new Set<string>();
  const add = (rows: readonly PackageRow[]) => {
    for (const row of rows) found.set(`${row.name} ${row.arch} ${row.version} ${row.origin}`, row);
    return rows;
  };
  const siblings = await offer({ names: [], sources: [...new Set(wanted.map((w) => w.sourcePackage))] });
  let frontier = add([...wanted, ...siblings]);
  while (frontier.length > 0 && asked.size < MAX_NAMES) {
    const names = new Set(
      frontier.flatMap((row) => dependencyNames(row.stanza)).filter((name) => !asked.has(name)),
    );
    for (const name of names) asked.add(name);
    frontier = names.size === 0 ? [] : add(await offer({ names: [...names], sources: [] }));
  }
  return sortedBy(
    found.values(),
    (r) => r.name,
    (r) => r.arch,
    (r) => r.version,
    (r) => r.origin,
  );
}
