import type { AdvisoryRow, AffectedRow } from '../../contracts/generated/fleet-rows.ts';
import { namesBinaries } from '../../domain/advisory-names.ts';
import { withoutModuleBuild } from '../../domain/rpm-module.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';
import { type AdvisoryIndex, indexAdvisories } from '../match/advisories.ts';
import { advisorySource } from '../match/advisory-source.ts';
import { type Judgement, judgeSource } from '../match/judge-source.ts';
import { buildSql, ecosystemSql, moduleOfOriginSql } from './ecosystem-sql.ts';
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
 * - `version_rank(scheme, version, rank)`, `source_rank(ecosystem, sourcePackage, sourceVersion, rank)`: orders for SQL
 * - `hit_part(part, advisory, names, affected, fixed, fixedRank, severity, published, bulletinAt, kevAdded, kevDue, records,
 *   exploits, exploitation, automatable, technicalImpact, epss)`; `exploits` are all ids under which it may be exploited
 *
 *   `names` are the exact ids of the vulnerability, `bulletinAt` is when a bulletin first told of the fix
 *
 * @param versions further versions that need a rank
 */
export async function matchParts(store: FleetStore, versions: readonly string[] = []): Promise<void> {
  for (const sql of PREPARE) await store.run(sql);
  await nameSources(store);
  await store.run(
    `CREATE OR REPLACE TABLE judgement (ecosystem VARCHAR, advisoryPackage VARCHAR, advisoryVersion VARCHAR,
       module VARCHAR, advisory VARCHAR, names VARCHAR[], affected VARCHAR, fixed VARCHAR, closedFrom VARCHAR, severity VARCHAR, published VARCHAR,
       bulletinAt VARCHAR, kevAdded VARCHAR, kevDue VARCHAR, records VARCHAR[], exploits VARCHAR[])`,
  );
  const kev = await store.rows<Exploited & { readonly cve: string }>(
    'SELECT cve, min(dateAdded) AS added, min(dueDate) AS due FROM kev GROUP BY cve ORDER BY cve',
  );
  const exploited = new Map(kev.map((k) => [k.cve, k]));
  for (const { ecosystem } of await store.rows<{ ecosystem: string }>(
    'SELECT DISTINCT ecosystem FROM part ORDER BY ecosystem',
  ))
    await judgeEcosystem(store, ecosystem, exploited);
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

/** Days on which a catalogue listed a vulnerability, and wants it fixed. */
interface Exploited {
  readonly added: string;
  readonly due: string | null;
}

type IndexedAdvisory = Pick<
  AdvisoryRow,
  'advisory' | 'kind' | 'aliases' | 'related' | 'summary' | 'published' | 'withdrawn' | 'severity'
>;

async function judgeEcosystem(
  store: FleetStore,
  ecosystem: string,
  exploited: ReadonlyMap<string, Exploited>,
): Promise<void> {
  const advisories = await store.rows<IndexedAdvisory>(
    `SELECT advisory, kind, aliases, related, summary, published, withdrawn, severity FROM advisories a
     SEMI JOIN (SELECT advisory FROM affected WHERE ecosystem = $1) r USING (advisory) ORDER BY advisory`,
    [ecosystem],
  );
  const affected = await store.rows<AffectedRow>(
    `SELECT a.* FROM affected a
     SEMI JOIN source_of s ON s.ecosystem = a.ecosystem AND s.advisoryPackage = a.package
     WHERE a.ecosystem = $1 ORDER BY ALL`,
    [ecosystem],
  );
  const sources = await store.rows<{ name: string; version: string; module: string | null }>(
    `SELECT DISTINCT s.advisoryPackage AS name, s.advisoryVersion AS version, p.module
     FROM source_of s JOIN part p USING (ecosystem, sourcePackage, sourceVersion)
     WHERE s.ecosystem = $1 ORDER BY ALL`,
    [ecosystem],
  );
  const index: AdvisoryIndex = indexAdvisories(advisories as readonly AdvisoryRow[], affected, ecosystem);
  const told = new Map(advisories.map((a) => [a.advisory, a]));
  const columns =
    'ecosystem,package,version,module,advisory,names,affected,fixed,closedFrom,severity,published,bulletin,kev,kevDue,records,exploits';
  await store.append('judgement', columns.split(','), rows());

  function* rows() {
    for (const { module, ...source } of sources)
      for (const j of judgeSource(index, module === null ? source : { ...source, module })) {
        const listed = j.exploitIds.flatMap((id) => exploited.get(id) ?? []);
        const days = (kind: AdvisoryRow['kind']) =>
          j.records.flatMap((id) => publishedAs(told.get(id), kind));
        yield [
          ecosystem,
          source.name,
          source.version,
          module,
          j.advisory,
          [j.advisory, ...j.aliases],
          affectedBy(j),
          j.fixedIn,
          j.fixedIn === null ? null : withoutModuleBuild(j.fixedIn),
          j.severity,
          earliest(days(j.kind)),
          earliest(days('bulletin')),
          earliest(listed.map((k) => k.added)),
          earliest(listed.flatMap((k) => k.due ?? [])),
          j.records,
          j.exploitIds,
        ];
      }
  }
}

const publishedAs = (record: IndexedAdvisory | undefined, kind: AdvisoryRow['kind']): readonly string[] =>
  record?.kind === kind && record.published !== null ? [record.published] : [];

const earliest = (moments: readonly string[]): string | null =>
  moments.reduce<string | null>((first, m) => (first === null || m < first ? m : first), null);

/** Debian calls unimportant what does not concern the binary packages; where it fixes one all the same, the fix counts. */
const affectedBy = (j: Judgement): 'affected' | 'unknown' | 'not-affected' =>
  j.verdict === 'affected' && j.fixedIn === null && j.urgency === 'unimportant' ? 'not-affected' : j.verdict;

const HITS = `CREATE OR REPLACE TABLE hit_part AS
  SELECT p.part, j.* EXCLUDE (ecosystem, advisoryPackage, advisoryVersion, module, closedFrom), r.rank AS fixedRank,
    t.* EXCLUDE (exploits)
  FROM part p JOIN source_of s USING (ecosystem, sourcePackage, sourceVersion)
  JOIN judgement j ON j.ecosystem = p.ecosystem AND j.advisoryPackage = s.advisoryPackage
    AND j.advisoryVersion = s.advisoryVersion AND j.module IS NOT DISTINCT FROM p.module
  JOIN threat t USING (exploits)
  LEFT JOIN version_rank r ON r.version = j.closedFrom AND r.scheme = p.scheme`;
