import type { AssetList } from '../../contracts/generated/status-report.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';

/** Assets that a list is cut off after; their number is told in full. */
const NAMES = 20;

/** Hosts of each baseline that none of its rings selects. In: `stance`, `crowd`, `asset_crowd`. */
export async function ringlessHosts(
  store: FleetStore,
): Promise<readonly (AssetList & { readonly baseline: string })[]> {
  const rows = await store.rows<{ baseline: string; count: number; assets: string[] }>(
    `SELECT s.baseline, count(*) AS count, min(a.asset, ${NAMES}) AS assets
     FROM stance s JOIN asset_crowd a USING (profile) WHERE s.baseline IS NOT NULL AND s.ring IS NULL
     GROUP BY s.baseline ORDER BY s.baseline`,
  );
  return rows.map((r) => ({ ...r, assets: [...r.assets] }));
}

/** Origins of hosts of which no source offers a package for their stream. In: `shape`, `origin_member`, `packages`, `asset_key`. */
export const undeclaredOrigins = (
  store: FleetStore,
): Promise<
  readonly {
    readonly stream: string;
    readonly origin: string;
    readonly assets: number;
    readonly names: readonly string[];
  }[]
> =>
  store.rows(
    `SELECT u.stream, u.origin, count(*) AS assets, min(a.asset, ${NAMES}) AS names
     FROM (SELECT s.shape, s.stream, m.origin FROM shape s JOIN origin_member m USING (originSet)
       WHERE s.known AND NOT EXISTS (SELECT 1 FROM packages k WHERE k.stream = s.stream AND k.origin = m.origin)) u
     JOIN asset_key a USING (shape) GROUP BY u.stream, u.origin ORDER BY u.origin, u.stream`,
  );

/** Which of these advisories were withdrawn, sorted. */
export async function withdrawnAmong(
  store: FleetStore,
  advisories: readonly string[],
): Promise<readonly string[]> {
  const rows = await store.rows<{ advisory: string }>(
    `SELECT DISTINCT advisory FROM advisories WHERE withdrawn IS NOT NULL AND list_contains($1, advisory) ORDER BY ALL`,
    [advisories],
  );
  return rows.map((r) => r.advisory);
}

/** A package version that a rollout brought to a host. */
export interface Brought {
  readonly asset: string;
  /** The lock key, and the package it names. */
  readonly key: string;
  readonly name: string;
  readonly arch: string;
  readonly version: string;
  readonly at: string;
}

/** Packages that hosts have in another version than a rollout brought, so far as they were looked at since. */
export async function changedSince(
  store: FleetStore,
  brought: Iterable<Brought>,
): Promise<
  readonly {
    readonly baseline: string;
    readonly ring: string;
    readonly key: string;
    readonly to: string;
    readonly version: string;
    readonly assets: number;
    readonly names: readonly string[];
  }[]
> {
  const rows = [...brought];
  if (rows.length === 0) return [];
  const columns = ['asset', 'key', 'name', 'arch', 'version', 'at'] as const;
  await store.run(`CREATE OR REPLACE TABLE brought (${columns.map((c) => `"${c}" VARCHAR`).join(', ')})`);
  await store.append(
    'brought',
    columns,
    rows.map((b) => columns.map((c) => b[c])),
  );
  for (const sql of CHANGED) await store.run(sql);
  return store.rows(
    `SELECT baseline, ring, key, "to", version, count(*) AS assets, min(asset, ${NAMES}) AS names
     FROM (SELECT * EXCLUDE (versions), unnest(versions) AS version FROM brought_changed)
     GROUP BY baseline, ring, key, "to", version ORDER BY ALL`,
  );
}

/** Tables and no common table expressions: of those DuckDB makes a plan that looks at every package of every host. */
const CHANGED = [
  `CREATE OR REPLACE TABLE brought_host AS
   SELECT b.*, c.baseline, c.ring, s.setId
   FROM brought b JOIN assets f USING (asset) JOIN asset_context a USING (asset) JOIN context c USING (context)
   JOIN shape s USING (shape)
   WHERE s.known AND c.ring IS NOT NULL AND f.observedAt::TIMESTAMPTZ > b."at"::TIMESTAMPTZ`,

  `CREATE OR REPLACE TABLE brought_set AS
   SELECT setId, i.name, i.arch, i.version FROM (FROM setBundles SEMI JOIN brought_host USING (setId))
   JOIN bundles USING (bundleId) JOIN (FROM installed SEMI JOIN brought USING (name, arch)) i USING (componentId)`,

  `CREATE OR REPLACE TABLE brought_changed AS
   SELECT b.asset, b.baseline, b.ring, b.key, b.version AS "to", list(DISTINCT i.version) AS versions
   FROM brought_host b JOIN brought_set i USING (setId, name, arch)
   GROUP BY b.asset, b.baseline, b.ring, b.key, b.version HAVING NOT list_contains(versions, "to")`,
];
