import { dayOf, type Instant } from '../../domain/time.ts';
import { compareVersions, type VersionScheme } from '../../domain/version/compare.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';
import { clockSql, demandSql, OPEN_SQL } from './pinned-order.ts';

/*
 * Tighten at once, relax by merge: the fleet is assessed twice, by the pinned snapshots and by the current ones, and of
 * each finding on each asset the stricter answer is in force.
 *
 * Packages, hosts and their numbers (`shape`, `part`, `originSet`, `pkg`) do not hang on what is pinned, so they are the
 * same in both worlds. Contexts, findings and decisions are not: here they get numbers of their own, so that every query
 * about an assessed fleet reads the joined tables as it would read those of one world.
 */

/** What an assessment leaves behind and a second one would overwrite. */
const WORLD = [
  'answer_status',
  'approval',
  'asset_context',
  'cell',
  'class',
  'context',
  'dates',
  'decision',
  'finding',
  'finding_offer',
  'hit_part',
  'judged',
  'obligation',
  'outcome',
  'patch',
  'place',
  'place_finding',
];

/** Puts the tables of the assessment that was made last aside, as those of the pinned world. */
export async function keepPinnedWorld(store: FleetStore): Promise<void> {
  await store.run('CREATE OR REPLACE TABLE pinned_duty_date AS FROM duty_date');
  for (const table of WORLD) await rename(store, table, `pinned_${table}`);
}

/**
 * Joins the world that was put aside with the one that was assessed after it, as of the same moment.
 *
 * Out: the tables of an assessment, with the stricter of both answers, and `pinned_move(context, finding, assets, "by",
 * nextStatus, nextDue, …)`: what pins.json alone keeps strict, and how it will stand by the current snapshots (null: not at
 * all). `by` is what keeps it: `status` or `due`.
 *
 * The stricter status counts, and of the due days of one clock the earlier. A finding that only the pinned world has stays,
 * unless it asks nothing there, or a fix has become known that the host has installed: news, and no relief.
 */
export async function joinPinnedWorld(store: FleetStore, asOf: Instant): Promise<void> {
  await store.run('CREATE OR REPLACE TABLE current_duty_date AS FROM duty_date');
  for (const table of WORLD) if (table !== 'place') await rename(store, table, `current_${table}`);
  for (const sql of PAIRS) await store.run(sql);
  await findMended(store);
  for (const sql of CHOICE) await store.run(sql);
  for (const sql of JOINED) await store.run(sql);
  for (const sql of OUTCOMES) await store.run(sql, [dayOf(asOf)]);
  for (const sql of DUTIES) await store.run(sql);
}

async function rename(store: FleetStore, from: string, to: string): Promise<void> {
  await store.run(`DROP TABLE IF EXISTS "${to}"`);
  await store.run(`ALTER TABLE "${from}" RENAME TO "${to}"`);
}

/** Within one part on one origin set, waiting kernels have the same order in both worlds, whatever the numbers of ranks. */
const PLACES = (table: string): string =>
  `SELECT *, dense_rank() OVER (PARTITION BY part, originSet, judged, current ORDER BY waitRank NULLS FIRST) AS nth
   FROM ${table} WHERE part IS NOT NULL`;

const FINDINGS = (world: string): string =>
  `SELECT p.place, finding, f.kind, coalesce(f.advisory, '') AS advisory
   FROM ${world}_place_finding p JOIN ${world}_finding f USING (finding)`;

