import { compareVersions, isVersion, type VersionScheme } from '../../domain/version/compare.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';
import { ecosystemSql } from './ecosystem-sql.ts';

/**
 * Gives every version that matters a number in its scheme, so that SQL can compare: `version_rank(scheme, version, rank)`.
 * Ranks of two schemes say nothing of each other; null is a text without an order, from which nothing follows.
 *
 * `part`, `pkg` and `sight` get the columns `rank` and, of the version that advisories use, `sourceRank`.
 * @param extra further versions that need a rank, in every scheme
 */
export async function createRanks(store: FleetStore, extra: readonly string[]): Promise<void> {
  const rows = await store.rows<{ scheme: VersionScheme; version: string }>(
    `SELECT DISTINCT scheme, version FROM (
       SELECT scheme, version FROM part UNION SELECT scheme, version FROM pkg
       UNION SELECT e.scheme, advisoryVersion FROM source_of JOIN ecosystem_fact e USING (ecosystem)
       UNION SELECT e.scheme, closedFrom FROM verdict JOIN ecosystem_fact e USING (ecosystem)
       UNION SELECT scheme, version FROM sight UNION SELECT scheme, sourceVersion FROM sight
       UNION SELECT scheme, x.version FROM (SELECT DISTINCT scheme FROM ecosystem_fact), (SELECT unnest($1::VARCHAR[]) AS version) x)
     WHERE version IS NOT NULL ORDER BY scheme, version`,
    [extra],
  );
  await store.run('CREATE OR REPLACE TABLE version_rank (scheme VARCHAR, version VARCHAR, rank INTEGER)');
  for (const scheme of new Set(rows.map((r) => r.scheme))) {
    const versions = rows.flatMap((r) => (r.scheme === scheme ? [r.version] : []));
    await store.append('version_rank', ['scheme', 'version', 'rank'], ranked(scheme, versions));
  }
  for (const sql of RANKED) await store.run(sql);
}

/** The name under which advisories know a source may have another version. */
const sourceRanked = (table: string, ecosystem: string): string =>
  `CREATE OR REPLACE TABLE ${table} AS
   SELECT t.*, v.rank, s.rank AS sourceRank
   FROM ${table} t LEFT JOIN version_rank v ON v.scheme = t.scheme AND v.version = t.version
   LEFT JOIN source_of o ON o.ecosystem = ${ecosystem} AND o.sourcePackage = t.sourcePackage AND o.sourceVersion = t.sourceVersion
   LEFT JOIN version_rank s ON s.scheme = t.scheme AND s.version = o.advisoryVersion`;

const RANKED = [
  sourceRanked('part', 't.ecosystem'),
  sourceRanked('pkg', ecosystemSql('t.stream')),

  `CREATE OR REPLACE TABLE sight AS
   SELECT t.*, v.rank, s.rank AS sourceRank
   FROM sight t LEFT JOIN version_rank v ON v.scheme = t.scheme AND v.version = t.version
   LEFT JOIN version_rank s ON s.scheme = t.scheme AND s.version = t.sourceVersion`,
];

/** Equal versions share a rank; a text without an order gets none. */
function* ranked(
  scheme: VersionScheme,
  versions: readonly string[],
): Generator<readonly [scheme: string, version: string, rank: number]> {
  const comparable = versions
    .filter((v) => isVersion(scheme, v))
    .sort((a, b) => compareVersions(scheme, a, b));
  let rank = 0;
  let last: string | undefined;
  for (const version of comparable) {
    if (last === undefined || compareVersions(scheme, last, version) !== 0) rank += 1;
    last = version;
    yield [scheme, version, rank];
  }
}
