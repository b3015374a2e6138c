import type { FleetStore } from '../../ports/fleet-store.ts';
import { worstSeverity } from './severity-sql.ts';
import { worstPoints } from './threats.ts';

/**
 * Candidates and findings, over distinct parts and origin sets.
 *
 * In: the tables of `reduceFleet`, `buildPlaces`, `matchParts` and `matchVex`. Out:
 * - `offer(part, originSet, pkg, rank, sourceRank)`: newer packages that the assets' own origins offer, one a version
 * - `closing(part, originSet, advisory, pkg, rank)`: offers that close an advisory
 * - `patch(part, pkg, advisories, cves, fixState, severity, kev, epss, exploitation, automatable, technicalImpact, secures, firstSeen, published, behind)`; `secures`: it brings what a
 *   security archive offers
 * - `finding(finding, kind, part, originSet, advisory, stream, severity, kev, fix, need, held, affected, fixed,
 *   fixedRank, reboot, exploitation, automatable, technicalImpact, epss, vex, published, fixAvailable, kevAdded, kevDue)`, moments as days; part is null for an asset of which nothing is known
 * - `finding_offer(finding, part, pkg, rank)`, `place_finding(place, finding)`
 *
 * Clocks: `published` is the advisory's; `fixAvailable` the first sight, in any origin of the stream, of a version that
 * closes it, or the bulletin that told of it; for an update both are the first sight of anything newer.
 * Where one moment is not known the other stands for it, so that no deadline is lost.
 */
export async function buildFindings(store: FleetStore): Promise<void> {
  for (const sql of STATEMENTS) await store.run(sql);
}

/** A package may become independent of the architecture, or stop being it; it stays in its module stream, or outside of all. */
const SAME_KIND =
  "(k.arch = p.arch OR k.arch IN ('all', 'noarch') OR p.arch IN ('all', 'noarch')) AND k.build = p.build";
const NO_THREAT = `'unknown' AS exploitation, 'unknown' AS automatable, 'unknown' AS technicalImpact, NULL::DOUBLE AS epss, 'none' AS vex`;
const NOTHING_KNOWN = `'unknown' AS severity, false AS kev, 'none' AS fix, NULL::VARCHAR AS need, false AS held,
  'unknown' AS affected, NULL::VARCHAR AS fixed, NULL::INTEGER AS fixedRank, false AS reboot, ${NO_THREAT},
  NULL::VARCHAR AS published, NULL::VARCHAR AS fixAvailable, NULL::VARCHAR AS kevAdded, NULL::VARCHAR AS kevDue`;