const PAIRS = [
  `CREATE OR REPLACE TABLE context_pair AS
   SELECT row_number() OVER (ORDER BY current, pinned)::INTEGER AS context, *
   FROM (SELECT DISTINCT c.context AS current, p.context AS pinned
     FROM current_asset_context c JOIN pinned_asset_context p USING (asset))`,

  `CREATE OR REPLACE TABLE asset_context AS
   SELECT asset, k.context FROM current_asset_context c JOIN pinned_asset_context p USING (asset)
   JOIN context_pair k ON k.current = c.context AND k.pinned = p.context`,

  `CREATE OR REPLACE TABLE population AS
   SELECT shape, context, count(*) AS assets FROM asset_shape JOIN asset_context USING (asset) GROUP BY ALL`,

  `CREATE OR REPLACE TABLE place_context AS
   SELECT p.context, s.place, sum(p.assets)::BIGINT AS assets FROM population p JOIN shape_place s USING (shape)
   GROUP BY p.context, s.place`,

  // What the pinned world could not judge at all (a stream without advisories) is no finding of it.
  `CREATE OR REPLACE TABLE place_pair AS
   SELECT coalesce(c.place, p.place) AS place, c.finding AS current, p.finding AS pinned
   FROM (${FINDINGS('current')}) c
   FULL JOIN (SELECT n.place, f.* EXCLUDE (place) FROM (${FINDINGS('pinned')}) f
     JOIN (${PLACES('pinned_place')}) o USING (place)
     JOIN (${PLACES('place')}) n USING (part, originSet, judged, current, nth)) p
   ON c.place = p.place AND c.kind = p.kind AND c.advisory = p.advisory`,
];

/**
 * Findings of the pinned world that knew no fix, where the current intelligence names one that is installed: `mended(pinned)`.
 */
async function findMended(store: FleetStore): Promise<void> {
  const rows = await store.rows<{
    pinned: number;
    scheme: VersionScheme;
    installed: string;
    fixed: string;
  }>(
    `SELECT DISTINCT f.finding AS pinned, p.scheme, s.advisoryVersion AS installed, a.fixed
     FROM (SELECT DISTINCT pinned AS finding FROM place_pair WHERE current IS NULL) x
     JOIN pinned_finding f USING (finding) JOIN part p USING (part)
     JOIN pinned_hit_part h ON h.part = f.part AND h.advisory = f.advisory
     JOIN source_of s ON s.ecosystem = p.ecosystem AND s.sourcePackage = p.sourcePackage AND s.sourceVersion = p.sourceVersion
     JOIN affected a ON a.ecosystem = p.ecosystem AND a.package = s.advisoryPackage AND list_contains(h.records, a.advisory)
     JOIN advisories r ON r.advisory = a.advisory AND r.withdrawn IS NULL
     WHERE f.fixed IS NULL AND a.fixed IS NOT NULL AND a.scheme = p.scheme ORDER BY ALL`,
  );
  const mended = new Set(
    rows.flatMap((r) => (compareVersions(r.scheme, r.installed, r.fixed) >= 0 ? [r.pinned] : [])),
  );
  await store.run('CREATE OR REPLACE TABLE mended (pinned INTEGER)');
  await store.append(
    'mended',
    ['pinned'],
    [...mended].map((pinned) => [pinned]),
  );
}

const same = (a: string, b: string): string => `${a} IS NOT DISTINCT FROM ${b}`;

