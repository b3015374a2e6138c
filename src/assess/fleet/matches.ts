import { namesBinaries } from '../../domain/advisory-names.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';
import { advisorySource } from '../match/advisory-source.ts';
import { buildSql, ecosystemSql, moduleOfOriginSql } from './ecosystem-sql.ts';
import { judgeSources } from './judgements.ts';
import { createRanks } from './ranks.ts';
import { createThreats } from './threats.ts';

/**
 * Judges distinct (source package, source version) rows, by the same rules that judge a single host.
 *
 * In: `part`, `packages`, `affected`, `advisories`, `kev`, `ssvc`, `epss`, `firstSeen`. Out:
 * - `pkg(pkg, …PackageRow without stanza, scheme, builtFrom, build)`: packages that some part could become;
 *   `sourcePackage`, `sourceVersion` and `build` as in `part`, `builtFrom` is the source package that the row names
 * - `sight(stream, scheme, name, version, build, sourceVersion, at)`: first sight in any origin of the stream
 * - `source_of(ecosystem, sourcePackage, sourceVersion, advisoryPackage, advisoryVersion)`
 * - `version_rank(scheme, version, rank)`: an order for SQL, which `part`, `pkg` and `sight` then have as `rank` and `sourceRank`
 * - `told(told, advisory, names, severity, published, bulletinAt, kevAdded, kevDue, records, exploits, exploitation,
 *   automatable, technicalImpact, epss)`: what is known of an advisory, as `judgeSources` and `createThreats` say
 * - `hit_part(part, advisory, told, affected, fixed, fixedRank)`
 *
 * @param versions further versions that need a rank
 * @param known as {@link judgeSources} says
 */
export async function matchParts(
  store: FleetStore,
  versions: readonly string[] = [],
  known = false,
): Promise<void> {
  for (const sql of PREPARE) await store.run(sql);
  await nameSources(store);
  await judgeSources(store, known);
  await createRanks(store, versions);
  await createThreats(store);
  await store.run(HITS);
}

const PREPARE = [
  `CREATE OR REPLACE TABLE pkg AS
   SELECT row_number() OVER (ORDER BY stream, name, arch, version, origin, source, filename)::INTEGER AS pkg,
     k.* EXCLUDE (stanza, sourcePackage, sourceVersion), e.scheme, sourcePackage AS builtFrom,
     CASE WHEN e.binaries THEN name ELSE sourcePackage END AS sourcePackage,
     CASE WHEN e.binaries THEN version ELSE sourceVersion END AS sourceVersion,
     ${buildSql('version', moduleOfOriginSql('origin'))} AS build
   FROM packages k JOIN ecosystem_fact e ON e.ecosystem = ${ecosystemSql('k.stream')}
   SEMI JOIN part p ON p.stream = k.stream AND p.name = k.name`,

  `CREATE OR REPLACE TABLE sight AS
   SELECT f.stream, e.scheme, f.package AS name, f.version, ${buildSql('f.version', moduleOfOriginSql('f.origin'))} AS build,
     min(CASE WHEN e.binaries THEN f.version ELSE f.sourceVersion END) AS sourceVersion, min(f.at) AS at
   FROM firstSeen f JOIN ecosystem_fact e ON e.ecosystem = ${ecosystemSql('f.stream')}
   SEMI JOIN part p ON p.stream = f.stream AND p.name = f.package
   GROUP BY ALL`,
];

async function nameSources(store: FleetStore): Promise<void> {
  const rows = await store.rows<{ ecosystem: string; sourcePackage: string; sourceVersion: string }>(
    `SELECT DISTINCT ecosystem, sourcePackage, sourceVersion FROM (
       SELECT ecosystem, sourcePackage, sourceVersion FROM part
       UNION ALL SELECT ${ecosystemSql('stream')}, sourcePackage, sourceVersion FROM pkg)
     WHERE sourcePackage IS NOT NULL AND sourceVersion IS NOT NULL ORDER BY ALL`,
  );
  const columns = ['ecosystem', 'sourcePackage', 'sourceVersion', 'advisoryPackage', 'advisoryVersion'];
  await store.run(`CREATE OR REPLACE TABLE source_of (${columns.map((c) => `${c} VARCHAR`).join(', ')})`);
  await store.append(
    'source_of',
    columns,
    rows.map((r) => {
      const { name, version } = namesBinaries(r.ecosystem)
        ? { name: r.sourcePackage, version: r.sourceVersion }
        : advisorySource(r.sourcePackage, r.sourceVersion);
      return [r.ecosystem, r.sourcePackage, r.sourceVersion, name, version];
    }),
  );
}

const HITS = `CREATE OR REPLACE TABLE hit_part AS
  SELECT p.part, t.advisory, j.told, v.affected, v.fixed, v.rank AS fixedRank
  FROM part_source p JOIN judgement j USING (source) JOIN told t USING (told)
  JOIN (SELECT v.*, r.rank FROM verdict v JOIN ecosystem_fact e USING (ecosystem)
    LEFT JOIN version_rank r ON r.version = v.closedFrom AND r.scheme = e.scheme) v USING (verdict)`;
