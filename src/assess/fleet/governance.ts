import type { Reason } from '../../contracts/generated/decide-output.ts';
import type { AssetList, StatusGovernance } from '../../contracts/generated/status-report.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';

/** Assets that a list is cut off after; their number is told in full. */
const NAMES = 20;

/** What no baseline, or more than one, governs, and how far each baseline reaches. In: `assets`, `asset_view`, `baseline_match`. */
export async function governance(store: FleetStore): Promise<StatusGovernance> {
  const list = async (sql: string): Promise<AssetList> => {
    const [row] = await store.rows<AssetList>(
      `SELECT count(*) AS count, coalesce(list(asset ORDER BY asset)[1:${NAMES}], []) AS assets FROM (${sql})`,
    );
    return row ?? { count: 0, assets: [] };
  };
  await store.run(TOP);
  const ties = await store.rows<StatusGovernance['ties'][number]>(
    `SELECT baselines, count(*) AS count, list(asset ORDER BY asset)[1:${NAMES}] AS assets
     FROM top_baseline WHERE len(baselines) > 1 GROUP BY baselines ORDER BY baselines`,
  );
  const reach = await store.rows<StatusGovernance['reach'][number]>(
    `SELECT m.baseline, count(*) AS selects, count(*) FILTER (t.baselines = [m.baseline]) AS governs,
       list_sort(list_distinct(flatten(list(CASE WHEN list_contains(t.baselines, m.baseline) THEN [] ELSE t.baselines END))))
         AS shadowedBy
     FROM baseline_match m JOIN top_baseline t USING (asset) GROUP BY m.baseline ORDER BY m.baseline`,
  );
  return {
    noBaseline: await list('SELECT asset FROM assets ANTI JOIN baseline_match USING (asset)'),
    noRing: await list(
      'SELECT asset FROM asset_view SEMI JOIN assets USING (asset) WHERE baseline IS NOT NULL AND ring IS NULL',
    ),
    ties: [...ties],
    reach: [...reach],
  };
}

/** The baselines of the highest priority of each asset: one governs it, several tie. */
const TOP = `CREATE OR REPLACE TABLE top_baseline AS
  SELECT asset, list(baseline ORDER BY baseline) AS baselines FROM baseline_match
  JOIN (SELECT asset, max(priority) AS priority FROM baseline_match GROUP BY asset) USING (asset, priority)
  GROUP BY asset`;

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

const OPEN = "'missing', 'waiting', 'pinned', 'rejected', 'pending-reboot'";
const COUNTS = `sum(o.assets)::BIGINT AS findings, coalesce(sum(o.assets) FILTER (o.status IN (${OPEN})), 0)::BIGINT AS open,
  coalesce(sum(o.assets) FILTER (o.overdue), 0)::BIGINT AS overdue,
  coalesce(sum(o.assets) FILTER (o.unmitigated), 0)::BIGINT AS unmitigated`;

export async function answeredCounts(store: FleetStore): Promise<readonly AnsweredCount[]> {
  const rows = await store.rows<Omit<AnsweredCount, 'reasons'> & { readonly reasons: string | null }>(
    `SELECT c.baseline, o.status, CASE WHEN o.status IN ('excepted', 'mitigated') THEN w.reasons END AS reasons, ${COUNTS}
     FROM outcome o JOIN context c USING (context) JOIN answer_status w USING (decision)
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
    `SELECT o.rule, ${COUNTS} FROM outcome o WHERE o.rule IS NOT NULL GROUP BY o.rule ORDER BY o.rule`,
  );