const CHOICE = [
  `CREATE OR REPLACE TABLE choice AS
   SELECT *, CASE WHEN pinnedDemand > currentDemand THEN 'pinned' ELSE 'current' END AS side
   FROM (SELECT q.*, k.current AS currentContext, k.pinned AS pinnedContext, cc.baseline AS currentBaseline,
       pc.baseline AS pinnedBaseline, c.status AS currentStatus, c.due AS currentDue, c.rule AS currentRule,
       p.status AS pinnedStatus, p.due AS pinnedDue, p.rule AS pinnedRule,
       ${demandSql('c.status')} AS currentDemand, ${demandSql('p.status')} AS pinnedDemand,
       ${clockSql('c.status')} = ${clockSql('p.status')} AS oneClock
     FROM (SELECT n.context, f.current, f.pinned, sum(n.assets)::BIGINT AS assets
       FROM place_context n JOIN place_pair f USING (place) WHERE f.current IS NOT NULL OR f.pinned NOT IN (FROM mended)
       GROUP BY ALL) q
     JOIN context_pair k USING (context)
     JOIN current_context cc ON cc.context = k.current JOIN pinned_context pc ON pc.context = k.pinned
     LEFT JOIN current_outcome c ON c.context = k.current AND c.finding = q.current
     LEFT JOIN pinned_outcome p ON p.context = k.pinned AND p.finding = q.pinned)
   WHERE currentStatus IS NOT NULL OR pinnedDemand > 0`,

  // The pinned answer of another baseline is told under the one that the asset has now.
  `CREATE OR REPLACE TABLE variant AS
   SELECT row_number() OVER (ORDER BY current, pinned, side, baseline, pinnedBaseline)::INTEGER AS finding, *
   FROM (SELECT DISTINCT side, current, pinned, CASE WHEN side = 'pinned' THEN currentBaseline END AS baseline,
       CASE WHEN side = 'pinned' THEN pinnedBaseline END AS pinnedBaseline FROM choice)`,

  `CREATE OR REPLACE TABLE chosen AS
   SELECT v.finding, h.* FROM choice h JOIN variant v
   ON v.side = h.side AND ${same('v.current', 'h.current')} AND ${same('v.pinned', 'h.pinned')}
     AND (h.side = 'current' OR (${same('v.baseline', 'h.currentBaseline')} AND ${same('v.pinnedBaseline', 'h.pinnedBaseline')}))`,
];

/** Numbers of the pinned world come after those of the current one. */
const after = (table: string, column = table): string =>
  `${column} + (SELECT 1 + coalesce(max(${column}), 0) FROM current_${table})::INTEGER AS ${column}`;

const both = (current: string, pinned: string): string => `${current}\n   UNION ALL BY NAME\n   ${pinned}`;

