import type { Config } from '../contracts/generated/config.ts';
import type { AssetRow, ComponentRow, OriginRow } from '../contracts/generated/fleet-rows.ts';
import type { Component } from '../domain/component.ts';
import type { Instant } from '../domain/time.ts';
import { digestOf } from '../util/digest.ts';
import { sortedBy } from '../util/sort.ts';
import type { Observation } from './observation.ts';

/** One asset of the fleet and what was seen of it. */
export interface Seen {
  /** What the inventory says of it; `origins` stand in where the asset does not tell its own. */
  readonly source: {
    readonly id: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly origins?: readonly string[];
  };
  readonly observation: Observation;
}

export interface FleetSnapshotRows {
  readonly assets: readonly AssetRow[];
  readonly components: readonly ComponentRow[];
  readonly origins: readonly OriginRow[];
  /** Hex digest of a component set → dpkg status text of the first asset that has the set. */
  readonly statuses: ReadonlyMap<string, string>;
  /** Labels that were left out because the config names no trusted source for them, sorted. */
  readonly ignoredLabels: readonly string[];
}

/** Rows of the fleet snapshot. Component sets are kept once, by the digest of their content. */
export function fleetRows(seen: readonly Seen[], labels: Config['labels'], at: Instant): FleetSnapshotRows {
  const sets = new Map<string, readonly Component[]>();
  const statuses = new Map<string, string>();
  const assets: AssetRow[] = [];
  const origins: OriginRow[] = [];
  const ignored = new Set<string>();
  for (const { source, observation } of sortedBy(seen, (s) => s.source.id)) {
    const components = sortedBy(
      observation.components,
      (c) => c.name,
      (c) => c.arch,
      (c) => c.version,
    );
    const set = digestOf(components);
    sets.set(set, components);
    const hex = hexOf(set);
    if (observation.statusText !== null && !statuses.has(hex)) statuses.set(hex, observation.statusText);
    const given = Object.entries(source.labels ?? {});
    for (const [label] of given) if (labels?.[label]?.source !== 'inventory') ignored.add(label);
    const { stream, unknown, runningKernel, rebootRequired } = observation;
    assets.push({
      asset: source.id,
      stream,
      set,
      labels: Object.fromEntries(given.filter(([label]) => !ignored.has(label))),
      unknown,
      runningKernel,
      rebootRequired,
      observedAt: at,
      source: observation.source,
    });
    const seenOrigins = observation.origins.length > 0 ? observation.origins : (source.origins ?? []);
    for (const origin of sortedBy(new Set(seenOrigins), (o) => o)) origins.push({ asset: source.id, origin });
  }
  const components = sortedBy(sets, ([set]) => set).flatMap(([set, list]) =>
    list.map((c) => ({ set, ...c })),
  );
  return { assets, components, origins, statuses, ignoredLabels: sortedBy(ignored, (l) => l) };
}

/** Name of the state file that keeps the dpkg status text of a component set, below the snapshot's directory. */
export const statusFile = (set: string): string => `status/${hexOf(set)}`;

const hexOf = (digest: string): string => digest.replace('sha256:', '');
