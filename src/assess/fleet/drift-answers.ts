import type { FleetStore } from '../../ports/fleet-store.ts';

/** Names of the packages that the locks of each baseline have entries of. */
export type LockedNames = ReadonlyMap<string, readonly string[]>;

/**
 * Puts them where the questions below find them: `locked(baseline, name)`, and which sets have one of them:
 * `locked_set(setId, componentId)`. All baselines at once: fleets have many, and sets are read once.
 */
export async function askAboutLocked(store: FleetStore, names: LockedNames): Promise<void> {
  await store.run('CREATE OR REPLACE TABLE locked (baseline VARCHAR, name VARCHAR)');
  await store.append(
    'locked',
    ['baseline', 'name'],
    [...names].flatMap(([baseline, all]) => all.map((name) => [baseline, name])),
  );
  await store.run(
    `CREATE OR REPLACE TABLE locked_set AS
     SELECT setId, componentId FROM setBundles JOIN (FROM bundles SEMI JOIN
       (FROM installed SEMI JOIN locked USING (name)) i USING (componentId)) USING (bundleId)`,
  );
}

/** One installed version of a package, as hosts of one ring with the same origins have it. */
export interface InstalledVersion {
  readonly baseline: string;
  readonly ring: string;
  readonly stream: string;
  readonly name: string;
  readonly arch: string;
  readonly version: string;
  readonly assets: number;
  /** An origin of these hosts offers this version, or was seen to once. */
  readonly offered: boolean;
  /** Versions of the package that their origins offer now, sorted as text; empty: nobody knows where it comes from. */
  readonly offers: readonly string[];
}

/** What known hosts of each baseline have of its locked packages, by ring; what hosts hold themselves is left out. */
export const installedVersions = (store: FleetStore): Promise<readonly InstalledVersion[]> =>
  store.rows<InstalledVersion>(
    `WITH had AS MATERIALIZED (
       SELECT h.baseline, h.ring, h.stream, h.originSet, i.name, i.arch, i.version, sum(h.assets)::BIGINT AS assets
       FROM (SELECT c.baseline, c.ring, s.stream, s.setId, s.originSet, sum(p.assets)::BIGINT AS assets
         FROM population p JOIN context c USING (context) JOIN shape s USING (shape)
         WHERE c.ring IS NOT NULL AND s.known GROUP BY ALL) h
       JOIN locked_set USING (setId) JOIN installed i USING (componentId)
       JOIN locked l ON l.baseline = h.baseline AND l.name = i.name
       WHERE NOT i.held GROUP BY ALL),
     now AS (
       SELECT w.originSet, w.stream, w.name, list(DISTINCT k.version ORDER BY k.version) AS offers
       FROM (SELECT DISTINCT originSet, stream, name FROM had) w JOIN origin_member m USING (originSet)
       JOIN packages k ON k.stream = w.stream AND k.name = w.name AND k.origin = m.origin GROUP BY ALL),
     once AS (
       SELECT DISTINCT w.originSet, w.stream, w.name, f.version
       FROM (SELECT DISTINCT originSet, stream, name FROM had) w JOIN origin_member m USING (originSet)
       JOIN firstSeen f ON f.stream = w.stream AND f.package = w.name AND f.origin = m.origin)
     SELECT h.baseline, h.ring, h.stream, h.name, h.arch, h.version, sum(h.assets)::BIGINT AS assets,
       coalesce(list_contains(n.offers, h.version), false) OR o.version IS NOT NULL AS offered, coalesce(n.offers, []) AS offers
     FROM had h LEFT JOIN now n USING (originSet, stream, name) LEFT JOIN once o USING (originSet, stream, name, version)
     GROUP BY ALL ORDER BY ALL`,
  );

/** Whether a source offers exactly this file now. */
export async function isOnOffer(store: FleetStore, source: string, sha256: string): Promise<boolean> {
  const rows = await store.rows('SELECT 1 AS n FROM packages WHERE source = $1 AND sha256 = $2 LIMIT 1', [
    source,
    sha256,
  ]);
  return rows.length > 0;
}

/** What the hosts that a baseline selects have of its locked packages, whoever governs them. */
export interface SelectedPackages {
  /** Hosts whose packages are known, and those of which nobody knows them. */
  readonly known: number;
  readonly unknown: number;
  /** Distinct, sorted. */
  readonly installed: readonly { readonly stream: string; readonly name: string }[];
}

/** By baseline; one that selects nothing is missing. In: `profile_match`, `crowd`, `shape`. */
export async function selectedPackages(store: FleetStore): Promise<ReadonlyMap<string, SelectedPackages>> {
  const counts = await store.rows<{ baseline: string; known: number; unknown: number }>(
    `SELECT m.baseline, coalesce(sum(c.assets) FILTER (s.known), 0)::BIGINT AS known,
       coalesce(sum(c.assets) FILTER (NOT s.known), 0)::BIGINT AS unknown
     FROM profile_match m SEMI JOIN locked l ON l.baseline = m.baseline JOIN crowd c USING (profile) JOIN shape s USING (shape)
     GROUP BY m.baseline ORDER BY m.baseline`,
  );
  const rows = await store.rows<SelectedPackages['installed'][number] & { readonly baseline: string }>(
    `SELECT DISTINCT h.baseline, h.stream, i.name
     FROM (SELECT DISTINCT m.baseline, s.stream, s.setId
       FROM profile_match m JOIN crowd c USING (profile) JOIN shape s USING (shape) WHERE s.known) h
     JOIN locked_set USING (setId) JOIN installed i USING (componentId)
     JOIN locked l ON l.baseline = h.baseline AND l.name = i.name ORDER BY ALL`,
  );
  const installed = new Map<string, SelectedPackages['installed'][number][]>();
  for (const { baseline, stream, name } of rows) {
    const mine = installed.get(baseline) ?? [];
    mine.push({ stream, name });
    installed.set(baseline, mine);
  }
  return new Map(
    counts.map(({ baseline, ...count }) => [
      baseline,
      { ...count, installed: installed.get(baseline) ?? [] },
    ]),
  );
}