const JOINED = [
  `CREATE OR REPLACE TABLE context AS ${both(
    'SELECT k.context, c.* EXCLUDE (context) FROM context_pair k JOIN current_context c ON c.context = k.current',
    `SELECT c.* REPLACE (context + (SELECT max(context) FROM context_pair)::INTEGER AS context, ${after('context', 'view')})
     FROM pinned_context c SEMI JOIN (SELECT pinnedContext AS context FROM chosen WHERE side = 'pinned') u USING (context)`,
  )}`,

  `CREATE OR REPLACE TABLE finding AS ${both(
    "SELECT f.* REPLACE (v.finding AS finding) FROM variant v JOIN current_finding f ON f.finding = v.current WHERE v.side = 'current'",
    "SELECT f.* REPLACE (v.finding AS finding) FROM variant v JOIN pinned_finding f ON f.finding = v.pinned WHERE v.side = 'pinned'",
  )}`,

  `CREATE OR REPLACE TABLE place_finding AS
   SELECT DISTINCT p.place, v.finding FROM place_pair p JOIN variant v
   ON ${same('v.current', 'p.current')} AND ${same('v.pinned', 'p.pinned')}`,

  // Ranks of two worlds say nothing of each other.
  `CREATE OR REPLACE TABLE finding_offer AS
   SELECT o.finding, o.part, o.pkg, r.rank
   FROM (SELECT v.finding, o.part, o.pkg FROM variant v JOIN current_finding_offer o ON o.finding = v.current WHERE v.side = 'current'
     UNION ALL
     SELECT v.finding, o.part, o.pkg FROM variant v JOIN pinned_finding_offer o ON o.finding = v.pinned WHERE v.side = 'pinned') o
   JOIN pkg k USING (pkg) JOIN version_rank r ON r.version = k.version AND r.scheme = k.scheme`,

  `CREATE OR REPLACE TABLE judged AS ${both(
    "SELECT j.* REPLACE (v.finding AS finding) FROM variant v JOIN current_judged j ON j.finding = v.current WHERE v.side = 'current'",
    `SELECT j.* REPLACE (v.finding AS finding, v.baseline AS baseline, ${after('class', 'class')}, ${after('dates')})
     FROM variant v JOIN pinned_judged j ON j.finding = v.pinned AND ${same('j.baseline', 'v.pinnedBaseline')} WHERE v.side = 'pinned'`,
  )}`,

  `CREATE OR REPLACE TABLE class AS ${both('FROM current_class', `SELECT * REPLACE (${after('class')}) FROM pinned_class`)}`,

  `CREATE OR REPLACE TABLE dates AS ${both('FROM current_dates', `SELECT * REPLACE (${after('dates')}) FROM pinned_dates`)}`,

  `CREATE OR REPLACE TABLE cell AS ${both(
    `SELECT c.* REPLACE (h.context AS context, h.finding AS finding, h.assets AS assets)
     FROM chosen h JOIN current_cell c ON c.context = h.currentContext AND c.finding = h.current WHERE h.side = 'current'`,
    `SELECT c.* REPLACE (h.context AS context, h.finding AS finding, h.assets AS assets, ${after('dates')}, ${after('decision')})
     FROM chosen h JOIN pinned_cell c ON c.context = h.pinnedContext AND c.finding = h.pinned WHERE h.side = 'pinned'`,
  )}`,

  `CREATE OR REPLACE TABLE decision AS
   FROM (${both(
     'FROM current_decision',
     `SELECT * REPLACE (${after('decision')}, ${after('context', 'view')}, ${after('class')}) FROM pinned_decision`,
   )}) SEMI JOIN cell USING (decision)`,

  `CREATE OR REPLACE TABLE answer_status AS ${both(
    'FROM current_answer_status',
    `SELECT * REPLACE (${after('decision')}, ${after('answer_status', 'duty')}) FROM pinned_answer_status`,
  )}`,

  `CREATE OR REPLACE TABLE obligation AS ${both(
    'FROM current_obligation',
    `SELECT * REPLACE (${after('answer_status', 'duty')}) FROM pinned_obligation`,
  )}`,

  `CREATE OR REPLACE TABLE hit_part AS ${both(
    'FROM current_hit_part',
    'FROM pinned_hit_part ANTI JOIN current_hit_part USING (part, advisory)',
  )}`,

  // A patch closes what either world says that it closes, where it is wanted by the pinned one.
  `CREATE OR REPLACE TABLE patch AS
   SELECT c.* REPLACE (coalesce(list_sort(list_distinct(c.advisories || p.advisories)), c.advisories) AS advisories,
     c.kev OR coalesce(p.kev, false) AS kev, least(c.firstSeen, p.firstSeen) AS firstSeen)
   FROM current_patch c LEFT JOIN (FROM pinned_patch
     SEMI JOIN (SELECT f.part, j.pkg FROM variant v JOIN pinned_judged j ON j.finding = v.pinned
       JOIN pinned_finding f ON f.finding = v.pinned WHERE v.side = 'pinned') u USING (part, pkg)) p USING (part, pkg)`,

  `CREATE OR REPLACE TABLE approval AS ${both(
    `FROM current_approval c ANTI JOIN (FROM pinned_approval WHERE verdict = 'approved') p
     ON c.verdict <> 'approved' AND p.baseline = c.baseline AND p.part = c.part AND p.pkg = c.pkg`,
    `FROM (FROM pinned_approval WHERE verdict = 'approved') ANTI JOIN (FROM current_approval WHERE verdict = 'approved')
     USING (baseline, part, pkg)`,
  )}`,
];

const DUE = (
  column: string,
): string => `CASE WHEN oneClock AND currentDue IS NOT NULL AND pinnedDue IS NOT NULL THEN
     CASE WHEN pinnedDue < currentDue OR (pinnedDue = currentDue AND side = 'pinned') THEN pinned${column} ELSE current${column} END
   WHEN oneClock THEN coalesce(current${column}, pinned${column})
   WHEN side = 'pinned' THEN pinned${column} ELSE current${column} END`;

