/**
 * The three fleets of bench:decide, as snapshots in Parquet: fixed by their names and the number of hosts, made by SQL
 * with a hash instead of chance. Every host has 100 packages, two origins, and about 100 findings: some 70 of the ten
 * packages that are often released and so are up to four versions behind, some 30 of advisories without a fix.
 *
 * - `golden`: 5,000 component sets, labels `env` and `platform`; 4 baselines of 3 rings: 12 contexts
 * - `messy`: 60 roles own 20 component sets each, and 5 % stragglers have a set of their own, where any package may be
 *   behind; 40 units with a baseline each, exposure and criticality, which rules read, a deadline on some roles only,
 *   300 exceptions of one host each
 * - `worst`: as `golden`, but every host has a component set of its own, where any package may be behind
 *
 * And the one of bench:cycle, which nobody decides on alone:
 * - `settled`: 300 units with four component sets each and 5 % stragglers; the five packages {@link LOCKED} are as their locks
 *   want them, but for one of them on the stragglers of every tenth unit; five more are up to four versions behind
 */
import { addLabelColumns } from '../src/observe/label-columns.ts';
import { SNAPSHOT_TABLES, type SnapshotName } from '../src/observe/snapshot.ts';
import type { FleetStore } from '../src/ports/fleet-store.ts';
import type { StateStore } from '../src/ports/state-store.ts';
import { sha256 } from '../src/util/digest.ts';

export const FLEETS = ['golden', 'messy', 'worst'] as const;
export type FleetName = (typeof FLEETS)[number] | 'settled';

/** The moment at which the fleets are assessed. */
export const AS_OF = '2024-10-24T00:00:00Z';
const PACKAGES = 100;
const SOURCES = 80;
const ADVISORIES = 3000;
const GOLDEN_SETS = 5000;
const ROLES = 60;
const SETS_OF_ROLE = 20;
const UNITS = 40;
export const SETTLED_UNITS = 300;
const SETS_OF_UNIT = 4;
/** Packages that the locks of the fleet `settled` name, and those that are often released beside them. */
export const LOCKED: readonly number[] = [3, 13, 23, 33, 43];
export const OTHERS: readonly number[] = [53, 63, 73, 83, 93];
/** The version that is on offer of each. */
export const NEWEST = '1.0-9';
/** The streams, each with the name that origins have. */
export const STREAMS = [
  ['debian:11:amd64', 'debian:11'],
  ['debian:12:amd64', 'debian:12'],
  ['ubuntu:22.04:amd64', 'ubuntu:22.04'],
] as const;
/** Beyond every set number: the same set after an upgrade of some of its packages. */
const LATER = 10_000_000;

/** A number below `n` that only depends on a column and a word. */
const below = (n: number, word: string, ...columns: string[]): string =>
  `(hash(${[...columns, `'${word}'`].join(', ')}) % ${n})::INTEGER`;
const one = (list: readonly string[], word: string, column: string): string =>
  `['${list.join("', '")}'][1 + ${below(list.length, word, column)}]`;
const day = (word: string, column: string, days: number): string =>
  `strftime(DATE '2024-10-24' - ${below(days, word, column)}, '%Y-%m-%dT00:00:00Z')`;

/** Package `p` of set `n` is so many versions behind: by what is often released, and in sets of one host by anything. */
const lag = (
  ownFrom: number,
): string => `CASE WHEN p % 10 = 3 THEN greatest(0, ${below(4, 'level', 'n')} + ${below(3, 'lag', 'n', 'p')} - 1)
  WHEN n >= ${ownFrom} AND hash(n, p, 'stray') % 100 = 0 THEN 1 + ${below(4, 'lag', 'n', 'p')} ELSE 0 END`;
