import type { Config } from '../contracts/generated/config.ts';
import type { FleetRows } from '../contracts/generated/fleet-rows.ts';
import type { Instant } from '../domain/time.ts';
import { fleetRows, type Seen } from '../observe/fleet-rows.ts';
import { buildSnapshot, type Snapshot } from '../observe/snapshot.ts';
import { sortedBy } from '../util/sort.ts';
import { observeSources, type ScanPorts } from './scan-sources.ts';

/** Name of the file, below the directory of a fleet snapshot, with the facts of hosts by asset: hourly, and no row. */
export const FACTS_FILE = 'facts.json';

export interface ScanInput {
  readonly config: Config;
  /** The policy repository, where relative paths start. */
  readonly repo: string;
  readonly now: Instant;
  /** Whether an asset is looked at; default: every one. */
  readonly only?: (asset: string) => boolean;
}

/** What a scan would write, and what it saw. */
export interface ScanPlan {
  readonly snapshots: readonly Snapshot[];
  readonly assets: number;
  readonly components: number;
  readonly componentSets: number;
  /** Assets of which nothing can be concluded, with the reason. */
  readonly unknown: readonly { readonly asset: string; readonly reason: string }[];
  /** What could not be read, each a sentence. */
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Observes every configured asset. One that cannot be read is `unknown` with its reason and stays in the fleet; the others
 * go on. Nothing is written.
 */
export async function buildScan(ports: ScanPorts, input: ScanInput): Promise<ScanPlan> {
  const { config, repo, now } = input;
  const seen = await observeSources(ports, config, repo, input.only);
  const problems = seen.flatMap((s) => s.observation.problems.map((p) => `${s.source.id}: ${p}`));
  const { statuses, ignoredLabels, ...rows } = fleetRows(seen, config.labels, now);
  const files = new Map([...statuses].map(([set, text]) => [`status/${set}`, text]));
  const facts = seen.flatMap(({ source, observation }) =>
    observation.facts === undefined ? [] : [[source.id, observation.facts] as const],
  );
  if (facts.length > 0) files.set(FACTS_FILE, factsText(facts));
  const { assets, components, origins } = rows;
  return {
    snapshots: fleetSnapshots(
      { assets: [...assets], components: [...components], origins: [...origins] },
      now,
      files,
    ),
    assets: assets.length,
    components: seen.reduce((sum, s) => sum + s.observation.components.length, 0),
    componentSets: new Set(assets.map((a) => a.set)).size,
    unknown: assets.flatMap((a) => (a.unknown === null ? [] : [{ asset: a.asset, reason: a.unknown }])),
    problems,
    notes: [
      ...ignoredLabels.map(
        (label) =>
          `the label "${label}" is ignored: patchwarden.json names no trusted source for it in "labels"`,
      ),
      ...sameMachine(seen),
    ],
  };
}

/** What a scan writes: the fleet, and the labels of it, which pins.json can name without naming packages. */
export const fleetSnapshots = (
  rows: Pick<FleetRows, 'assets' | 'components' | 'origins'>,
  at: Instant,
  files: ReadonlyMap<string, string>,
): readonly [fleet: Snapshot, labels: Snapshot] => [
  buildSnapshot('fleet', rows, at, files),
  buildSnapshot('labels', { labels: rows.assets.map(({ asset, labels }) => ({ asset, labels })) }, at),
];

/** @param facts of assets, by name */
export const factsText = (facts: readonly (readonly [string, unknown])[]): string =>
  `${JSON.stringify(Object.fromEntries(sortedBy(facts, ([asset]) => asset)), null, 1)}\n`;

/** Two assets with one machine id are a cloned image, or one host with two names that would be patched twice. */
function sameMachine(seen: readonly Seen[]): readonly string[] {
  const assets = new Map<string, string[]>();
  for (const { source, observation } of sortedBy(seen, (s) => s.source.id)) {
    const id = observation.facts?.machineId;
    if (id !== undefined) assets.set(id, [...(assets.get(id) ?? []), source.id]);
  }
  return [...assets.values()]
    .filter((names) => names.length > 1)
    .map(
      (names) => `${names.join(', ')} have one machine id: a cloned image, or one host with several names`,
    );
}
