import { compareDpkg, isDpkgVersion } from '../../domain/version/dpkg.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';

/**
 * Gives every version that matters a number, so that SQL can compare: `version_rank(version, rank)` and, under the
 * source version that advisories use, `source_rank(ecosystem, sourcePackage, sourceVersion, rank)`.
 * @param extra further versions that need a rank
 */
export async function createRanks(store: FleetStore, extra: readonly string[]): Promise<void> {
  const rows = await store.rows<{ version: string }>(
    `SELECT DISTINCT version FROM (
       SELECT version FROM part UNION SELECT version FROM pkg UNION SELECT advisoryVersion FROM source_of
       UNION SELECT fixed FROM judgement UNION SELECT version FROM sight UNION SELECT sourceVersion FROM sight
       UNION SELECT unnest($1::VARCHAR[]))
     WHERE version IS NOT NULL ORDER BY version`,
    [extra],
  );
  await store.run('CREATE OR REPLACE TABLE version_rank (version VARCHAR, rank INTEGER)');
  await store.append('version_rank', ['version', 'rank'], ranked(rows.map((r) => r.version)));
  await store.run(
    `CREATE OR REPLACE TABLE source_rank AS
     SELECT s.ecosystem, s.sourcePackage, s.sourceVersion, r.rank
     FROM source_of s JOIN version_rank r ON r.version = s.advisoryVersion`,
  );
}

/**
 * Equal versions share a rank; a text without an order gets none, and then nothing is concluded from it.
 * Debian's is the only order so far: a second one will need a scheme beside each version.
 */
function* ranked(versions: readonly string[]): Generator<readonly [version: string, rank: number]> {
  const comparable = versions.filter(isDpkgVersion).sort(compareDpkg);
  let rank = 0;
  let last: string | undefined;
  for (const version of comparable) {
    if (last === undefined || compareDpkg(last, version) !== 0) rank += 1;
    last = version;
    yield [version, rank];
  }
}
