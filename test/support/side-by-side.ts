import type { Selector } from '../../src/contracts/generated/baseline.ts';
import type { FleetRows } from '../../src/contracts/generated/fleet-rows.ts';
import type { NaiveWorld } from './naive-assess.ts';

/**
 * The same world under names of its own: other hosts, documents, advisories and releases, and a label that its selectors
 * ask for. A world without documents and advisories of another can stand beside it without either noticing.
 */
export function apart(world: NaiveWorld, number: number): NaiveWorld {
  const text = JSON.stringify(world)
    .replaceAll(/"(host|set|ADV|base|exc|hold)-(?=\d)/g, `"$1-${number}-`)
    .replaceAll(/"(trusted|other)"/g, `"$1-${number}"`)
    .replaceAll(/distro=debian-(\d+)/g, (_, release) => `distro=debian-${Number(release) + 100 * number}`)
    .replaceAll(/"CVE-2024-(?=\d)/g, `"CVE-2024-${number + 1}`)
    .replaceAll(
      /"(debian|almalinux|rocky):(\d+)/g,
      (_, name, release) => `"${name}:${Number(release) + 100 * number}`,
    );
  const { rows, baselines, exceptions, ...rest } = JSON.parse(text) as NaiveWorld;
  const own = `world-${number}`;
  const here = <T extends { readonly select: Selector }>(document: T): T => ({
    ...document,
    select: { ...document.select, all: [...(document.select.all ?? []), { label: 'world', in: [own] }] },
  });
  return {
    ...rest,
    rows: { ...rows, assets: rows.assets.map((a) => ({ ...a, labels: { ...a.labels, world: own } })) },
    baselines: baselines.map(here),
    exceptions: exceptions.map(here),
  };
}

/**
 * Worlds that stand apart as one: a store takes nearly as long for one small world as for ten, because of the number of
 * statements. They share the moment of the first.
 */
export function sideBySide(worlds: readonly NaiveWorld[]): NaiveWorld {
  const rows: Record<string, object[]> = {};
  for (const world of worlds)
    for (const [table, list] of Object.entries(world.rows)) (rows[table] ??= []).push(...list);
  return {
    rows: rows as unknown as FleetRows,
    baselines: worlds.flatMap((w) => w.baselines),
    exceptions: worlds.flatMap((w) => w.exceptions),
    holds: worlds.flatMap((w) => w.holds),
    feeds: worlds.flatMap((w) => w.feeds),
    asOf: worlds[0]?.asOf ?? '2024-10-24T00:00:00Z',
  };
}