const OUTCOMES = [
  `CREATE OR REPLACE TABLE outcome AS
   SELECT o.* REPLACE (
     due IS NOT NULL AND due < $1 AND status IN (${OPEN_SQL}) AS overdue,
     due IS NOT NULL AND due < $1 AND status = 'no-fix' AS unmitigated)
   FROM (SELECT c.context, c.finding, c.assets, c.decision,
       CASE WHEN h.side = 'pinned' THEN h.pinnedStatus ELSE h.currentStatus END AS status,
       ${DUE('Due')} AS due, ${DUE('Rule')} AS rule, false AS overdue, false AS unmitigated
     FROM chosen h JOIN cell c USING (context, finding)) o`,

  `CREATE OR REPLACE TABLE pinned_move AS
   SELECT o.context, o.finding, o.assets, CASE WHEN h.side = 'pinned' THEN 'status' ELSE 'due' END AS "by",
     o.status, o.due, o.overdue OR o.unmitigated AS late, h.currentStatus AS nextStatus, h.currentDue AS nextDue,
     coalesce(h.currentDue < $1 AND h.currentStatus IN (${OPEN_SQL}, 'no-fix'), false) AS nextLate,
     h.current, h.pinned, h.currentContext, h.pinnedContext
   FROM chosen h JOIN outcome o USING (context, finding)
   WHERE h.side = 'pinned' OR o.due IS DISTINCT FROM h.currentDue`,
];

/** An answer with a due day of the other world has the duties of both: dates of their own, with which `duty_date` tells all. */
const DUTIES = [
  `CREATE OR REPLACE TABLE lent AS
   SELECT *, (SELECT max(dates) FROM dates)::INTEGER + dense_rank() OVER (ORDER BY duty, dates, lentDuty, lentDates)::INTEGER AS lentTo
   FROM (SELECT c.context, c.finding, a.duty, c.dates, d.duty AS lentDuty, l.dates AS lentDates
     FROM outcome o JOIN chosen h USING (context, finding) JOIN cell c USING (context, finding)
     JOIN answer_status a ON a.decision = c.decision
     JOIN (SELECT 'current' AS side, context, finding, decision, dates FROM current_cell
       UNION ALL SELECT 'pinned', context, finding, ${after('decision')}, ${after('dates')} FROM pinned_cell) l
     ON l.side <> h.side AND l.context = CASE h.side WHEN 'pinned' THEN h.currentContext ELSE h.pinnedContext END
       AND l.finding = CASE h.side WHEN 'pinned' THEN h.current ELSE h.pinned END
     JOIN answer_status d ON d.decision = l.decision
     WHERE o.due IS NOT NULL AND (o.due, o.rule) IS DISTINCT FROM CASE h.side WHEN 'pinned' THEN (h.pinnedDue, h.pinnedRule)
       ELSE (h.currentDue, h.currentRule) END)`,

  `CREATE OR REPLACE TABLE duty_row AS
   WITH told AS (${both(
     'FROM current_duty_date',
     `SELECT * REPLACE (${after('answer_status', 'duty')}, ${after('dates')}) FROM pinned_duty_date`,
   )})
   FROM told
   UNION SELECT t.* REPLACE (l.lentTo AS dates) FROM lent l JOIN told t USING (duty, dates)
   UNION SELECT t.* REPLACE (l.duty AS duty, l.lentTo AS dates)
     FROM lent l JOIN told t ON t.duty = l.lentDuty AND t.dates = l.lentDates`,

  'CREATE OR REPLACE VIEW duty_date AS FROM duty_row',

  `INSERT INTO dates BY NAME SELECT d.* REPLACE (l.lentTo AS dates)
   FROM (SELECT DISTINCT dates, lentTo FROM lent) l JOIN dates d USING (dates)`,

  `CREATE OR REPLACE TABLE cell AS
   SELECT c.* REPLACE (coalesce(l.lentTo, c.dates) AS dates) FROM cell c LEFT JOIN lent l USING (context, finding)`,
];