const STATEMENTS = [
  // Of one version in several origins the security archive's row stands for it, then the first by name.
  `CREATE OR REPLACE TABLE offer AS
   SELECT o.part, o.originSet, k.pkg, k.rank, k.sourceRank
   FROM part_origin o JOIN part p USING (part)
   JOIN pkg k ON k.stream = p.stream AND k.name = p.name AND ${SAME_KIND} AND k.rank > p.rank
   JOIN origin_member m ON m.originSet = o.originSet AND m.origin = k.origin
   QUALIFY row_number() OVER (PARTITION BY o.part, o.originSet, k.rank ORDER BY k.security DESC, k.pkg) = 1`,

  `CREATE OR REPLACE TABLE closing AS
   SELECT o.part, o.originSet, h.advisory, o.pkg, o.rank
   FROM offer o JOIN hit_part h USING (part) JOIN part p USING (part) JOIN pkg k USING (pkg)
   WHERE h.affected = 'affected' AND k.sourcePackage = p.sourcePackage AND o.sourceRank >= h.fixedRank`,

  `CREATE OR REPLACE TABLE behind AS
   SELECT p.part, min(s.at) AS at
   FROM part p JOIN sight s ON s.stream = p.stream AND s.name = p.name AND s.build = p.build AND s.rank > p.rank
   GROUP BY p.part`,

  // What a security archive offers, a later version from elsewhere brings too.
  `CREATE OR REPLACE TABLE secures AS
   SELECT p.part, min(k.rank) AS rank
   FROM part p JOIN pkg k ON k.stream = p.stream AND k.name = p.name AND ${SAME_KIND} AND k.security AND k.rank > p.rank
   GROUP BY p.part`,

  `CREATE OR REPLACE TABLE patch AS
   SELECT o.part, o.pkg, coalesce(list(DISTINCT c.advisory ORDER BY c.advisory) FILTER (c.advisory IS NOT NULL), []) AS advisories,
     CASE WHEN count(c.advisory) = 0 THEN 'none' WHEN count(DISTINCT c.advisory) = any_value(n.hits) THEN 'complete' ELSE 'partial' END AS fixState,
     ${worstSeverity('t.severity')} AS severity, coalesce(bool_or(t.kevAdded IS NOT NULL), false) AS kev,
     list_sort(list_distinct(list_filter(flatten(coalesce(list(t.exploits) FILTER (t.exploits IS NOT NULL), [])), lambda x: starts_with(x, 'CVE-')))) AS cves,
     max(t.epss) AS epss, ${worstPoints('t')},
     coalesce(bool_or(x.part IS NOT NULL), false) AS secures, min(s.at) AS firstSeen, max(t.published) AS published, min(b.at) AS behind
   FROM (SELECT DISTINCT part, pkg, rank FROM offer) o JOIN pkg k USING (pkg)
   LEFT JOIN (SELECT DISTINCT part, pkg, advisory FROM closing) c ON c.part = o.part AND c.pkg = o.pkg
   LEFT JOIN hit_part h ON h.part = o.part AND h.advisory = c.advisory LEFT JOIN told t USING (told)
   LEFT JOIN (SELECT part, count(*) AS hits FROM hit_part WHERE affected = 'affected' GROUP BY part) n ON n.part = o.part
   LEFT JOIN sight s ON s.stream = k.stream AND s.name = k.name AND s.version = k.version
     AND s.build IS NOT DISTINCT FROM k.build
   LEFT JOIN behind b ON b.part = o.part
   LEFT JOIN secures x ON x.part = o.part AND x.rank <= o.rank
   GROUP BY o.part, o.pkg`,

  `CREATE OR REPLACE TABLE fix_seen AS
   SELECT h.part, h.advisory, min(s.at) AS at
   FROM hit_part h JOIN part p USING (part)
   JOIN sight s ON s.stream = p.stream AND s.name = p.name AND s.build = p.build
     AND s.rank > p.rank AND s.sourceRank >= h.fixedRank
   GROUP BY h.part, h.advisory`,

  // A fix that only an origin offers which these assets do not have.
  `CREATE OR REPLACE TABLE elsewhere AS
   SELECT h.part, h.advisory, min(k.origin) AS need
   FROM hit_part h JOIN part p USING (part)
   JOIN pkg k ON k.stream = p.stream AND k.name = p.name AND ${SAME_KIND} AND k.sourcePackage = p.sourcePackage
     AND k.rank > p.rank AND k.sourceRank >= h.fixedRank
   GROUP BY h.part, h.advisory`,

  // The origins have the package, but not in a version that closes it: their newest is older than the fix.
  `CREATE OR REPLACE TABLE newest_offered AS
   SELECT o.part, o.originSet, arg_max(k.sourceRank, (k.rank, k.sourceRank)) AS sourceRank
   FROM part_origin o JOIN part p USING (part)
   JOIN pkg k ON k.stream = p.stream AND k.name = p.name AND ${SAME_KIND}
   JOIN origin_member m ON m.originSet = o.originSet AND m.origin = k.origin
   WHERE k.rank IS NOT NULL AND k.sourceRank IS NOT NULL
   GROUP BY o.part, o.originSet`,

  `CREATE OR REPLACE TABLE vulnerability AS
   SELECT 'vulnerability' AS kind, o.part, o.originSet, h.advisory, p.stream, d.severity, d.kevAdded IS NOT NULL AS kev,
     CASE WHEN h.affected <> 'affected' THEN 'none' WHEN o.reboot OR c.part IS NOT NULL THEN 'available'
       WHEN h.fixed IS NULL THEN 'none' WHEN e.part IS NOT NULL OR n.sourceRank < h.fixedRank THEN 'needs'
       ELSE 'released' END AS fix,
     CASE WHEN c.part IS NULL THEN e.need END AS need, p.held, h.affected, h.fixed, h.fixedRank, o.reboot,
     d.exploitation, d.automatable, d.technicalImpact, d.epss, coalesce(x.vex, 'none') AS vex, d.published,
     CASE WHEN h.fixed IS NOT NULL THEN least(s.at, d.bulletinAt) END AS fixAvailable, d.kevAdded, d.kevDue
   FROM (SELECT DISTINCT t.part, t.originSet, i.advisory, coalesce(t.waitRank >= i.fixedRank, false) AS reboot
     FROM place t JOIN hit_part i USING (part) WHERE t.judged) o
   JOIN hit_part h USING (part, advisory) JOIN told d USING (told) JOIN part p USING (part)
   LEFT JOIN (SELECT DISTINCT part, originSet, advisory FROM closing) c
     ON c.part = h.part AND c.originSet = o.originSet AND c.advisory = h.advisory
   LEFT JOIN newest_offered n ON n.part = h.part AND n.originSet = o.originSet
   LEFT JOIN elsewhere e ON e.part = h.part AND e.advisory = h.advisory
   LEFT JOIN fix_seen s ON s.part = h.part AND s.advisory = h.advisory
   LEFT JOIN vex_part x ON x.part = h.part AND x.advisory = h.advisory`,

  // An update tells nothing about security, unless a security archive is among those who offer one: then not how severe.
  // What everybody gets counts before what is still handed out in phases.
  `CREATE OR REPLACE TABLE update_finding AS
   SELECT 'update' AS kind, o.part, o.originSet, NULL::VARCHAR AS advisory, p.stream,
     CASE WHEN o.security THEN 'unknown' ELSE 'none' END AS severity, false AS kev, 'available' AS fix,
     NULL::VARCHAR AS need, p.held, 'affected' AS affected, k.version AS fixed, NULL::INTEGER AS fixedRank,
     false AS reboot, ${NO_THREAT}, NULL::VARCHAR AS published, t.behind AS fixAvailable, NULL::VARCHAR AS kevAdded,
     NULL::VARCHAR AS kevDue
   FROM (SELECT n.part, n.originSet, arg_max(n.pkg, (coalesce(i.phased, 100) >= 100, n.rank)) AS pkg,
       bool_or(i.security) AS security
     FROM offer n JOIN pkg i USING (pkg) GROUP BY n.part, n.originSet) o
   JOIN part p USING (part) JOIN patch t USING (part, pkg) JOIN pkg k USING (pkg)`,

  // What cannot be judged is a finding: a package without source, an asset that is unknown, a stream without advisories.
  `CREATE OR REPLACE TABLE blind AS
   SELECT DISTINCT 'vulnerability' AS kind, l.part, l.originSet, NULL::VARCHAR AS advisory,
     coalesce(p.stream, l.stream) AS stream, ${NOTHING_KNOWN}
   FROM place l LEFT JOIN part p USING (part) WHERE l.judged AND p.sourcePackage IS NULL`,

  `CREATE OR REPLACE TABLE finding AS
   SELECT row_number() OVER (ORDER BY part, originSet, kind, advisory, stream, reboot)::INTEGER AS finding,
     * EXCLUDE (published, fixAvailable, kevAdded, kevDue), substr(coalesce(published, fixAvailable), 1, 10) AS published,
     substr(coalesce(fixAvailable, published), 1, 10) AS fixAvailable, substr(kevAdded, 1, 10) AS kevAdded, substr(kevDue, 1, 10) AS kevDue
   FROM (FROM vulnerability UNION ALL FROM update_finding UNION ALL FROM blind)`,

  `CREATE OR REPLACE TABLE finding_offer AS
   SELECT f.finding, c.part, c.pkg, c.rank FROM finding f JOIN closing c USING (part, originSet, advisory)
   UNION ALL
   SELECT f.finding, o.part, o.pkg, o.rank FROM finding f JOIN offer o USING (part, originSet) WHERE f.kind = 'update'`,

  `CREATE OR REPLACE TABLE place_finding AS
   SELECT l.place, f.finding FROM place l JOIN finding f USING (part, originSet)
   WHERE (f.kind = 'update' AND l.current) OR (f.kind <> 'update' AND l.judged AND f.reboot = coalesce(l.waitRank >= f.fixedRank, false))
   UNION ALL
   SELECT l.place, f.finding FROM place l JOIN finding f USING (stream) WHERE l.part IS NULL AND f.part IS NULL`,
];
