import type { Exception } from '../../contracts/generated/exception.ts';
import { dayOf, type Instant } from '../../domain/time.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';
import { sortedBy } from '../../util/sort.ts';

/**
 * Exceptions in force on the UTC day of the moment, sorted by id; the first and the last day count: the instant that ends
 * one is 00:00:00Z of the day after its last.
 */
export const validExceptions = (exceptions: readonly Exception[], asOf: Instant): readonly Exception[] =>
  sortedBy(
    exceptions.filter((e) => e.validFrom <= dayOf(asOf) && dayOf(asOf) <= e.validUntil),
    (e) => e.id,
  );

/**
 * Which findings each exception matches, whatever the asset: `exception_finding(exception, finding)`. An advisory is matched by its id or by an exact alias, never through a bulletin;
 * an update without advisory only by an exception that names none.
 *
 * In: `finding`, `part`, `hit_part`, `told`, `source_of`, `version_rank`.
 */
export async function matchExceptionFindings(
  store: FleetStore,
  exceptions: readonly Exception[],
): Promise<void> {
  await store.run(
    'CREATE OR REPLACE TABLE exception_match (exception VARCHAR, advisories VARCHAR[], component VARCHAR, "before" VARCHAR)',
  );
  await store.append(
    'exception_match',
    ['exception', 'advisories', 'component', 'before'],
    exceptions.map(({ id, match: { advisories, component } }) => [
      id,
      advisories ?? null,
      component?.name ?? null,
      component?.before ?? null,
    ]),
  );
  for (const sql of MATCH) await store.run(sql);
}

const MATCH = [
  `CREATE OR REPLACE TABLE exception_advisory AS
   SELECT DISTINCT e.exception, h.part, h.advisory
   FROM (SELECT exception, unnest(advisories) AS name FROM exception_match) e
   JOIN (SELECT told, unnest(names) AS name FROM told) t USING (name) JOIN hit_part h USING (told)`,

  `CREATE OR REPLACE TABLE exception_component AS
   SELECT DISTINCT e.exception, n.part
   FROM exception_match e
   JOIN (SELECT p.part, p.scheme, p.sourceRank, unnest([p.source, p.sourcePackage, s.advisoryPackage]) AS name
     FROM part p LEFT JOIN source_of s USING (ecosystem, sourcePackage, sourceVersion)) n ON n.name = e.component
   LEFT JOIN version_rank b ON b.scheme = n.scheme AND b.version = e."before"
   WHERE e."before" IS NULL OR n.sourceRank < b.rank`,

  `CREATE OR REPLACE TABLE exception_finding AS
   SELECT e.exception, f.finding
   FROM exception_match e JOIN exception_advisory a USING (exception)
   JOIN finding f ON f.part = a.part AND f.advisory = a.advisory
   WHERE e.component IS NULL OR (e.exception, f.part) IN (SELECT (exception, part) FROM exception_component)
   UNION ALL
   SELECT e.exception, f.finding
   FROM exception_match e JOIN exception_component c USING (exception) JOIN finding f USING (part)
   WHERE e.advisories IS NULL`,
];
