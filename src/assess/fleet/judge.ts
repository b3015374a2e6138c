import { dayOf, type Instant } from '../../domain/time.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';

/**
 * From findings to what policy is asked: classes and decisions.
 *
 * In: `place_context`, `context`, `place_finding`, `finding`, `finding_offer`, `approval`, `exception_finding`, `epss_step`,
 * `deadline_finding`. Out:
 * - `judged(baseline, finding, pkg, waitDays, verdict, rule, class, dates)`: a finding under a baseline, with the patch that counts for
 *   it: the newest approved one that closes it, else the newest
 * - `class(class, …facts of decide-input)`, `dates(dates, published, fixAvailable, firstSeen, kevAdded, kevDue)`
 * - `cell(context, finding, assets, dates, decision)`, `assets` being how many of the context have the finding;
 *   `decision(decision, view, class, exceptions)`
 */
export async function buildDecisions(store: FleetStore): Promise<void> {
  for (const sql of DECISIONS) await store.run(sql);
}

const CLASS =
  'kind, stream, severity, kev, exploitation, automatable, technicalImpact, epss, scopes, fix, held, affected, vex, verdict, rule';
const CLOCKS = ['published', 'fixAvailable', 'firstSeen', 'kevAdded', 'kevDue'];
const DATES = CLOCKS.join(', ');

const same = (a: string, b: string, columns: string): string =>
  columns
    .split(', ')
    .map((c) => `${a}.${c} IS NOT DISTINCT FROM ${b}.${c}`)
    .join(' AND ');

const DECISIONS = [
  `CREATE OR REPLACE TABLE cell_base AS
   SELECT c.context, f.finding, sum(c.assets)::BIGINT AS assets
   FROM place_context c JOIN place_finding f USING (place) GROUP BY c.context, f.finding`,

  `CREATE OR REPLACE TABLE judged_base AS
   SELECT w.baseline, w.finding, b.pkg, coalesce(b.verdict, 'none') AS verdict, b.rule, b.waitDays,
     f.kind, f.stream, f.severity, f.kev, f.exploitation, f.automatable, f.technicalImpact, f.fix, f.held, f.affected, f.vex,
     (SELECT coalesce(max(e.atLeast) FILTER (e.atLeast <= f.epss), 0) FROM epss_step e
       WHERE e.baseline = w.baseline AND f.epss IS NOT NULL HAVING count(*) > 0) AS epss,
     coalesce(x.scopes, []) AS scopes, f.published, f.fixAvailable, f.kevAdded, f.kevDue,
     coalesce(substr(s.at, 1, 10), f.fixAvailable) AS firstSeen
   FROM (SELECT DISTINCT c.baseline, b.finding FROM cell_base b JOIN context c USING (context)) w
   JOIN finding f USING (finding)
   LEFT JOIN (SELECT baseline, finding, list(deadline ORDER BY deadline) AS scopes FROM deadline_finding GROUP BY ALL) x
     ON x.baseline = w.baseline AND x.finding = w.finding
   LEFT JOIN (SELECT o.finding, a.baseline, a.pkg, a.verdict, a.rule, a.waitDays
     FROM finding_offer o JOIN approval a USING (part, pkg)
     QUALIFY row_number() OVER (PARTITION BY o.finding, a.baseline ORDER BY a.verdict = 'approved' DESC, o.rank DESC) = 1) b
     ON b.finding = w.finding AND b.baseline = w.baseline
   LEFT JOIN pkg k ON k.pkg = b.pkg
   LEFT JOIN sight s ON s.stream = k.stream AND s.name = k.name AND s.version = k.version
     AND s.build IS NOT DISTINCT FROM k.build`,

  `CREATE OR REPLACE TABLE class AS
   SELECT row_number() OVER (ORDER BY ${CLASS})::INTEGER AS class, *
   FROM (SELECT DISTINCT ${CLASS} FROM judged_base)`,

  `CREATE OR REPLACE TABLE dates AS
   SELECT row_number() OVER (ORDER BY ${DATES})::INTEGER AS dates, * FROM (SELECT DISTINCT ${DATES} FROM judged_base)`,

  `CREATE OR REPLACE TABLE judged AS
   SELECT b.baseline, b.finding, b.pkg, b.waitDays, b.verdict, b.rule, k.class, d.dates
   FROM judged_base b JOIN class k ON ${same('k', 'b', CLASS)} JOIN dates d ON ${same('d', 'b', DATES)}`,

  `CREATE OR REPLACE TABLE cell_exception AS
   SELECT b.context, b.finding, list(e.exception ORDER BY e.exception) AS exceptions
   FROM (SELECT context, unnest(exceptions) AS exception FROM context) c
   JOIN exception_finding e USING (exception) JOIN cell_base b ON b.context = c.context AND b.finding = e.finding
   GROUP BY b.context, b.finding`,

  `CREATE OR REPLACE TABLE cell_question AS
   SELECT b.context, b.finding, b.assets, c.view, j.class, j.dates, coalesce(e.exceptions, []) AS exceptions
   FROM cell_base b JOIN context c USING (context)
   JOIN judged j ON j.finding = b.finding AND j.baseline IS NOT DISTINCT FROM c.baseline
   LEFT JOIN cell_exception e ON e.context = b.context AND e.finding = b.finding`,

  `CREATE OR REPLACE TABLE decision AS
   SELECT row_number() OVER (ORDER BY view, class, exceptions)::INTEGER AS decision, *
   FROM (SELECT DISTINCT view, class, exceptions FROM cell_question)`,

  `CREATE OR REPLACE TABLE cell AS
   SELECT q.context, q.finding, q.assets, q.dates, d.decision FROM cell_question q JOIN decision d USING (view, class, exceptions)`,
];

