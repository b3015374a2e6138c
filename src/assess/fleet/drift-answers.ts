import type { FleetStore } from '../../ports/fleet-store.ts';

/** One installed version of a package, as hosts of one ring with the same origins have it. */
export interface InstalledVersion {
  readonly ring: string;
  readonly stream: string;
  readonly name: string;
  readonly arch: string;
  readonly version: string;
  readonly assets: number;
  /** An origin of these hosts offers this version, or was seen to once. */
  readonly offered: boolean;
  /** Versions of the package that their origins offer now, sorted as text; empty: nobody knows where it comes from. */
  readonly offers: readonly string[];
}

/** What known hosts of a baseline have of some packages, by ring; what hosts hold themselves is left out. */
export const installedVersions = (
  store: FleetStore,
  baseline: string,
  names: readonly string[],
): Promise<readonly InstalledVersion[]> =>
  store.rows<InstalledVersion>(
    `WITH had AS MATERIALIZED (
       SELECT h.ring, h.stream, h.originSet, i.name, i.arch, i.version, sum(h.assets)::BIGINT AS assets
       FROM (SELECT c.ring, s.stream, s.setId, s.originSet, sum(p.assets)::BIGINT AS assets
         FROM population p JOIN context c USING (context) JOIN shape s USING (shape)
         WHERE c.baseline = $1 AND c.ring IS NOT NULL AND s.known GROUP BY ALL) h
       JOIN setInstalled USING (setId) JOIN installed i USING (componentId)
       WHERE list_contains($2, i.name) AND NOT i.held GROUP BY ALL),
     now AS (
       SELECT w.originSet, w.stream, w.name, list(DISTINCT k.version ORDER BY k.version) AS offers
       FROM (SELECT DISTINCT originSet, stream, name FROM had) w JOIN origin_member m USING (originSet)
       JOIN packages k ON k.stream = w.stream AND k.name = w.name AND k.origin = m.origin GROUP BY ALL),
     once AS (
       SELECT DISTINCT w.originSet, w.stream, w.name, f.version
       FROM (SELECT DISTINCT originSet, stream, name FROM had) w JOIN origin_member m USING (originSet)
       JOIN firstSeen f ON f.stream = w.stream AND f.package = w.name AND f.origin = m.origin)
     SELECT h.ring, h.stream, h.name, h.arch, h.version, sum(h.assets)::BIGINT AS assets,
       coalesce(list_contains(n.offers, h.version), false) OR o.version IS NOT NULL AS offered, coalesce(n.offers, []) AS offers
     FROM had h LEFT JOIN now n USING (originSet, stream, name) LEFT JOIN once o USING (originSet, stream, name, version)
     GROUP BY ALL ORDER BY ALL`,
    [baseline, names],
  );

/** Whether a source offers exactly this file now. */
export async function isOnOffer(store: FleetStore, source: string, sha256: string): Promise<boolean> {
  const rows = await store.rows('SELECT 1 AS n FROM packages WHERE source = $1 AND sha256 = $2 LIMIT 1', [
    source,
    sha256,
  ]);
  return rows.length > 0;
}

/** What the hosts that a baseline selects have, whoever governs them. */
export interface SelectedPackages {
  /** Hosts whose packages are known, and those of which nobody knows them. */
  readonly known: number;
  readonly unknown: number;
  /** Distinct, sorted. */
  readonly installed: readonly { readonly stream: string; readonly name: string }[];
}

/** In: `profile_match`, `crowd`, `shape`. */
export async function selectedPackages(
  store: FleetStore,
  baseline: string,
  names: readonly string[],
): Promise<SelectedPackages> {
  const [count] = await store.rows<{ known: number; unknown: number }>(
    `SELECT coalesce(sum(c.assets) FILTER (s.known), 0)::BIGINT AS known,
       coalesce(sum(c.assets) FILTER (NOT s.known), 0)::BIGINT AS unknown
     FROM profile_match m JOIN crowd c USING (profile) JOIN shape s USING (shape) WHERE m.baseline = $1`,
    [baseline],
  );
  const installed = await store.rows<SelectedPackages['installed'][number]>(
    `SELECT DISTINCT h.stream, i.name
     FROM (SELECT DISTINCT s.stream, s.setId FROM profile_match m JOIN crowd c USING (profile) JOIN shape s USING (shape)
       WHERE m.baseline = $1 AND s.known) h
     JOIN setInstalled USING (setId) JOIN installed i USING (componentId)
     WHERE list_contains($2, i.name) ORDER BY ALL`,
    [baseline, names],
  );
  return { known: count?.known ?? 0, unknown: count?.unknown ?? 0, installed };
}