const OWN_FROM: Readonly<Record<FleetName, number>> = {
  golden: 2 * LATER,
  messy: ROLES * SETS_OF_ROLE,
  worst: 0,
  settled: SETTLED_UNITS * SETS_OF_UNIT,
};
/** Host `i` is of unit `i % 300`, and so is the set of a straggler. */
const lagOf = (fleet: FleetName): string =>
  fleet === 'settled'
    ? `CASE WHEN p IN (${OTHERS.join(', ')}) THEN ${lag(OWN_FROM[fleet])}
        WHEN p = ${LOCKED[1] ?? 0} AND n >= ${OWN_FROM.settled} AND n % ${SETTLED_UNITS} % 10 = 0 THEN 1 ELSE 0 END`
    : lag(OWN_FROM[fleet]);

/** Number of the component set of host `i`. */
const SET_OF: Readonly<Record<FleetName, string>> = {
  golden: `i % ${GOLDEN_SETS}`,
  messy: `CASE WHEN hash(i, 'straggler') % 20 = 0 THEN ${ROLES * SETS_OF_ROLE} + i
    ELSE (i % ${ROLES}) * ${SETS_OF_ROLE} + ${below(SETS_OF_ROLE, 'set', 'i')} END`,
  worst: 'i',
  settled: `CASE WHEN hash(i, 'straggler') % 20 = 0 THEN ${SETTLED_UNITS * SETS_OF_UNIT} + i
    ELSE (i % ${SETTLED_UNITS}) * ${SETS_OF_UNIT} + ${below(SETS_OF_UNIT, 'set', 'i')} END`,
};

const FEW_LABELS: Readonly<Record<string, string>> = {
  env: one(['prod', 'prod', 'prod', 'staging', 'test'], 'env', 'i'),
  platform: `'platform-' || i % 4`,
};
const MANY_LABELS: Readonly<Record<string, string>> = {
  criticality: one(['low', 'medium', 'high'], 'criticality', 'i'),
  env: one(['prod', 'prod', 'prod', 'staging', 'test'], 'env', 'i'),
  exposure: one(['internet', 'internal'], 'exposure', 'i'),
  id: `'host-' || lpad(i::VARCHAR, 7, '0')`,
  role: `'role-' || i % ${ROLES}`,
  unit: `'unit-' || ${below(UNITS, 'unit', 'i')}`,
};
const LABELS: Readonly<Record<FleetName, Readonly<Record<string, string>>>> = {
  golden: FEW_LABELS,
  messy: MANY_LABELS,
  worst: FEW_LABELS,
  settled: { ...MANY_LABELS, unit: `'unit-' || i % ${SETTLED_UNITS}` },
};

/** As many bundles as a scan would make of a hundred packages. */
const BUNDLES = 6;
const component = (fleet: FleetName): string =>
  `((p * 9 + 9 - (${lagOf(fleet)}) - 1) * 2 + (hash(n, p, 'held') % 500 = 0)::INTEGER + 1)::INTEGER`;
/** Which bundle a package is in hangs on its source. */
const BUNDLE_OF = `p % ${SOURCES} % ${BUNDLES}`;

/** Numbers the bundles of all sets: equal ones, which have an equal sum of hashes, are one. */
const bundleSql = (fleet: FleetName): readonly string[] => [
  `CREATE TABLE told_bundle AS
   SELECT setId, n, place, sum(hash(component)) AS content
   FROM (SELECT setId, n, ${BUNDLE_OF} AS place, ${component(fleet)} AS component
     FROM (SELECT setId, n, p::INTEGER AS p FROM component_set, range(${PACKAGES}) r(p))) GROUP BY ALL`,
  `CREATE TABLE bundle AS
   SELECT row_number() OVER (ORDER BY place, content)::INTEGER AS bundleId, *
   FROM (SELECT place, content, min(n) AS n FROM told_bundle GROUP BY ALL)`,
];

