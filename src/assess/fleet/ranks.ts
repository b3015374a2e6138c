import { compareVersions, isVersion, type VersionScheme } from '../../domain/version/compare.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';

/**
 * Gives every version that matters a number in its scheme, so that SQL can compare: `version_rank(scheme, version, rank)`
 * and, under the version that advisories use, `source_rank(ecosystem, sourcePackage, sourceVersion, rank)`. Ranks of two
 * schemes say nothing of each other.
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
  await store.run(
    `CREATE OR REPLACE TABLE source_rank AS
     SELECT s.ecosystem, s.sourcePackage, s.sourceVersion, r.rank
     FROM source_of s JOIN ecosystem_fact e USING (ecosystem)
     JOIN version_rank r ON r.version = s.advisoryVersion AND r.scheme = e.scheme`,
  );
}

/** Equal versions share a rank; a text without an order gets none, and then nothing is concluded from it. */
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
