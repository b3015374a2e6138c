import type { PackageRow } from '../contracts/generated/fleet-rows.ts';
import { archFits } from '../domain/arch.ts';
import type { Component } from '../domain/component.ts';
import { meets, type Relation, type Relations, relationsOf } from '../domain/rpm-relations.ts';
import { compareRpm } from '../domain/version/rpm.ts';
import { compareCodePoints } from '../util/sort.ts';
import { escapeXml } from '../util/xml.ts';
import type { Offer } from './solver-packages.ts';

/** A closure larger than this is a broken repository, not a patch. */
const MAX_ROUNDS = 50;

export type RpmClosure =
  | { readonly kind: 'closed'; readonly extra: readonly PackageRow[] }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * New packages, and newer versions of installed ones, that the requirements of `wanted` name. No solver: conflicts, reverse
 * dependencies and conditions are not looked at, and what nobody offers counts as installed, since nothing is known of what
 * installed packages give. For where dnf cannot be asked; the lock then says that its closure is unchecked.
 */
export async function rpmClosure(
  wanted: readonly PackageRow[],
  components: readonly Component[],
  offer: Offer,
): Promise<RpmClosure> {
  const chosen: { readonly row: PackageRow; readonly relations: Relations }[] = [];
  const installed = new Map<string, string>();
  for (const c of components) {
    const known = installed.get(c.name);
    if (known === undefined || compareRpm(c.version, known) > 0) installed.set(c.name, c.version);
  }
  let frontier = wanted;
  for (let round = 0; frontier.length > 0 && round < MAX_ROUNDS; round += 1) {
    for (const row of frontier) chosen.push({ row, relations: relationsOf(row.stanza) });
    const needs = open(chosen);
    const providers = needs.length === 0 ? [] : await providersOf(needs, offer);
    const next = new Map<string, PackageRow>();
    for (const { need, row } of needs) {
      const verdict = judge(need, row, providers, installed);
      if (typeof verdict === 'string') return { kind: 'refused', reason: verdict };
      if (verdict && !chosen.some((c) => c.row.name === verdict.name && c.row.arch === verdict.arch))
        next.set(`${verdict.name} ${verdict.arch}`, verdict);
    }
    frontier = [...next.values()];
  }
  return { kind: 'closed', extra: chosen.slice(wanted.length).map((c) => c.row) };
}

interface Need {
  readonly need: Relation;
  readonly row: PackageRow;
}

/** Requirements that no chosen package meets. */
function open(
  chosen: readonly { readonly row: PackageRow; readonly relations: Relations }[],
): readonly Need[] {
  const given = new Map<string, Relation[]>();
  for (const { relations } of chosen)
    for (const p of relations.provides) given.set(p.name, [...(given.get(p.name) ?? []), p]);
  return chosen.flatMap(({ row, relations }) =>
    relations.requires
      .filter((need) => !(given.get(need.name) ?? []).some((g) => meets(g, need)))
      .map((need) => ({ need, row })),
  );
}

type Provider = { readonly row: PackageRow; readonly provides: readonly Relation[] };

async function providersOf(needs: readonly Need[], offer: Offer): Promise<readonly Provider[]> {
  const names = [...new Set(needs.map((n) => n.need.name))].sort(compareCodePoints);
  const rows = await offer({ names: [], sources: [], containing: names.map(needleOf) });
  return rows.map((row) => ({ row, provides: relationsOf(row.stanza).provides }));
}

/** The text that an element contains when its package gives a capability (or needs it, which is sorted out later). */
export const needleOf = (name: string): string =>
  name.startsWith('/') ? `>${escapeXml(name)}<` : `name="${escapeXml(name)}"`;

/** null: there already, as far as can be known; a row: to be added; a sentence: impossible. */
function judge(
  need: Relation,
  by: PackageRow,
  providers: readonly Provider[],
  installed: ReadonlyMap<string, string>,
): PackageRow | string | null {
  const named = providers.filter((p) => p.provides.some((g) => g.name === need.name));
  const fitting = named
    .filter((p) => p.provides.some((g) => meets(g, need)))
    .filter(({ row }) => archFits(row.arch, by.arch))
    .map(({ row }) => row)
    .sort(
      (a, b) =>
        Number(installed.has(b.name)) - Number(installed.has(a.name)) ||
        compareRpm(b.version, a.version) ||
        compareCodePoints(a.name, b.name),
    );
  const own = installed.get(need.name);
  if (own !== undefined && meets({ name: need.name, operator: '=', evr: own }, need)) return null;
  if (need.operator === null) {
    if (own !== undefined || named.length === 0 || named.some((p) => installed.has(p.row.name))) return null;
  } else if (fitting.some((row) => isAtLeast(installed.get(row.name), row.version))) return null;
  if (fitting[0]) return fitting[0];
  if (need.operator === null || (named.length === 0 && own === undefined)) return null;
  return `needs ${need.name} ${need.operator} ${need.evr}, which no origin offers`;
}

const isAtLeast = (have: string | undefined, version: string): boolean =>
  have !== undefined && compareRpm(have, version) >= 0;