/** Text of a query for each table of the snapshots; `host`, `component_set`, `told_bundle` and `bundle` are there. */
const tablesOf = (fleet: FleetName): Readonly<Record<string, string>> => ({
  assets: `SELECT 'host-' || lpad(i::VARCHAR, 7, '0') AS asset, false AS rebootRequired, '2024-10-24T00:00:00Z' AS observedAt, 'ssh' AS source, setId AS shapeId, labels
    FROM host JOIN component_set USING (n) ORDER BY asset`,
  shapes: `SELECT setId AS shapeId, stream, setId, originsId, NULL::VARCHAR AS runningKernel, NULL::VARCHAR AS unknown
    FROM component_set JOIN streams USING (stream) ORDER BY setId`,
  sets: 'SELECT setId, digest AS "set" FROM component_set ORDER BY setId',
  installed: `SELECT (p * 9 + v - 1) * 2 + held + 1 AS componentId, 'package-' || p AS name, '1.0-' || v AS version, 'amd64' AS arch,
      'source-' || p % ${SOURCES} AS sourcePackage, '1.0-' || v AS sourceVersion, held = 1 AS held, 'installed' AS state, NULL::VARCHAR AS module
    FROM range(${PACKAGES}) a(p), range(1, 10) b(v), range(2) c(held)`,
  setBundles:
    'SELECT setId, bundleId FROM told_bundle JOIN bundle USING (place, content) ORDER BY setId, bundleId',
  bundles: `SELECT bundleId, ${component(fleet)} AS componentId
    FROM (SELECT bundleId, n, p::INTEGER AS p FROM bundle, range(${PACKAGES}) r(p) WHERE ${BUNDLE_OF} = place) ORDER BY ALL`,
  originSets:
    "SELECT originsId, [ecosystem || '-security/main', ecosystem || '/main'] AS origins FROM streams",
  streamBundles: `SELECT DISTINCT stream, originsId, bundleId FROM component_set JOIN streams USING (stream) JOIN told_bundle USING (setId)
    JOIN bundle USING (place, content) ORDER BY ALL`,
  advisories: `SELECT 'CVE-2024-' || (10000 + i) AS advisory, 'vulnerability' AS kind, []::VARCHAR[] AS aliases, []::VARCHAR[] AS related,
      'Something in the sources of a package' AS summary, ${day('published', 'i', 200)} AS published, NULL::VARCHAR AS modified, NULL::VARCHAR AS withdrawn,
      ${one(['critical', 'high', 'medium', 'medium', 'low'], 'severity', 'i')} AS severity, 'cvss' AS severitySource, NULL::DOUBLE AS score, 'bench' AS feed
    FROM range(${ADVISORIES}) r(i)`,
  affected: `SELECT 'CVE-2024-' || (10000 + i) AS advisory, ecosystem, 'source-' || i % ${SOURCES} AS package, 'dpkg' AS scheme, '0' AS introduced,
      CASE WHEN i % 100 > 0 THEN '1.0-' || (1 + ${below(9, 'fixed', 'i')}) END AS fixed, NULL::VARCHAR AS lastAffected,
      []::VARCHAR[] AS versions, NULL::VARCHAR AS urgency FROM range(${ADVISORIES}) r(i), streams`,
  kev: `SELECT 'CVE-2024-' || (10000 + i * 71) AS cve, '2024-09-24' AS dateAdded, '2024-10-15' AS dueDate, false AS ransomware FROM range(40) r(i)`,
  ssvc: `SELECT 'CVE-2024-' || (10000 + i) AS cve, 'cisa' AS source, '2024-10-01T00:00:00Z' AS "at",
      ${one(['none', 'none', 'none', 'none', 'none', 'none', 'none', 'poc', 'poc', 'active'], 'ex', 'i')} AS exploitation,
      ${one(['no', 'no', 'no', 'yes'], 'automatable', 'i')} AS automatable, ${one(['partial', 'total'], 'impact', 'i')} AS technicalImpact
    FROM range(${ADVISORIES}) r(i) WHERE i % 4 = 1`,
  epss: `SELECT 'CVE-2024-' || (10000 + i) AS cve, (hash(i, 'epss') % 1000) ** 3 / 1e9 AS score, 0.5 AS percentile, '2024-10-23' AS modelDate
    FROM range(${ADVISORIES}) r(i)`,
  claims: `SELECT ''AS cve, '' AS source, '' AS kind, '' AS value, '' AS vector, '' AS "at" WHERE false`,
  vex: `SELECT '' AS source, '' AS document, '' AS "at", '' AS vulnerability, '' AS product, '' AS status, '' AS justification, '' AS statement WHERE false`,
  packages: `SELECT 'bench' AS source, ecosystem || suffix AS origin, stream, suffix <> '/main' AS security, 'package-' || p AS name, version, 'amd64' AS arch,
      'source-' || p % ${SOURCES} AS sourcePackage, version AS sourceVersion, repeat('a', 64) AS sha256, 1000::BIGINT AS size, 'pool/' || p || '.deb' AS filename,
      'libs' AS section, 'optional' AS priority, NULL::INTEGER AS phased, 'host' AS fetch, true AS immutable, 'Package: package-' || p AS stanza
    FROM streams, range(${PACKAGES}) r(p), (VALUES ('-security/main', '1.0-9', 2), ('/main', '1.0-9', 3), ('/main', '1.0-7', 1)) o(suffix, version, half)
    WHERE half = 1 OR p % 2 = half % 2`,
  firstSeen: `SELECT stream, ecosystem || '/main' AS origin, 'package-' || p AS package, '1.0-' || v AS version, '1.0-' || v AS sourceVersion,
      strftime(DATE '2024-10-24' - ((9 - v) * 20 + ${below(20, 'seen', 'p', 'v')})::INTEGER, '%Y-%m-%dT00:00:00Z') AS "at"
    FROM streams, range(${PACKAGES}) r(p), range(1, 10) s(v)`,
});

