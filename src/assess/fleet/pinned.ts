import { dayOf, type Instant } from '../../domain/time.ts';
import { compareVersions, type VersionScheme } from '../../domain/version/compare.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';
import { POPULATE } from './contexts.ts';
import { KIN_PLACE } from './kin.ts';
import { DUTIES, JOINED, MOVES, OUTCOME } from './pinned-join.ts';
import { standSql } from './places.ts';
import { replaceRows, same } from './relation.ts';
import { clockSql, demandSql } from './status-order.ts';

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
  'cell',
  'class',
  'context',
  'dates',
  'decision',
  'finding',
  'finding_offer',
  'hit_part',
  'judged',
  'kin',
  'kin_of',
  'obligation',
  'patch',
  'place',
  'place_finding',
  'told',
  'view_of',
];
/** Of it what only stands in views. */
const VIEWS = ['asset_context', 'duty_date', 'outcome'];

/** Puts the tables of the assessment that was made last aside, as those of the pinned world. */
export async function keepPinnedWorld(store: FleetStore): Promise<void> {
  await putAside(store, 'pinned', WORLD);
}

/**
 * Joins the world that was put aside with the one that was assessed after it, as of the same moment.
 *
 * Out: the tables of an assessment, with the stricter of both answers, and `pinned_move(kin, finding, assets, "by",
 * nextStatus, nextDue, …)`: what pins.json alone keeps strict, and how it will stand by the current snapshots (null: not at
 * all). `by` is what keeps it: `status` or `due`.
 *
 * The stricter status counts, and of the due days of one clock the earlier, also of those beneath an exception. A finding that only the pinned world has stays,
 * unless it asks nothing there, or a fix has become known that the host has installed: news, and no relief.
 */
export async function joinPinnedWorld(store: FleetStore, asOf: Instant): Promise<void> {
  await putAside(
    store,
    'current',
    WORLD.filter((table) => table !== 'place'),
  );
  for (const sql of PAIRS) await store.run(sql);
  await replaceRows(store, 'asset_context', ASSET_CONTEXT);
  for (const sql of [...standSql('place_pair'), POPULATE, ...KIN_PLACE]) await store.run(sql);
  await findMended(store);
  for (const sql of CHOICE) await store.run(sql);
  for (const sql of JOINED) await store.run(sql);
  await replaceRows(store, 'outcome', OUTCOME, [dayOf(asOf)]);
  await store.run(MOVES, [dayOf(asOf)]);
  for (const sql of DUTIES) await store.run(sql);
}

async function putAside(store: FleetStore, world: string, tables: readonly string[]): Promise<void> {
  for (const view of VIEWS) await store.run(`CREATE OR REPLACE TABLE ${world}_${view} AS FROM ${view}`);
  for (const table of tables) {
    await store.run(`DROP TABLE IF EXISTS ${world}_${table}`);
    await store.run(`ALTER TABLE ${table} RENAME TO ${world}_${table}`);
  }
}

/** Within one part on one origin set, waiting kernels have the same order in both worlds, whatever the numbers of ranks. */
const PLACES = (table: string): string =>
  `SELECT *, dense_rank() OVER (PARTITION BY part, originSet, judged, current ORDER BY waitRank NULLS FIRST) AS nth
   FROM ${table} WHERE part IS NOT NULL`;

const FINDINGS = (world: string): string =>
  `SELECT p.place, finding, f.kind, coalesce(f.advisory, '') AS advisory
   FROM ${world}_place_finding p JOIN ${world}_finding f USING (finding)`;

const KIN_PAIRS = `FROM context_pair k JOIN current_kin_of c ON c.context = k.current JOIN pinned_kin_of p ON p.context = k.pinned`;

const PAIRS = [
  `CREATE OR REPLACE TABLE context_pair AS
   SELECT row_number() OVER (ORDER BY current, pinned)::INTEGER AS context, *
   FROM (SELECT DISTINCT c.context AS current, p.context AS pinned
     FROM current_asset_context c JOIN pinned_asset_context p USING (asset))`,

  `CREATE OR REPLACE TABLE kin_pair AS
   SELECT row_number() OVER (ORDER BY current, pinned)::INTEGER AS kin, * FROM (SELECT DISTINCT c.kin AS current, p.kin AS pinned ${KIN_PAIRS})`,

  `CREATE OR REPLACE TABLE kin_of AS
   SELECT k.context, n.kin ${KIN_PAIRS} JOIN kin_pair n ON n.current = c.kin AND n.pinned = p.kin`,

  // What the pinned world could not judge at all (a stream without advisories) is no finding of it.
  `CREATE OR REPLACE TABLE place_pair AS
   SELECT coalesce(c.place, p.place) AS place, c.finding AS current, p.finding AS pinned
   FROM (${FINDINGS('current')}) c
   FULL JOIN (SELECT n.place, f.* EXCLUDE (place) FROM (${FINDINGS('pinned')}) f
     JOIN (${PLACES('pinned_place')}) o USING (place)
     JOIN (${PLACES('place')}) n USING (part, originSet, judged, current, nth)) p
   ON c.place = p.place AND c.kind = p.kind AND c.advisory = p.advisory`,
];

