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
  const columns = ['asset', 'key', 'name', 'arch', 'version', 'at'] as const;
  await store.run(`CREATE OR REPLACE TABLE brought (${columns.map((c) => `"${c}" VARCHAR`).join(', ')})`);
  await store.append(
    'brought',
    columns,
    [...brought].map((b) => columns.map((c) => b[c])),
  );
  return store.rows(
    `WITH changed AS (
       SELECT b.asset, c.baseline, c.ring, b.key, b.version AS "to", list(DISTINCT i.version) AS versions
       FROM brought b JOIN assets f USING (asset) JOIN asset_context a USING (asset) JOIN context c USING (context)
       JOIN shape s USING (shape) JOIN setInstalled n USING (setId)
       JOIN installed i ON i.componentId = n.componentId AND i.name = b.name AND i.arch = b.arch
       WHERE s.known AND c.ring IS NOT NULL AND f.observedAt::TIMESTAMPTZ > b."at"::TIMESTAMPTZ
       GROUP BY b.asset, c.baseline, c.ring, b.key, b.version HAVING NOT list_contains(versions, "to"))
     SELECT baseline, ring, key, "to", version, count(*) AS assets, min(asset, ${NAMES}) AS names
     FROM (SELECT * EXCLUDE (versions), unnest(versions) AS version FROM changed)
     GROUP BY baseline, ring, key, "to", version ORDER BY ALL`,
  );
}
