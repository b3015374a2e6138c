import type { FleetStore } from '../../ports/fleet-store.ts';
import { worstSeverity } from './severity-sql.ts';

/**
 * Candidates and findings, over distinct parts and origin sets.
 *
 * In: the tables of `reduceFleet`, `matchParts` and `rankVersions`. Out:
 * - `offer(part, originSet, pkg, rank, sourceRank)`: newer packages that the assets' own origins offer, one a version
 * - `closing(part, originSet, advisory, pkg, rank)`: offers that close an advisory
 * - `patch(part, pkg, advisories, severity, kev, firstSeen, published, behind)`
 * - `finding(finding, kind, part, originSet, advisory, stream, severity, kev, fix, need, held, affected, fixed, reboot,
 *   published, fixAvailable, kevAdded)`; part and advisory are null for an asset of which nothing is known
 * - `finding_offer(finding, part, pkg, rank)`, `shape_finding(shape, finding)`
 *
 * Clocks: `published` is the advisory's; `fixAvailable` the first sight, in any origin of the stream, of a version that
 * closes it (a bulletin is itself the news of a fix); for an update both are the first sight of anything newer.
 * Where one moment is not known the other stands for it, so that no deadline is lost.
 */
export async function buildFindings(store: FleetStore): Promise<void> {
  for (const sql of STATEMENTS) await store.run(sql);
}

