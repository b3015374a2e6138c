import type { PackageRow } from '../../contracts/generated/fleet-rows.ts';
import type { Severity } from '../../domain/severity.ts';
import { type Day, dayOf } from '../../domain/time.ts';
import type { WantedPatch } from '../../domain/wanted-patch.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';
import { OPEN_SQL } from './status-order.ts';

/*
 * Expand: questions to the tables that assessFleet leaves behind. The grain is
 * `outcome(kin, finding, assets, …)`; through `kin_of` it reaches contexts, and through `shape_place` and `population` component
 * sets and assets.
 */

export interface FleetSummary {
  readonly assets: number;
  /** (asset, finding) pairs. */
  readonly findings: number;
  /** Of them open and due before the moment of the assessment. */
  readonly overdue: number;
  /** Without a fix within reach, and the time to mitigate is over. */
  readonly unmitigated: number;
  /** Findings by status; only statuses that occur, sorted. */
  readonly byStatus: Readonly<Record<string, number>>;
  readonly contexts: number;
}

export async function summary(store: FleetStore): Promise<FleetSummary> {
  const [assets] = await store.rows<{ n: number }>('SELECT count(*) AS n FROM assets');
  const [contexts] = await store.rows<{ n: number }>('SELECT count(*) AS n FROM context');
  const statuses = await store.rows<{
    status: string;
    n: number;
    overdue: number;
    unmitigated: number;
  }>(
    `SELECT status, sum(assets)::BIGINT AS n, coalesce(sum(assets) FILTER (overdue), 0)::BIGINT AS overdue,
       coalesce(sum(assets) FILTER (unmitigated), 0)::BIGINT AS unmitigated
     FROM outcome GROUP BY status ORDER BY status`,
  );
  return {
    assets: assets?.n ?? 0,
    findings: statuses.reduce((sum, s) => sum + s.n, 0),
    overdue: statuses.reduce((sum, s) => sum + s.overdue, 0),
    unmitigated: statuses.reduce((sum, s) => sum + s.unmitigated, 0),
    byStatus: Object.fromEntries(statuses.map((s) => [s.status, s.n])),
    contexts: contexts?.n ?? 0,
  };
}

export interface RingCount {
  /** null where no baseline governs, or where two claim to. */
  readonly baseline: string | null;
  readonly ring: string | null;
  readonly unknown: string | null;
  readonly assets: number;
  readonly open: number;
  readonly overdue: number;
}

/** Assets and open findings of every ring, and of what no ring holds. */
export const byRing = (store: FleetStore): Promise<readonly RingCount[]> =>
  store.rows<RingCount>(
    `SELECT c.baseline, c.ring, c.unknown, sum(p.assets)::BIGINT AS assets, coalesce(sum(o.open), 0)::BIGINT AS open,
       coalesce(sum(o.overdue), 0)::BIGINT AS overdue
     FROM context c JOIN (SELECT context, sum(assets) AS assets FROM population GROUP BY context) p USING (context)
     LEFT JOIN (SELECT n.context, sum(n.assets * s.open) AS open, sum(n.assets * s.overdue) AS overdue
       FROM place_context n JOIN kin_of USING (context)
       JOIN (SELECT kin, place, count(*) FILTER (status IN (${OPEN_SQL})) AS open, count(*) FILTER (overdue) AS overdue
         FROM outcome JOIN place_finding USING (finding) GROUP BY kin, place) s USING (kin, place)
       GROUP BY n.context) o USING (context)
     GROUP BY c.baseline, c.ring, c.unknown ORDER BY c.baseline, c.ring, c.unknown`,
  );

/** A finding on an asset with its outcome, in full: for reports about one asset and for tests. */
export interface AssetFinding {
  readonly asset: string;
  readonly kind: string;
  readonly advisory: string | null;
  readonly name: string | null;
  readonly arch: string | null;
  readonly version: string | null;
  readonly severity: Severity;
  readonly kev: boolean;
  readonly fix: string;
  readonly need: string | null;
  readonly fixed: string | null;
  readonly status: string;
  readonly due: Day | null;
  /** The obligation that binds. */
  readonly rule: string | null;
  readonly overdue: boolean;
  readonly unmitigated: boolean;
  /** Version of the patch that counts for it. */
  readonly candidate: string | null;
  /** Full days still to wait. */
  readonly waitDays: number | null;
}

/** Every finding of some assets, sorted by asset, package and advisory. */
export const assetFindings = (
  store: FleetStore,
  assets: readonly string[],
): Promise<readonly AssetFinding[]> =>
  store.rows<AssetFinding>(findingsOf('list_contains($1, asset)'), [assets]);

/** The same of all assets from one name to another, both included, by code point. */
export const findingsBetween = (
  store: FleetStore,
  first: string,
  last: string,
): Promise<readonly AssetFinding[]> =>
  store.rows<AssetFinding>(findingsOf('asset BETWEEN $1 AND $2'), [first, last]);

const findingsOf = (which: string): string =>
  `WITH a AS MATERIALIZED (FROM asset_context WHERE ${which}),
       s AS MATERIALIZED (SELECT asset, kin, finding FROM a JOIN kin_of USING (context) JOIN shape_finding USING (shape))
     SELECT a.asset, f.kind, f.advisory, t.name, t.arch, t.version, f.severity, f.kev, f.fix, f.need, f.fixed, o.status,
       o.due, o.rule, o.overdue, o.unmitigated, k.version AS candidate, j.waitDays
     FROM s AS a JOIN finding f USING (finding)
     JOIN outcome o ON o.kin = a.kin AND o.finding = a.finding
     JOIN kin ON kin.kin = a.kin
     JOIN judged j ON j.finding = f.finding AND j.law = kin.law
     LEFT JOIN part t ON t.part = f.part LEFT JOIN pkg k ON k.pkg = j.pkg
     ORDER BY a.asset, t.name, t.arch, t.version, f.kind, f.advisory`;

