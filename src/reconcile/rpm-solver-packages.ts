import type { PackageRow } from '../contracts/generated/fleet-rows.ts';
import { meets, type Relation, relationsOf } from '../domain/rpm-relations.ts';
import type { RpmStatusPackage } from '../domain/rpm-status.ts';
import { sortedBy } from '../util/sort.ts';
import { needleOf } from './rpm-closure.ts';
import type { Offer } from './solver-packages.ts';

const MAX_ROUNDS = 50;

/**
 * Everything that dnf may need to install `wanted`: the candidates, their siblings of the same source, and who gives what
 * neither they nor the installed packages do. Each once, sorted.
 */
export async function gatherRpmPackages(
  wanted: readonly PackageRow[],
  installed: readonly RpmStatusPackage[],
  offer: Offer,
): Promise<readonly PackageRow[]> {
  const given = new Map<string, Relation[]>();
  const give = (relations: readonly Relation[]): void => {
    for (const r of relations) given.set(r.name, [...(given.get(r.name) ?? []), r]);
  };
  for (const p of installed) give(p.provides);
  const found = new Map<string, PackageRow>();
  const asked = new Set<string>();
  const siblings = await offer({ names: [], sources: [...new Set(wanted.map((w) => w.sourcePackage))] });
  let frontier: readonly PackageRow[] = [...wanted, ...siblings];
  for (let round = 0; frontier.length > 0 && round < MAX_ROUNDS; round += 1) {
    const needs: Relation[] = [];
    for (const row of frontier) {
      found.set(`${row.name} ${row.arch} ${row.version} ${row.origin}`, row);
      const relations = relationsOf(row.stanza);
      give(relations.provides);
      needs.push(...relations.requires);
    }
    const open = new Set(
      needs.filter((n) => !(given.get(n.name) ?? []).some((g) => meets(g, n))).map((n) => n.name),
    );
    const names = [...open].filter((name) => !asked.has(name));
    for (const name of names) asked.add(name);
    frontier =
      names.length === 0 ? [] : await offer({ names: [], sources: [], containing: names.map(needleOf) });
  }
  return sortedBy(
    found.values(),
    (r) => r.name,
    (r) => r.arch,
    (r) => r.version,
    (r) => r.origin,
  );
}