const STATEMENTS = [
  // Of one version in several origins the security archive's row stands for it, then the first by name.
  `CREATE OR REPLACE TABLE offer AS
   SELECT o.part, o.originSet, k.pkg, kv.rank, ks.rank AS sourceRank
   FROM part_origin o JOIN part p USING (part)
   JOIN pkg k ON k.stream = p.stream AND k.name = p.name AND k.arch = p.arch
   JOIN origin_member m ON m.originSet = o.originSet AND m.origin = k.origin
   JOIN version_rank iv ON iv.version = p.version
   JOIN version_rank kv ON kv.version = k.version
   LEFT JOIN source_rank ks ON ks.ecosystem = p.ecosystem AND ks.sourcePackage = k.sourcePackage
     AND ks.sourceVersion = k.sourceVersion
   WHERE kv.rank > iv.rank
   QUALIFY row_number() OVER (PARTITION BY o.part, o.originSet, kv.rank ORDER BY k.security DESC, k.pkg) = 1`,

  `CREATE OR REPLACE TABLE closing AS
   SELECT o.part, o.originSet, h.advisory, o.pkg, o.rank
   FROM offer o JOIN hit_part h USING (part) JOIN part p USING (part) JOIN pkg k USING (pkg)
   WHERE h.affected = 'affected' AND k.sourcePackage = p.sourcePackage AND o.sourceRank >= h.fixedRank`,

  `CREATE OR REPLACE TABLE behind AS
   SELECT p.part, min(s.at) AS at
   FROM part p JOIN version_rank iv ON iv.version = p.version
   JOIN sight s ON s.stream = p.stream AND s.name = p.name
   JOIN version_rank sv ON sv.version = s.version AND sv.rank > iv.rank
   GROUP BY p.part`,

  `CREATE OR REPLACE TABLE patch AS
   SELECT o.part, o.pkg, coalesce(list(DISTINCT c.advisory ORDER BY c.advisory) FILTER (c.advisory IS NOT NULL), []) AS advisories,
     ${worstSeverity('h.severity')} AS severity, coalesce(bool_or(f.kevAdded IS NOT NULL), false) AS kev,
     min(s.at) AS firstSeen, max(f.published) AS published, min(b.at) AS behind
   FROM (SELECT DISTINCT part, pkg FROM offer) o JOIN pkg k USING (pkg)
   LEFT JOIN (SELECT DISTINCT part, pkg, advisory FROM closing) c ON c.part = o.part AND c.pkg = o.pkg
   LEFT JOIN hit_part h ON h.part = o.part AND h.advisory = c.advisory
   LEFT JOIN advisory_fact f ON f.advisory = c.advisory
   LEFT JOIN sight s ON s.stream = k.stream AND s.name = k.name AND s.version = k.version
   LEFT JOIN behind b ON b.part = o.part
   GROUP BY o.part, o.pkg`,

  `CREATE OR REPLACE TABLE fix_seen AS
   SELECT h.part, h.advisory, min(s.at) AS at
   FROM hit_part h JOIN part p USING (part) JOIN version_rank iv ON iv.version = p.version
   JOIN sight s ON s.stream = p.stream AND s.name = p.name
   JOIN version_rank sv ON sv.version = s.version AND sv.rank > iv.rank
   JOIN version_rank ss ON ss.version = s.sourceVersion AND ss.rank >= h.fixedRank
   GROUP BY h.part, h.advisory`,

  // A fix that only an origin offers which these assets do not have.
  `CREATE OR REPLACE TABLE elsewhere AS
   SELECT h.part, h.advisory, min(k.origin) AS need
   FROM hit_part h JOIN part p USING (part) JOIN version_rank iv ON iv.version = p.version
   JOIN pkg k ON k.stream = p.stream AND k.name = p.name AND k.arch = p.arch AND k.sourcePackage = p.sourcePackage
   JOIN version_rank kv ON kv.version = k.version AND kv.rank > iv.rank
   JOIN source_rank ks ON ks.ecosystem = p.ecosystem AND ks.sourcePackage = k.sourcePackage
     AND ks.sourceVersion = k.sourceVersion AND ks.rank >= h.fixedRank
   GROUP BY h.part, h.advisory`,

  `CREATE OR REPLACE TABLE vulnerability AS
   SELECT 'vulnerability' AS kind, o.part, o.originSet, h.advisory, p.stream, h.severity, f.kevAdded IS NOT NULL AS kev,
     CASE WHEN h.affected = 'unknown' THEN 'none' WHEN c.part IS NOT NULL THEN 'available'
       WHEN e.part IS NOT NULL THEN 'needs' WHEN h.fixed IS NOT NULL THEN 'released' ELSE 'none' END AS fix,
     CASE WHEN c.part IS NULL THEN e.need END AS need, p.held, h.affected, h.fixed, false AS reboot,
     f.published, CASE WHEN f.kind = 'bulletin' THEN least(s.at, f.published) ELSE s.at END AS fixAvailable, f.kevAdded
   FROM hit_part h JOIN part p USING (part) JOIN part_origin o USING (part) JOIN advisory_fact f USING (advisory)
   LEFT JOIN (SELECT DISTINCT part, originSet, advisory FROM closing) c
     ON c.part = h.part AND c.originSet = o.originSet AND c.advisory = h.advisory
   LEFT JOIN elsewhere e ON e.part = h.part AND e.advisory = h.advisory
   LEFT JOIN fix_seen s ON s.part = h.part AND s.advisory = h.advisory`,

  `CREATE OR REPLACE TABLE update_finding AS
   SELECT 'update' AS kind, o.part, o.originSet, NULL::VARCHAR AS advisory, p.stream, t.severity, t.kev, 'available' AS fix,
     NULL::VARCHAR AS need, p.held, 'affected' AS affected, k.version AS fixed, false AS reboot,
     NULL::VARCHAR AS published, t.behind AS fixAvailable, NULL::VARCHAR AS kevAdded
   FROM (SELECT part, originSet, arg_max(pkg, rank) AS pkg FROM offer GROUP BY part, originSet) o
   JOIN part p USING (part) JOIN patch t USING (part, pkg) JOIN pkg k USING (pkg)`,

  `CREATE OR REPLACE TABLE presence AS
   SELECT DISTINCT 'vulnerability' AS kind, NULL::INTEGER AS part, NULL::INTEGER AS originSet, NULL::VARCHAR AS advisory,
     coalesce(stream, 'unknown:unknown:unknown') AS stream, 'unknown' AS severity, false AS kev, 'none' AS fix,
     NULL::VARCHAR AS need, false AS held, 'unknown' AS affected, NULL::VARCHAR AS fixed, false AS reboot,
     NULL::VARCHAR AS published, NULL::VARCHAR AS fixAvailable, NULL::VARCHAR AS kevAdded
   FROM shape WHERE unknown IS NOT NULL`,

  `CREATE OR REPLACE TABLE finding AS
   SELECT row_number() OVER (ORDER BY part, originSet, kind, advisory, stream, reboot)::INTEGER AS finding,
     * EXCLUDE (published, fixAvailable), coalesce(published, fixAvailable) AS published,
     coalesce(fixAvailable, published) AS fixAvailable
   FROM (FROM vulnerability UNION ALL FROM update_finding UNION ALL FROM presence)`,

  `CREATE OR REPLACE TABLE finding_offer AS
   SELECT f.finding, c.part, c.pkg, c.rank FROM finding f JOIN closing c USING (part, originSet, advisory)
   UNION ALL
   SELECT f.finding, o.part, o.pkg, o.rank FROM finding f JOIN offer o USING (part, originSet) WHERE f.kind = 'update'`,

  `CREATE OR REPLACE TABLE shape_finding AS
   SELECT s.shape, f.finding
   FROM shape s JOIN set_part t ON t.stream = s.stream AND t."set" = s."set"
   JOIN origin_set o ON o.origins = s.origins JOIN finding f ON f.part = t.part AND f.originSet = o.originSet
   WHERE s.unknown IS NULL
   UNION ALL
   SELECT s.shape, f.finding FROM shape s JOIN finding f ON f.stream = coalesce(s.stream, 'unknown:unknown:unknown')
   WHERE s.unknown IS NOT NULL AND f.part IS NULL`,
];