export interface DueItem {
  readonly due: Day;
  readonly rule: string;
  readonly kind: string;
  readonly advisory: string | null;
  readonly stream: string;
  readonly name: string;
  readonly severity: Severity;
  readonly overdue: boolean;
  readonly assets: number;
}

/** What is due next (or longest overdue), with the number of assets; no asset is named. */
export const nextDue = (store: FleetStore, limit: number): Promise<readonly DueItem[]> =>
  store.rows<DueItem>(
    `SELECT o.due, o.rule, f.kind, f.advisory, t.stream, t.name, f.severity, o.overdue, sum(o.assets)::BIGINT AS assets
     FROM outcome o JOIN finding f USING (finding) JOIN part t USING (part)
     WHERE o.due IS NOT NULL AND o.status IN (${OPEN_SQL})
     GROUP BY ALL ORDER BY o.due, assets DESC, t.name, f.advisory, o.rule, t.stream, f.kind LIMIT ${Math.trunc(limit)}`,
  );

interface WantedRow extends Omit<WantedPatch, 'candidate' | 'firstSeen'> {
  readonly pkg: number;
  readonly firstSeen: string;
}

/**
 * The approved patches that hosts miss, asked by baseline: one row a (baseline, ring, stream, component set, package, candidate).
 *
 * A package is wanted where at least one of its findings is `missing` and has an approved patch; what is pinned, excepted,
 * rejected or waiting is not. Two hosts with one component set but different origins can give two rows with different candidates.
 * They are found once for all baselines, in the table `wanted_patch`, and fetched for one at a time.
 */
export async function approvedMissing(
  store: FleetStore,
): Promise<(baseline: string) => Promise<readonly WantedPatch[]>> {
  for (const sql of WANTED) await store.run(sql);
  const some = await store.rows<{ baseline: string }>('SELECT DISTINCT baseline FROM wanted_patch');
  const wanting = new Set(some.map((r) => r.baseline));
  return async (baseline) => (wanting.has(baseline) ? wantedBy(store, baseline) : []);
}

async function wantedBy(store: FleetStore, baseline: string): Promise<readonly WantedPatch[]> {
  const rows = await store.rows<WantedRow>(
    `FROM wanted_patch WHERE baseline = $1 ORDER BY ring, stream, "set", name, arch, installed, pkg`,
    [baseline],
  );
  const packages = await packageRows(store, [...new Set(rows.map((r) => r.pkg))]);
  return rows.flatMap(({ pkg, firstSeen, ...row }) => {
    const candidate = packages.get(pkg);
    return candidate ? [{ ...row, firstSeen: dayOf(firstSeen), candidate }] : [];
  });
}

const WANTED = [
  `CREATE OR REPLACE TABLE wanted_place AS
   SELECT o.kin, kin.law, pf.place, arg_max(j.pkg, fo.rank) AS pkg, min(o.due) AS due
   FROM outcome o JOIN kin USING (kin)
   JOIN judged j ON j.finding = o.finding AND j.law = kin.law
   JOIN finding_offer fo ON fo.finding = o.finding AND fo.pkg = j.pkg
   JOIN place_finding pf ON pf.finding = o.finding
   WHERE o.status = 'missing' AND j.verdict = 'approved'
   GROUP BY o.kin, kin.law, pf.place`,

  `CREATE OR REPLACE TABLE wanted_patch AS
   WITH mine AS MATERIALIZED (
     SELECT c.baseline, c.ring, k.kin, p.shape, sum(p.assets)::INTEGER AS assets
     FROM context c JOIN kin_of k USING (context) JOIN population p USING (context)
     WHERE c.baseline IS NOT NULL AND k.kin IN (SELECT kin FROM wanted_place) GROUP BY ALL)
   SELECT w.baseline, w.ring, w.stream, n."set", t.name, t.arch, t.version AS installed, w.pkg, h.advisories,
     a.rule AS approvedBy, coalesce(h.firstSeen, h.published, '1970-01-01') AS firstSeen, h.severity, h.kev, w.due, w.assets
   FROM (SELECT m.baseline, w.law, m.ring, sh.stream, sh.setId, l.part, w.pkg, min(w.due) AS due, sum(m.assets)::BIGINT AS assets
     FROM wanted_place w JOIN (FROM mine JOIN shape_place USING (shape)) m ON m.kin = w.kin AND m.place = w.place
     JOIN place l ON l.place = w.place JOIN shape sh ON sh.shape = m.shape
     GROUP BY ALL) w
   JOIN sets n USING (setId) JOIN part t USING (part) JOIN patch h USING (part, pkg)
   JOIN approval a ON a.law = w.law AND a.part = w.part AND a.pkg = w.pkg
   ORDER BY w.baseline`,
];

async function packageRows(
  store: FleetStore,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, PackageRow>> {
  const rows = await store.rows<PackageRow & { readonly pkg: number }>(
    `SELECT n.pkg, k.* FROM pkg n JOIN packages k USING (source, origin, stream, name, version, arch, filename)
     WHERE list_contains($1, n.pkg::VARCHAR) ORDER BY n.pkg`,
    [numbers.map(String)],
  );
  return new Map(rows.map(({ pkg, ...row }) => [pkg, row]));
}