export interface BenchFleet {
  readonly fleet: FleetName;
  readonly hosts: number;
  /** Every hundredth host has a later component set. */
  readonly changed: boolean;
}

/** Writes the snapshots of a fleet below the state location of the store. */
export async function writeFleet(store: FleetStore, state: StateStore, asked: BenchFleet): Promise<void> {
  const { fleet, hosts, changed } = asked;
  const later = changed ? `CASE WHEN i % 100 = 7 THEN ${LATER} ELSE 0 END + ` : '';
  const labels = Object.entries(LABELS[fleet]);
  const tables = tablesOf(fleet);
  await store.run(`CREATE TABLE streams AS
    SELECT unnest(['${STREAMS.map(([stream]) => stream).join("', '")}']) AS stream,
      unnest(['${STREAMS.map(([, origin]) => origin).join("', '")}']) AS ecosystem, unnest([1, 2, 3]) AS originsId`);
  await store.run(`CREATE TABLE host AS
    SELECT i, ${later}${SET_OF[fleet]} AS n, map([${labels.map(([name]) => `'${name}'`).join(', ')}], [${labels.map(([, sql]) => sql).join(', ')}]) AS labels
    FROM range(${hosts}) r(i)`);
  await store.run(`CREATE TABLE component_set AS
    SELECT row_number() OVER (ORDER BY digest)::INTEGER AS setId, * FROM (
      SELECT n, 'sha256:' || sha256('set ' || n) AS digest, ['${STREAMS.map(([stream]) => stream).join("', '")}'][1 + n % 3] AS stream
      FROM (SELECT DISTINCT n FROM host)) ORDER BY setId`);
  for (const sql of bundleSql(fleet)) await store.run(sql);
  for (const snapshot of Object.keys(SNAPSHOT_TABLES) as SnapshotName[]) {
    if (snapshot === 'labels') continue;
    const digest = sha256(JSON.stringify([snapshot, snapshot === 'fleet' ? asked : 'bench']));
    const written: Record<string, { file: string; rows: number }> = {};
    for (const table of SNAPSHOT_TABLES[snapshot]) {
      const file = `${snapshot}/${digest.slice('sha256:'.length)}/${table}.parquet`;
      await store.run(`CREATE OR REPLACE VIEW staged AS ${tables[table] ?? ''}`);
      if (table === 'assets') {
        await store.run('CREATE TABLE labelled AS FROM staged');
        await addLabelColumns(store, 'labelled');
      }
      await store.exportParquet(table === 'assets' ? 'labelled' : 'staged', state.path(file));
      written[table] = { file, rows: 0 };
    }
    const manifest = { snapshot, digest, at: AS_OF, tables: written };
    await state.write(`${snapshot}/manifest.json`, `${JSON.stringify(manifest, null, 2)}\n`);
  }
}