const ASSET_CONTEXT = `SELECT asset, c.shape, k.context FROM current_asset_context c JOIN pinned_asset_context p USING (asset)
   JOIN context_pair k ON k.current = c.context AND k.pinned = p.context`;

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
     JOIN pinned_hit_part h ON h.part = f.part AND h.advisory = f.advisory JOIN pinned_told t USING (told)
     JOIN source_of s ON s.ecosystem = p.ecosystem AND s.sourcePackage = p.sourcePackage AND s.sourceVersion = p.sourceVersion
     JOIN affected a ON a.ecosystem = p.ecosystem AND a.package = s.advisoryPackage AND list_contains(t.records, a.advisory)
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

/** What the duty of a decision is about. */
const KINDS = (world: string): string =>
  `SELECT decision, any_value(o.kind) AS kind FROM ${world}_answer_status JOIN ${world}_obligation o USING (duty) GROUP BY decision`;

/** `oneClock`: a due day of the other side may count. */
const CHOICE = [
  `CREATE OR REPLACE TABLE choice AS
   SELECT *, CASE WHEN pinnedDemand > currentDemand THEN 'pinned' ELSE 'current' END AS side,
     CASE WHEN side = 'pinned' THEN pinnedClock IN ('any', currentClock) ELSE currentClock IN ('any', pinnedClock) END AS oneClock
   FROM (SELECT q.*, k.current AS currentKin, k.pinned AS pinnedKin, cc.law AS currentLaw,
       pc.law AS pinnedLaw, c.status AS currentStatus, c.due AS currentDue, c.rule AS currentRule,
       p.status AS pinnedStatus, p.due AS pinnedDue, p.rule AS pinnedRule,
       ${demandSql('c.status')} AS currentDemand, ${demandSql('p.status')} AS pinnedDemand,
       ${clockSql('c.status', 'cd.kind')} AS currentClock, ${clockSql('p.status', 'pd.kind')} AS pinnedClock
     FROM (SELECT n.kin, f.current, f.pinned, sum(n.assets)::BIGINT AS assets
       FROM kin_place n JOIN place_pair f USING (place) WHERE f.current IS NOT NULL OR f.pinned NOT IN (FROM mended)
       GROUP BY ALL) q
     JOIN kin_pair k USING (kin)
     JOIN current_kin cc ON cc.kin = k.current JOIN pinned_kin pc ON pc.kin = k.pinned
     LEFT JOIN current_outcome c ON c.kin = k.current AND c.finding = q.current
     LEFT JOIN (${KINDS('current')}) cd ON cd.decision = c.decision
     LEFT JOIN pinned_outcome p ON p.kin = k.pinned AND p.finding = q.pinned
     LEFT JOIN (${KINDS('pinned')}) pd ON pd.decision = p.decision)
   WHERE currentStatus IS NOT NULL OR pinnedDemand > 0`,

  // The pinned answer under another law is told under the one that the asset has now.
  `CREATE OR REPLACE TABLE variant AS
   SELECT row_number() OVER (ORDER BY current, pinned, side, law, pinnedLaw)::INTEGER AS finding, *
   FROM (SELECT DISTINCT side, current, pinned, CASE WHEN side = 'pinned' THEN currentLaw END AS law,
       CASE WHEN side = 'pinned' THEN pinnedLaw END AS pinnedLaw FROM choice)`,

  `CREATE OR REPLACE TABLE chosen AS
   SELECT v.finding, h.* FROM choice h JOIN variant v
   ON v.side = h.side AND ${same('v.current', 'h.current')} AND ${same('v.pinned', 'h.pinned')}
     AND (h.side = 'current' OR (v.law = h.currentLaw AND v.pinnedLaw = h.pinnedLaw))`,
];
