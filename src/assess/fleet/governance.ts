import type { Reason } from '../../contracts/generated/decide-output.ts';
import type { AssetList, StatusGovernance } from '../../contracts/generated/status-report.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';
import { OPEN_SQL } from './status-order.ts';

/** Assets that a list is cut off after; their number is told in full. */
const NAMES = 20;

/**
 * What no baseline, or more than one, governs, and how far each baseline reaches. Counted by profiles; assets are only looked
 * at where some have to be named. In: `profile_match`, `stance`, `crowd`, `asset_crowd`.
 */
export async function governance(store: FleetStore): Promise<StatusGovernance> {
  await store.run(TOP);
  const tied = await store.rows<{ baselines: readonly string[] }>(
    'SELECT DISTINCT baselines FROM top_baseline JOIN crowd USING (profile) WHERE len(baselines) > 1 ORDER BY baselines',
  );
  const reach = await store.rows<StatusGovernance['reach'][number]>(
    `SELECT m.baseline, sum(c.assets)::BIGINT AS selects, coalesce(sum(c.assets) FILTER (t.baselines = [m.baseline]), 0)::BIGINT AS governs,
       list_sort(list_distinct(flatten(list(CASE WHEN list_contains(t.baselines, m.baseline) THEN [] ELSE t.baselines END))))
         AS shadowedBy
     FROM profile_match m JOIN top_baseline t USING (profile) JOIN crowd c USING (profile) GROUP BY m.baseline ORDER BY m.baseline`,
  );
  const ties: StatusGovernance['ties'] = [];
  for (const { baselines } of tied)
    ties.push({
      baselines: [...baselines],
      ...(await listed(store, 'SELECT profile FROM top_baseline WHERE baselines = $1', [baselines])),
    });
  return {
    noBaseline: await listed(store, 'SELECT profile FROM profile ANTI JOIN profile_match USING (profile)'),
    noRing: await listed(store, 'SELECT profile FROM stance WHERE baseline IS NOT NULL AND ring IS NULL'),
    ties,
    reach: [...reach],
  };
}

/** The assets of some profiles. */
async function listed(
  store: FleetStore,
  profiles: string,
  params: readonly (readonly string[])[] = [],
): Promise<AssetList> {
  const [row] = await store.rows<{ count: number }>(
    `SELECT coalesce(sum(assets), 0)::BIGINT AS count FROM crowd SEMI JOIN (${profiles}) p USING (profile)`,
    params,
  );
  if (!row?.count) return { count: 0, assets: [] };
  const [names] = await store.rows<{ assets: string[] }>(
    `SELECT min(asset, ${NAMES}) AS assets FROM asset_crowd SEMI JOIN (${profiles}) p USING (profile)`,
    params,
  );
  return { count: row.count, assets: names?.assets ?? [] };
}

/** The baselines of the highest priority of each profile: one governs it, several tie. */
const TOP = `CREATE OR REPLACE TABLE top_baseline AS
  SELECT profile, list(baseline ORDER BY baseline) AS baselines FROM profile_match
  JOIN (SELECT profile, max(priority) AS priority FROM profile_match GROUP BY profile) USING (profile, priority)
  GROUP BY profile`;

/** (asset, finding) pairs that one document answers for, so far as policy told. */
export interface AnsweredCount {
  readonly baseline: string | null;
  readonly status: string;
  /** What made it excepted or mitigated; empty for every other status. */
  readonly reasons: readonly Reason[];
  readonly findings: number;
  readonly open: number;
  readonly overdue: number;
  readonly unmitigated: number;
}

export async function answeredCounts(store: FleetStore): Promise<readonly AnsweredCount[]> {
  const rows = await store.rows<Omit<AnsweredCount, 'reasons'> & { readonly reasons: string | null }>(
    `SELECT c.baseline, o.status, o.reasons, ${['findings', 'open', 'overdue', 'unmitigated']
      .map((count) => `sum(n.assets * o.${count})::BIGINT AS ${count}`)
      .join(', ')}
     FROM place_context n JOIN context c USING (context) JOIN kin_of USING (context)
     JOIN (SELECT o.kin, f.place, o.status, CASE WHEN o.status IN ('excepted', 'mitigated') THEN w.reasons END AS reasons,
         count(*) AS findings, count(*) FILTER (o.status IN (${OPEN_SQL})) AS open, count(*) FILTER (o.overdue) AS overdue,
         count(*) FILTER (o.unmitigated) AS unmitigated
       FROM outcome o JOIN place_finding f USING (finding) JOIN answer_status w USING (decision) GROUP BY ALL) o USING (kin, place)
     GROUP BY ALL ORDER BY ALL`,
  );
  return rows.map((r) => ({ ...r, reasons: JSON.parse(r.reasons ?? '[]') as Reason[] }));
}

/** (asset, finding) pairs by the rule that binds their date. */
export interface RuleCount {
  /** Id of the rule and of the deadline, such as `deadlines/kev:fast`. */
  readonly rule: string;
  readonly open: number;
  readonly overdue: number;
  readonly unmitigated: number;
}

export const countsByRule = (store: FleetStore): Promise<readonly RuleCount[]> =>
  store.rows<RuleCount & { readonly findings: number }>(
    `SELECT o.rule, sum(o.assets)::BIGINT AS findings, coalesce(sum(o.assets) FILTER (o.status IN (${OPEN_SQL})), 0)::BIGINT AS open,
       coalesce(sum(o.assets) FILTER (o.overdue), 0)::BIGINT AS overdue,
       coalesce(sum(o.assets) FILTER (o.unmitigated), 0)::BIGINT AS unmitigated
     FROM outcome o WHERE o.rule IS NOT NULL GROUP BY o.rule ORDER BY o.rule`,
  );
