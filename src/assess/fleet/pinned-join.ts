import { same } from './relation.ts';
import { OPEN_SQL } from './status-order.ts';

/** Numbers of the pinned world come after those of the current one. */
const after = (table: string, column = table): string =>
  `${column} + (SELECT 1 + coalesce(max(${column}), 0) FROM current_${table})::${column === 'decision' ? 'BIGINT' : 'INTEGER'} AS ${column}`;

const both = (current: string, pinned: string): string => `${current}\n   UNION ALL BY NAME\n   ${pinned}`;

const AFTER_PAIRS = 'context + (SELECT max(context) FROM context_pair)::INTEGER AS context';
const KEPT_CONTEXTS = 'SEMI JOIN kept_context u USING (context)';

/** The tables of an assessment, from those of both worlds. In: `variant`, `chosen`, `context_pair`, `kin_pair`, `place_pair`. */
export const JOINED = [
  `CREATE OR REPLACE TABLE place_finding AS
   SELECT DISTINCT p.place, v.finding FROM place_pair p JOIN variant v
   ON ${same('v.current', 'p.current')} AND ${same('v.pinned', 'p.pinned')}`,

  // Contexts of the pinned world with an answer that is in force.
  `CREATE OR REPLACE TABLE kept_context AS
   SELECT DISTINCT k.pinned AS context
   FROM (SELECT DISTINCT h.kin, s.shape
     FROM chosen h JOIN place_finding f USING (finding) JOIN shape_place s USING (place) WHERE h.side = 'pinned') h
   JOIN population p USING (shape) JOIN kin_of o ON o.context = p.context AND o.kin = h.kin
   JOIN context_pair k ON k.context = p.context`,

  'CREATE OR REPLACE TABLE kin AS SELECT k.kin, c.* EXCLUDE (kin) FROM kin_pair k JOIN current_kin c ON c.kin = k.current',

  `CREATE OR REPLACE TABLE context AS ${both(
    'SELECT k.context, c.* EXCLUDE (context) FROM context_pair k JOIN current_context c ON c.context = k.current',
    `SELECT c.* REPLACE (${AFTER_PAIRS}) FROM pinned_context c ${KEPT_CONTEXTS}`,
  )}`,

  `CREATE OR REPLACE TABLE view_of AS ${both(
    'SELECT k.context, v."view" FROM context_pair k JOIN current_view_of v ON v.context = k.current',
    `SELECT v.* REPLACE (${AFTER_PAIRS}, ${after('view_of', '"view"')}) FROM pinned_view_of v ${KEPT_CONTEXTS}`,
  )}`,

  `CREATE OR REPLACE TABLE finding AS ${both(
    "SELECT f.* REPLACE (v.finding AS finding) FROM variant v JOIN current_finding f ON f.finding = v.current WHERE v.side = 'current'",
    "SELECT f.* REPLACE (v.finding AS finding) FROM variant v JOIN pinned_finding f ON f.finding = v.pinned WHERE v.side = 'pinned'",
  )}`,

  // Ranks of two worlds say nothing of each other.
  `CREATE OR REPLACE TABLE finding_offer AS
   SELECT o.finding, o.part, o.pkg, k.rank
   FROM (SELECT v.finding, o.part, o.pkg FROM variant v JOIN current_finding_offer o ON o.finding = v.current WHERE v.side = 'current'
     UNION ALL
     SELECT v.finding, o.part, o.pkg FROM variant v JOIN pinned_finding_offer o ON o.finding = v.pinned WHERE v.side = 'pinned') o
   JOIN pkg k USING (pkg)`,

  `CREATE OR REPLACE TABLE judged AS ${both(
    "SELECT j.* REPLACE (v.finding AS finding) FROM variant v JOIN current_judged j ON j.finding = v.current WHERE v.side = 'current'",
    `SELECT j.* REPLACE (v.finding AS finding, v.law AS law, ${after('class', 'class')}, ${after('dates')})
     FROM variant v JOIN pinned_judged j ON j.finding = v.pinned AND j.law = v.pinnedLaw WHERE v.side = 'pinned'`,
  )}`,

  `CREATE OR REPLACE TABLE class AS ${both('FROM current_class', `SELECT * REPLACE (${after('class')}) FROM pinned_class`)}`,

  `CREATE OR REPLACE TABLE dates AS ${both('FROM current_dates', `SELECT * REPLACE (${after('dates')}) FROM pinned_dates`)}`,

  `CREATE OR REPLACE TABLE cell AS ${both(
    `SELECT c.* REPLACE (h.kin AS kin, h.finding AS finding, h.assets AS assets)
     FROM chosen h JOIN current_cell c ON c.kin = h.currentKin AND c.finding = h.current WHERE h.side = 'current'`,
    `SELECT c.* REPLACE (h.kin AS kin, h.finding AS finding, h.assets AS assets, ${after('dates')}, ${after('decision')})
     FROM chosen h JOIN pinned_cell c ON c.kin = h.pinnedKin AND c.finding = h.pinned WHERE h.side = 'pinned'`,
  )}`,

  `CREATE OR REPLACE TABLE decision AS
   FROM (${both(
     'FROM current_decision',
     `SELECT * REPLACE (${after('decision')}, ${after('view_of', '"view"')}, ${after('class')}) FROM pinned_decision`,
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
    `SELECT * REPLACE (${after('told')}) FROM pinned_hit_part ANTI JOIN current_hit_part USING (part, advisory)`,
  )}`,

  `CREATE OR REPLACE TABLE told AS ${both('FROM current_told', `SELECT * REPLACE (${after('told')}) FROM pinned_told`)}`,

  // A patch closes what either world says that it closes, where it is wanted by the pinned one.
  `CREATE OR REPLACE TABLE patch AS
   SELECT c.* REPLACE (coalesce(list_sort(list_distinct(c.advisories || p.advisories)), c.advisories) AS advisories,
     c.kev OR coalesce(p.kev, false) AS kev, least(c.firstSeen, p.firstSeen) AS firstSeen)
   FROM current_patch c LEFT JOIN (FROM pinned_patch
     SEMI JOIN (SELECT f.part, j.pkg FROM variant v JOIN pinned_judged j ON j.finding = v.pinned
       JOIN pinned_finding f ON f.finding = v.pinned WHERE v.side = 'pinned') u USING (part, pkg)) p USING (part, pkg)`,

  `CREATE OR REPLACE TABLE approval AS ${both(
    `FROM current_approval c ANTI JOIN (FROM pinned_approval WHERE verdict = 'approved') p
     ON c.verdict <> 'approved' AND p.law = c.law AND p.part = c.part AND p.pkg = c.pkg`,
    `FROM (FROM pinned_approval WHERE verdict = 'approved') ANTI JOIN (FROM current_approval WHERE verdict = 'approved')
     USING (law, part, pkg)`,
  )}`,
];

