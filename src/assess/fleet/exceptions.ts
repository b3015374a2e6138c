import type { Exception } from '../../contracts/generated/exception.ts';
import { dayOf, type Instant } from '../../domain/time.ts';
import type { Cell, FleetStore } from '../../ports/fleet-store.ts';
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
 * Which findings each exception matches, whatever the asset: `exception_finding(exception, finding)` and
 * `exception_shape(exception, shape)`. An advisory is matched by its id or by an exact alias, never through a bulletin;
 * an update without advisory only by an exception that names none.
 *
 * In: `finding`, `part`, `hit_part`, `source_of`, `version_rank`, `shape_finding`.
 */
export async function matchExceptionFindings(
  store: FleetStore,
  exceptions: readonly Exception[],
): Promise<void> {
  await store.run('CREATE OR REPLACE TABLE exception_finding (exception VARCHAR, finding INTEGER)');
  for (const { id, match } of exceptions) {
    const params: Cell[] = [id];
    const conditions: string[] = [];
    const bind = (value: Cell): string => `$${params.push(value)}`;
    if (match.advisories)
      conditions.push(
        `EXISTS (FROM hit_part h WHERE h.part = f.part AND h.advisory = f.advisory
           AND list_has_any(h.names, ${bind(match.advisories)}))`,
      );
    if (match.component) {
      const name = bind(match.component.name);
      conditions.push(`(p.source = ${name} OR p.sourcePackage = ${name} OR s.advisoryPackage = ${name})`);
      if (match.component.before !== undefined)
        conditions.push(
          `r.rank < (SELECT b.rank FROM version_rank b WHERE b.scheme = p.scheme AND b.version = ${bind(match.component.before)})`,
        );
    }
    await store.run(
      `INSERT INTO exception_finding SELECT $1, f.finding
       FROM finding f JOIN part p USING (part)
       LEFT JOIN source_of s ON s.ecosystem = p.ecosystem AND s.sourcePackage = p.sourcePackage
         AND s.sourceVersion = p.sourceVersion
       LEFT JOIN version_rank r ON r.version = s.advisoryVersion AND r.scheme = p.scheme
       WHERE ${conditions.length === 0 ? 'false' : conditions.join(' AND ')}`,
      params,
    );
  }
  await store.run(
    `CREATE OR REPLACE TABLE exception_shape AS
     SELECT DISTINCT e.exception, s.shape FROM exception_finding e JOIN shape_finding s USING (finding)`,
  );
}
