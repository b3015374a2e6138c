import { dayOf, type Instant } from '../../domain/time.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';
import { isRead, type PolicyReads } from './policy-reads.ts';
import { sameColumns } from './relation.ts';
import { OPEN_SQL } from './status-order.ts';

/** Facts of a finding as columns of `class`, and where they stand below `finding` in what policy is asked. */
const FACTS: Readonly<Record<string, readonly string[]>> = {
  kind: ['kind'],
  stream: ['stream'],
  severity: ['severity'],
  kev: ['kev'],
  exploitation: ['exploitation'],
  automatable: ['automatable'],
  technicalImpact: ['technicalImpact'],
  epss: ['epss'],
  scopes: ['scopes'],
  fix: ['fix'],
  held: ['held'],
  affected: ['affected'],
  vex: ['vex'],
  verdict: ['approval', 'verdict'],
  rule: ['approval', 'rule'],
};
const CLOCKS = ['published', 'fixAvailable', 'firstSeen', 'kevAdded', 'kevDue'];
const DATES = CLOCKS.join(', ');

/**
 * From findings to what policy is asked: classes and decisions.
 *
 * In: `kin_place`, `kin`, `place_finding`, `finding`, `finding_offer`, `approval`, `exception_finding`, `epss_step`,
 * `deadline_finding`. Out:
 * - `judged(law, finding, pkg, waitDays, verdict, rule, class, dates)`: a finding under the law of a baseline, with the patch that counts for
 *   it: the newest approved one that closes it, else the newest
 * - `class(class, …facts of decide-input)`: what policy reads of findings; a fact that it does not read is the least of
 *   those that occur, and splits nothing. `dates(dates, published, fixAvailable, firstSeen, kevAdded, kevDue)`
 * - `cell(kin, finding, assets, dates, decision)`, `assets` being how many of the kin have the finding;
 *   `decision(decision, view, class, exceptions)`: one distinct question
 */
export async function buildDecisions(store: FleetStore, reads: PolicyReads): Promise<void> {
  const read = Object.keys(FACTS).filter((fact) => isRead(reads, ['finding', ...(FACTS[fact] ?? [])]));
  for (const sql of judgedSql(read)) await store.run(sql);
  const [size] = await store.rows<{ views: number; classes: number }>(
    `SELECT (SELECT coalesce(max("view"), 0) FROM kin) + 1 AS views, (SELECT coalesce(max(class), 0) FROM class) + 1 AS classes`,
  );
  for (const sql of cellSql(size ?? { views: 1, classes: 1 })) await store.run(sql);
}

