import type { PackageRow } from '../../contracts/generated/fleet-rows.ts';
import type { Component } from '../../domain/component.ts';
import type { Severity } from '../../domain/severity.ts';
import { type Day, dayOf } from '../../domain/time.ts';
import type { WantedPatch } from '../../domain/wanted-patch.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';

/*
 * Expand: questions to the tables that assessFleet leaves behind. The grain is
 * `population(shape, context, assets)` × `shape_finding(shape, finding)` × `outcome(context, finding, …)`.
 */

export interface FleetSummary {
  readonly assets: number;
  /** (asset, finding) pairs. */
  readonly findings: number;
  /** Of them open and due before the moment of the assessment. */
  readonly overdue: number;
  /** Findings by status; only statuses that occur, sorted. */
  readonly byStatus: Readonly<Record<string, number>>;
  readonly contexts: number;
}

const EXPANDED = `population p JOIN shape_finding s USING (shape)
  JOIN outcome o ON o.context = p.context AND o.finding = s.finding`;

export async function summary(store: FleetStore): Promise<FleetSummary> {
  const [assets] = await store.rows<{ n: number }>('SELECT count(*) AS n FROM assets');
  const [contexts] = await store.rows<{ n: number }>('SELECT count(*) AS n FROM context');
  const statuses = await store.rows<{ status: string; n: number; overdue: number }>(
    `SELECT o.status, sum(p.assets)::BIGINT AS n, coalesce(sum(p.assets) FILTER (o.overdue), 0)::BIGINT AS overdue
     FROM ${EXPANDED} GROUP BY o.status ORDER BY o.status`,
  );
  return {
    assets: assets?.n ?? 0,
    findings: statuses.reduce((sum, s) => sum + s.n, 0),
    overdue: statuses.reduce((sum, s) => sum + s.overdue, 0),
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
    `SELECT c.baseline, c.ring, c.unknown, sum(a.assets)::BIGINT AS assets, sum(a.open)::BIGINT AS open,
       sum(a.overdue)::BIGINT AS overdue
     FROM (SELECT p.context, p.shape, p.assets,
         p.assets * count(*) FILTER (o.status IN ('missing', 'waiting', 'pinned', 'rejected', 'pending-reboot')) AS open,
         p.assets * count(*) FILTER (o.overdue) AS overdue
       FROM population p LEFT JOIN shape_finding s USING (shape)
       LEFT JOIN outcome o ON o.context = p.context AND o.finding = s.finding
       GROUP BY p.context, p.shape, p.assets) a
     JOIN context c USING (context)
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
  store.rows<AssetFinding>(
    `SELECT a.asset, f.kind, f.advisory, t.name, t.arch, t.version, f.severity, f.kev, f.fix, f.need, f.fixed, o.status,
       o.due, o.rule, o.overdue, k.version AS candidate, j.waitDays
     FROM (SELECT asset, shape, context FROM asset_shape JOIN asset_context USING (asset)
       WHERE list_contains($1, asset)) a
     JOIN shape_finding s USING (shape) JOIN finding f USING (finding)
     JOIN outcome o ON o.context = a.context AND o.finding = f.finding
     JOIN context c ON c.context = a.context
     JOIN judged j ON j.finding = f.finding AND j.baseline IS NOT DISTINCT FROM c.baseline
     LEFT JOIN part t ON t.part = f.part LEFT JOIN pkg k ON k.pkg = j.pkg
     ORDER BY a.asset, t.name, t.arch, t.version, f.kind, f.advisory`,
    [assets],
  );

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
    `SELECT o.due, o.rule, f.kind, f.advisory, t.stream, t.name, f.severity, o.overdue, sum(p.assets)::BIGINT AS assets
     FROM ${EXPANDED} JOIN finding f ON f.finding = o.finding JOIN part t USING (part)
     WHERE o.due IS NOT NULL AND o.status IN ('missing', 'waiting', 'pinned', 'rejected', 'pending-reboot')
     GROUP BY ALL ORDER BY o.due, assets DESC, t.name, f.advisory, o.rule, t.stream, f.kind LIMIT ${Math.trunc(limit)}`,
  );

interface WantedRow extends Omit<WantedPatch, 'candidate' | 'firstSeen'> {
  readonly pkg: number;
  readonly firstSeen: string;
}

/**
 * The approved patches that hosts of a baseline miss: one row a (baseline, ring, stream, component set, package, candidate).
 *
 * A package is wanted where at least one of its findings is `missing` and has an approved patch; what is pinned, excepted,
 * rejected or waiting is not. Two hosts with one component set but different origins can give two rows with different candidates.
 */
export async function approvedMissing(store: FleetStore, baseline: string): Promise<readonly WantedPatch[]> {
  const rows = await store.rows<WantedRow>(
    `SELECT w.baseline, w.ring, w.stream, w."set", t.name, t.arch, t.version AS installed, w.pkg, h.advisories,
       a.rule AS approvedBy, coalesce(h.firstSeen, h.published, '1970-01-01') AS firstSeen, h.severity, h.kev, w.due, w.assets
     FROM (SELECT baseline, ring, stream, "set", part, pkg, min(due) AS due, sum(assets)::BIGINT AS assets
       FROM (SELECT c.baseline, c.ring, p.shape, p.context, any_value(p.assets) AS assets, f.part,
           any_value(sh.stream) AS stream, any_value(sh."set") AS "set",
           arg_max(j.pkg, fo.rank) AS pkg, min(o.due) AS due
         FROM ${EXPANDED} JOIN context c ON c.context = p.context JOIN shape sh ON sh.shape = p.shape
         JOIN finding f ON f.finding = o.finding
         JOIN judged j ON j.finding = f.finding AND j.baseline = c.baseline
         JOIN finding_offer fo ON fo.finding = f.finding AND fo.pkg = j.pkg
         WHERE c.baseline = $1 AND o.status = 'missing' AND j.verdict = 'approved'
         GROUP BY c.baseline, c.ring, p.shape, p.context, f.part)
       GROUP BY baseline, ring, stream, "set", part, pkg) w
     JOIN part t USING (part) JOIN patch h USING (part, pkg)
     JOIN approval a ON a.baseline = w.baseline AND a.part = w.part AND a.pkg = w.pkg
     ORDER BY w.ring, w.stream, w."set", t.name, t.arch, t.version, w.pkg`,
    [baseline],
  );
  const packages = await packageRows(store, [...new Set(rows.map((r) => r.pkg))]);
  return rows.flatMap(({ pkg, firstSeen, ...row }) => {
    const candidate = packages.get(pkg);
    return candidate ? [{ ...row, firstSeen: dayOf(firstSeen), candidate }] : [];
  });
}

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

/** Assets of a baseline that miss at least one approved patch, by ring; rings where none does are not listed. */
export const behindByRing = (
  store: FleetStore,
  baseline: string,
): Promise<readonly { readonly ring: string; readonly assets: number }[]> =>
  store.rows(
    `SELECT c.ring, sum(p.assets)::BIGINT AS assets
     FROM population p JOIN context c USING (context)
     WHERE c.baseline = $1 AND c.ring IS NOT NULL AND EXISTS (
       FROM shape_finding s JOIN outcome o ON o.finding = s.finding
       JOIN judged j ON j.finding = s.finding AND j.baseline = c.baseline
       WHERE s.shape = p.shape AND o.context = p.context AND o.status = 'missing' AND j.verdict = 'approved')
     GROUP BY c.ring ORDER BY c.ring`,
    [baseline],
  );

/** Packages by binary name or source package that the origins of the assets with one component set offer. */
export const offeredTo = (
  store: FleetStore,
  stream: string,
  set: string,
  query: { readonly names: readonly string[]; readonly sources: readonly string[] },
): Promise<readonly PackageRow[]> =>
  store.rows<PackageRow>(
    `SELECT k.* FROM packages k
     SEMI JOIN (SELECT unnest(origins) AS origin FROM shape WHERE stream = $1 AND "set" = $2) o USING (origin)
     WHERE k.stream = $1 AND (list_contains($3, k.name) OR list_contains($4, k.sourcePackage))
     ORDER BY k.name, k.arch, k.version, k.origin, k.source, k.filename`,
    [stream, set, query.names, query.sources],
  );

/** The packages of one component set. */
export const setComponents = (store: FleetStore, set: string): Promise<readonly Component[]> =>
  store.rows<Component>(
    'SELECT * EXCLUDE ("set") FROM components WHERE "set" = $1 ORDER BY name, arch, version',
    [set],
  );