/** What a reboot that is due is told instead of: the statuses that come after it in the order. */
const AFTER_REBOOT = ['mitigated', 'excepted', 'pinned', 'rejected', 'no-fix', 'waiting', 'missing'];

/** A decided status with what the host itself still has to do. */
export const overlaid = (status: string, reboot: boolean): string =>
  reboot && AFTER_REBOOT.includes(status) ? 'pending-reboot' : status;

/**
 * Joins the answers with clocks and host facts: `outcome(context, finding, assets, decision, status, due, rule, overdue,
 * unmitigated)`, and the view `duty_date(duty, dates, rule, clock, days, from, due)` of what each obligation asks for, null where
 * its clock is not known. Where there is no fix, `due` is the day until which a control has to be in place, and `unmitigated` is past it.
 *
 * A due day is the clock's UTC day plus whole days; the earliest binds, and of equals the smaller rule id. What is due
 * on a day is overdue when that day is over. A fix that waits for a reboot only is `pending-reboot`, where the decision
 * is one that comes after it in the order of statuses.
 */
export async function joinOutcomes(store: FleetStore, asOf: Instant): Promise<void> {
  await store.run(
    `CREATE OR REPLACE VIEW duty_date AS
     SELECT q.duty, q.dates, o.rule, o.clock, o.days, t.day AS "from",
       strftime(try_cast(t.day AS DATE) + o.days, '%Y-%m-%d') AS due
     FROM (SELECT DISTINCT a.duty, c.dates FROM cell c JOIN answer_status a USING (decision)) q
     JOIN obligation o USING (duty)
     JOIN (SELECT dates, unnest(['${CLOCKS.join("', '")}']) AS clock, unnest([${DATES}]) AS day FROM dates) t
       ON t.dates = q.dates AND t.clock = o.clock`,
  );
  await store.run(
    `CREATE OR REPLACE TABLE binding AS
     SELECT duty, dates, min(due || ' ' || rule) AS first FROM duty_date WHERE due IS NOT NULL GROUP BY duty, dates`,
  );
  await store.run(
    `CREATE OR REPLACE TABLE outcome AS
     SELECT *, due IS NOT NULL AND due < $1 AND status IN ('missing', 'waiting', 'pinned', 'rejected', 'pending-reboot') AS overdue,
       due IS NOT NULL AND due < $1 AND status = 'no-fix' AS unmitigated
     FROM (SELECT c.context, c.finding, c.assets, c.decision,
         CASE WHEN f.reboot AND a.status IN ('${AFTER_REBOOT.join("', '")}')
           THEN 'pending-reboot' ELSE a.status END AS status,
         substr(b.first, 1, 10) AS due, substr(b.first, 12) AS rule
       FROM cell c JOIN finding f USING (finding) JOIN answer_status a USING (decision)
       LEFT JOIN binding b ON b.duty = a.duty AND b.dates = c.dates)`,
    [dayOf(asOf)],
  );
}
