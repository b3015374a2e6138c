import type { PatchLock } from '../../contracts/generated/patch-lock.ts';
import { parseLockKey } from '../../domain/purl.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';
import { ecosystemSql } from './ecosystem-sql.ts';

/**
 * Puts the entries of some locks where the questions below find them: `locked(baseline, ring, ecosystem, name, arch, version)`,
 * and which sets have a package of such a name: `locked_set(setId, componentId)`. All baselines at once: fleets have many, and
 * sets are read once.
 */
export async function askAboutLocked(
  store: FleetStore,
  locks: Iterable<Pick<PatchLock, 'baseline' | 'ring' | 'entries'>>,
): Promise<void> {
  const columns = ['baseline', 'ring', 'ecosystem', 'name', 'arch', 'version'];
  await store.run(`CREATE OR REPLACE TABLE locked (${columns.map((c) => `${c} VARCHAR`).join(', ')})`);
  await store.append(
    'locked',
    columns,
    [...locks].flatMap(({ baseline, ring, entries }) =>
      Object.entries(entries).flatMap(([key, { version }]) => {
        const of = parseLockKey(key);
        return of ? [[baseline, ring, `${of.distro}:${of.release}`, of.name, of.arch, version]] : [];
      }),
    ),
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

/**
 * What known hosts of each baseline have of the packages that their ring's lock names, in another version than it names. What
 * hosts hold themselves is left out.
 */
export async function installedVersions(store: FleetStore): Promise<readonly InstalledVersion[]> {
  for (const sql of HAD) await store.run(sql);
  return store.rows<InstalledVersion>(
    `SELECT h.baseline, h.ring, h.stream, h.name, h.arch, h.version, sum(h.assets)::BIGINT AS assets,
       coalesce(list_contains(s.seen, h.version), false) AS offered, coalesce(s.offers, []) AS offers
     FROM locked_had h LEFT JOIN locked_seen s USING (originSet, stream, name) GROUP BY ALL ORDER BY ALL`,
  );
}

/** Tables and no common table expressions: of those DuckDB makes a plan that takes ten times as long. */
const HAD = [
  `CREATE OR REPLACE TABLE locked_host AS
   SELECT c.baseline, c.ring, s.stream, s.setId, s.originSet, sum(p.assets)::BIGINT AS assets
   FROM population p JOIN context c USING (context) JOIN shape s USING (shape)
   SEMI JOIN locked l ON l.baseline = c.baseline AND l.ring = c.ring
   WHERE s.known GROUP BY ALL`,

  `CREATE OR REPLACE TABLE locked_had AS
   SELECT h.baseline, h.ring, h.stream, h.originSet, i.name, i.arch, i.version, sum(h.assets)::BIGINT AS assets
   FROM locked_host h JOIN locked_set USING (setId) JOIN installed i USING (componentId)
   SEMI JOIN locked l ON l.baseline = h.baseline AND l.ring = h.ring AND l.name = i.name
   ANTI JOIN locked e ON e.baseline = h.baseline AND e.ring = h.ring AND e.name = i.name AND e.arch = i.arch
     AND e.version = i.version AND e.ecosystem = ${ecosystemSql('h.stream')}
   WHERE NOT i.held GROUP BY ALL`,

  // What their origins offer, and what they were seen to.
  `CREATE OR REPLACE TABLE locked_seen AS
   SELECT originSet, stream, name, list(DISTINCT version ORDER BY version) AS seen,
     list(DISTINCT version ORDER BY version) FILTER (now) AS offers
   FROM (SELECT DISTINCT originSet, stream, name FROM locked_had) w JOIN origin_member m USING (originSet)
   JOIN (SELECT stream, origin, name, version, true AS now FROM packages
     UNION ALL SELECT stream, origin, package, version, false FROM firstSeen) k USING (stream, origin, name)
   GROUP BY ALL`,
];

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
     FROM profile_match m JOIN crowd c USING (profile) JOIN shape s USING (shape)
     SEMI JOIN locked l ON l.baseline = m.baseline GROUP BY m.baseline ORDER BY m.baseline`,
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