const judgedSql = (read: readonly string[]): readonly string[] => [
  `CREATE OR REPLACE TABLE judged_base AS
   SELECT w.law, w.finding, b.pkg, coalesce(b.verdict, 'none') AS verdict, b.rule, b.waitDays,
     f.kind, f.stream, f.severity, f.kev, f.exploitation, f.automatable, f.technicalImpact, f.fix, f.held, f.affected, f.vex,
     (SELECT coalesce(max(e.atLeast) FILTER (e.atLeast <= f.epss), 0) FROM epss_step e
       WHERE e.law = w.law AND f.epss IS NOT NULL HAVING count(*) > 0) AS epss,
     coalesce(x.scopes, []) AS scopes, f.published, f.fixAvailable, f.kevAdded, f.kevDue,
     coalesce(substr(s.at, 1, 10), f.fixAvailable) AS firstSeen
   FROM (SELECT DISTINCT p.law, f.finding
     FROM (SELECT DISTINCT law, place FROM kin_place JOIN kin USING (kin)) p JOIN place_finding f USING (place)) w
   JOIN finding f USING (finding)
   LEFT JOIN (SELECT law, finding, list(deadline ORDER BY deadline) AS scopes FROM deadline_finding GROUP BY ALL) x
     ON x.law = w.law AND x.finding = w.finding
   LEFT JOIN (SELECT o.finding, a.law, a.pkg, a.verdict, a.rule, a.waitDays
     FROM finding_offer o JOIN approval a USING (part, pkg)
     QUALIFY row_number() OVER (PARTITION BY o.finding, a.law ORDER BY a.verdict = 'approved' DESC, o.rank DESC) = 1) b
     ON b.finding = w.finding AND b.law = w.law
   LEFT JOIN pkg k ON k.pkg = b.pkg
   LEFT JOIN sight s ON s.stream = k.stream AND s.name = k.name AND s.version = k.version
     AND s.build IS NOT DISTINCT FROM k.build`,

  `CREATE OR REPLACE TABLE class AS
   SELECT row_number() OVER (ORDER BY ${Object.keys(FACTS).join(', ')})::INTEGER AS class, *
   FROM (SELECT ${Object.keys(FACTS)
     .map((fact) => (read.includes(fact) ? fact : `min(${fact}) AS ${fact}`))
     .join(', ')} FROM judged_base GROUP BY ${read.length === 0 ? '()' : read.join(', ')})`,

  `CREATE OR REPLACE TABLE dates AS
   SELECT row_number() OVER (ORDER BY ${DATES})::INTEGER AS dates, * FROM (SELECT DISTINCT ${DATES} FROM judged_base)`,

  `CREATE OR REPLACE TABLE judged AS
   SELECT b.law, b.finding, b.pkg, b.waitDays, b.verdict, b.rule, k.class, d.dates
   FROM judged_base b JOIN class k ON ${sameColumns('k', 'b', read)} JOIN dates d ON ${sameColumns('d', 'b', CLOCKS)}`,

  `CREATE OR REPLACE TABLE cell_exception AS
   SELECT *, dense_rank() OVER (ORDER BY exceptions)::INTEGER AS accepted
   FROM (SELECT k.kin, e.finding, list(e.exception ORDER BY e.exception) AS exceptions
     FROM (SELECT kin, unnest(exceptions) AS exception FROM kin) k JOIN exception_finding e USING (exception)
     GROUP BY k.kin, e.finding)`,
];

/** A decision is known by its number alone: exceptions, view and class in one, so that millions of cells need no look-up. */
const cellSql = ({ views, classes }: { readonly views: number; readonly classes: number }) => [
  // Kernels that wait apart, a finding has one place, and nothing has to be added up.
  'CREATE OR REPLACE TABLE spread AS SELECT *, count(*) OVER (PARTITION BY finding) AS places FROM place_finding',

  `CREATE OR REPLACE TABLE cell AS
   SELECT b.kin, b.finding, b.assets, j.dates,
     (coalesce(e.accepted, 0)::BIGINT * ${views} + k."view") * ${classes} + j.class AS decision
   FROM (SELECT p.kin, f.finding, p.assets FROM kin_place p JOIN (FROM spread WHERE places = 1) f USING (place)
     UNION ALL
     SELECT p.kin, f.finding, sum(p.assets)::INTEGER
     FROM kin_place p JOIN (FROM spread WHERE places > 1) f USING (place) GROUP BY p.kin, f.finding) b
   JOIN kin k USING (kin)
   JOIN judged j ON j.finding = b.finding AND j.law = k.law
   LEFT JOIN cell_exception e ON e.kin = b.kin AND e.finding = b.finding`,

  `CREATE OR REPLACE TABLE decision AS
   SELECT d.decision, ((d.decision // ${classes}) % ${views})::INTEGER AS "view", (d.decision % ${classes})::INTEGER AS class,
     coalesce(e.exceptions, []) AS exceptions
   FROM (SELECT DISTINCT decision FROM cell) d
   LEFT JOIN (SELECT DISTINCT accepted, exceptions FROM cell_exception) e ON e.accepted = d.decision // ${views * classes}`,
];