const DUE = (
  column: string,
): string => `CASE WHEN oneClock AND currentDue IS NOT NULL AND pinnedDue IS NOT NULL THEN
     CASE WHEN pinnedDue < currentDue OR (pinnedDue = currentDue AND side = 'pinned') THEN pinned${column} ELSE current${column} END
   WHEN oneClock THEN coalesce(current${column}, pinned${column})
   WHEN side = 'pinned' THEN pinned${column} ELSE current${column} END`;

/** The answers in force. Parameter: the day of the assessment. */
export const OUTCOME = `SELECT o.* REPLACE (
     due IS NOT NULL AND due < $1 AND status IN (${OPEN_SQL}) AS overdue,
     due IS NOT NULL AND due < $1 AND status = 'no-fix' AS unmitigated)
   FROM (SELECT c.kin, c.finding, c.assets, c.decision,
       CASE WHEN h.side = 'pinned' THEN h.pinnedStatus ELSE h.currentStatus END AS status,
       ${DUE('Due')} AS due, ${DUE('Rule')} AS rule, false AS overdue, false AS unmitigated
     FROM chosen h JOIN cell c USING (kin, finding)) o`;

/** What pins alone keep. Parameter: the day of the assessment. */
export const MOVES = `CREATE OR REPLACE TABLE pinned_move AS
   SELECT o.kin, o.finding, o.assets, CASE WHEN h.side = 'pinned' THEN 'status' ELSE 'due' END AS "by",
     o.status, o.due, o.overdue OR o.unmitigated AS late, h.currentStatus AS nextStatus, h.currentDue AS nextDue,
     coalesce(h.currentDue < $1 AND h.currentStatus IN (${OPEN_SQL}, 'no-fix'), false) AS nextLate,
     h.current, h.pinned, h.currentKin, h.pinnedKin
   FROM chosen h JOIN outcome o USING (kin, finding)
   WHERE h.side = 'pinned' OR o.due IS DISTINCT FROM h.currentDue`;

/** An answer with a due day of the other world has the duties of both: dates of their own, with which `duty_date` tells all. */
export const DUTIES = [
  `CREATE OR REPLACE TABLE lent AS
   SELECT *, (SELECT max(dates) FROM dates)::INTEGER + dense_rank() OVER (ORDER BY duty, dates, lentDuty, lentDates)::INTEGER AS lentTo
   FROM (SELECT c.kin, c.finding, a.duty, c.dates, d.duty AS lentDuty, l.dates AS lentDates
     FROM outcome o JOIN chosen h USING (kin, finding) JOIN cell c USING (kin, finding)
     JOIN answer_status a ON a.decision = c.decision
     JOIN (SELECT 'current' AS side, kin, finding, decision, dates FROM current_cell
       UNION ALL SELECT 'pinned', kin, finding, ${after('decision')}, ${after('dates')} FROM pinned_cell) l
     ON l.side <> h.side AND l.kin = CASE h.side WHEN 'pinned' THEN h.currentKin ELSE h.pinnedKin END
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
   SELECT c.* REPLACE (coalesce(l.lentTo, c.dates) AS dates) FROM cell c LEFT JOIN lent l USING (kin, finding)`,
];