const EPOCH = "DATE '1970-01-01'";
/** A day and a rule in one number: the least is the earliest, and of one day the smaller id. */
const BINDING = [
  'CREATE OR REPLACE TABLE rule_no AS SELECT rule, row_number() OVER (ORDER BY rule) AS no FROM (SELECT DISTINCT rule FROM obligation)',

  `CREATE OR REPLACE TABLE duty_first AS
   SELECT duty, ${CLOCKS.map((c) => `min((days::BIGINT << 32) + no) FILTER (clock = '${c}') AS ${c}`).join(', ')}
   FROM obligation JOIN rule_no USING (rule) GROUP BY duty`,

  `CREATE OR REPLACE TABLE date_first AS
   SELECT dates, ${CLOCKS.map((c) => `(try_cast(${c} AS DATE) - ${EPOCH}) << 32 AS ${c}`).join(', ')} FROM dates`,

  `CREATE OR REPLACE TABLE binding AS
   SELECT duty, dates, strftime(${EPOCH} + (first >> 32)::INTEGER, '%Y-%m-%d') AS due, rule
   FROM (SELECT q.duty, q.dates, least(${CLOCKS.map((c) => `d.${c} + o.${c}`).join(', ')}) AS first
     FROM duty_dates q JOIN duty_first o USING (duty) JOIN date_first d USING (dates)) b
   JOIN rule_no n ON n.no = b.first & 4294967295`,
];

/** What a reboot that is due is told instead of: the statuses that come after it in the order. */
const AFTER_REBOOT = ['mitigated', 'excepted', 'pinned', 'rejected', 'no-fix', 'waiting', 'missing'];

/** A decided status with what the host itself still has to do. */
export const overlaid = (status: string, reboot: boolean): string =>
  reboot && AFTER_REBOOT.includes(status) ? 'pending-reboot' : status;

/**
 * Joins the answers with clocks and host facts: the view `outcome(kin, finding, assets, decision, status, due, rule, overdue,
 * unmitigated)`, one row a (kin, finding), and the view `duty_date(duty, dates, rule, clock, days, from, due)` of what each
 * obligation asks for, null where its clock is not known. Where there is no fix, `due` is the day until which a control has to be in place, and `unmitigated` is past it.
 *
 * A due day is the clock's UTC day plus whole days; the earliest binds, and of equals the smaller rule id. What is due
 * on a day is overdue when that day is over. A fix that waits for a reboot only is `pending-reboot`, where the decision
 * is one that comes after it in the order of statuses.
 */
export async function joinOutcomes(store: FleetStore, asOf: Instant): Promise<void> {
  await store.run(
    `CREATE OR REPLACE TABLE duty_dates AS SELECT DISTINCT a.duty, c.dates FROM (SELECT DISTINCT decision, dates FROM cell) c JOIN answer_status a USING (decision)`,
  );
  await store.run(
    `CREATE OR REPLACE VIEW duty_date AS
     SELECT q.duty, q.dates, o.rule, o.clock, o.days, t.day AS "from",
       strftime(try_cast(t.day AS DATE) + o.days, '%Y-%m-%d') AS due
     FROM duty_dates q JOIN obligation o USING (duty)
     JOIN (SELECT dates, unnest(['${CLOCKS.join("', '")}']) AS clock, unnest([${DATES}]) AS day FROM dates) t
       ON t.dates = q.dates AND t.clock = o.clock`,
  );
  for (const sql of BINDING) await store.run(sql);
  await store.run(
    `CREATE OR REPLACE TABLE answer AS
     SELECT decision, status, CASE WHEN status IN ('${AFTER_REBOOT.join("', '")}') THEN 'pending-reboot' ELSE status END AS rebooting, duty
     FROM answer_status`,
  );
  await store.run(
    `CREATE OR REPLACE VIEW outcome AS
     SELECT *, due IS NOT NULL AND due < '${dayOf(asOf)}' AND status IN (${OPEN_SQL}) AS overdue,
       due IS NOT NULL AND due < '${dayOf(asOf)}' AND status = 'no-fix' AS unmitigated
     FROM (SELECT c.kin, c.finding, c.assets, c.decision, CASE WHEN f.reboot THEN a.rebooting ELSE a.status END AS status, b.due, b.rule
       FROM cell c JOIN finding f USING (finding) JOIN answer a USING (decision)
       LEFT JOIN binding b ON b.duty = a.duty AND b.dates = c.dates)`,
  );
}
