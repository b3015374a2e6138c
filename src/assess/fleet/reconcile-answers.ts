import type { Baseline } from '../../contracts/generated/baseline.ts';
import type { ComponentRow, PackageRow } from '../../contracts/generated/fleet-rows.ts';
import type { Hold } from '../../contracts/generated/hold.ts';
import type { Component } from '../../domain/component.ts';
import { lockKey } from '../../domain/purl.ts';
import { type Day, dayOf, type Instant } from '../../domain/time.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';
import type { PolicyEngine } from '../../ports/policy-engine.ts';
import { entry } from '../../util/entry.ts';
import { namesOf } from './approve.ts';

/** Packages that every host with this component set can get from its own origins, by binary name, source package, or a part of their stanza. */
export const offered = (
  store: FleetStore,
  stream: string,
  set: string,
  query: {
    readonly names: readonly string[];
    readonly sources: readonly string[];
    readonly containing?: readonly string[];
  },
): Promise<readonly PackageRow[]> =>
  store.rows<PackageRow>(
    `WITH alike_set AS (SELECT shape, originSet FROM shape JOIN sets USING (setId) WHERE stream = $1 AND "set" = $2)
     SELECT k.* FROM packages k
     WHERE k.stream = $1 AND (list_contains($3, k.name) OR list_contains($4, k.sourcePackage)
       OR len(list_filter($5, lambda part: contains(k.stanza, part))) > 0)
       AND k.origin IN (SELECT origin FROM alike_set JOIN origin_member USING (originSet)
         GROUP BY origin HAVING count(*) = (SELECT count(*) FROM alike_set))
     ORDER BY k.name, k.arch, k.version, k.origin, k.filename`,
    [stream, set, query.names, query.sources, query.containing ?? []],
  );

/** The packages of some component sets, each sorted; a set that is not there has none. */
export async function componentsOf(
  store: FleetStore,
  sets: readonly string[],
): Promise<ReadonlyMap<string, readonly Component[]>> {
  const rows = await store.rows<ComponentRow>(
    `SELECT "set", name, version, arch, sourcePackage, sourceVersion, held, state
     FROM (FROM sets WHERE list_contains($1, "set")) JOIN setInstalled USING (setId) JOIN installed USING (componentId)
     ORDER BY name, arch, version`,
    [sets],
  );
  const found = new Map<string, Component[]>();
  for (const { set, ...component } of rows) entry(found, set, () => []).push(component);
  return found;
}

/** Day on which each of these package versions was first seen in its origin; `otherwise` for one never recorded. */
export async function firstSeenLookup(
  store: FleetStore,
  otherwise: Instant,
): Promise<(stream: string, origin: string, name: string, version: string) => Day> {
  const rows = await store.rows<{
    stream: string;
    origin: string;
    package: string;
    version: string;
    at: string;
  }>('SELECT stream, origin, package, version, "at" FROM firstSeen ORDER BY ALL');
  const days = new Map(rows.map((r) => [[r.stream, r.origin, r.package, r.version].join('\n'), dayOf(r.at)]));
  return (...key) => days.get(key.join('\n')) ?? dayOf(otherwise);
}

type Rings = ReadonlyMap<string, ReadonlySet<string>>;

/** Lock keys of the packages that at least one host of a ring has installed, by baseline and ring. */
export async function installedByRing(store: FleetStore): Promise<ReadonlyMap<string, Rings>> {
  for (const sql of RING_HAS) await store.run(sql);
  const kinds = await store.rows<{ readonly name: string; readonly arch: string }>(
    'SELECT name, arch FROM installed_kind ORDER BY kind',
  );
  const rows = await store.rows<{
    readonly baseline: string;
    readonly ring: string;
    readonly stream: string;
    readonly kinds: readonly number[];
  }>(
    `SELECT baseline, ring, stream, list(DISTINCT kind ORDER BY kind) AS kinds
     FROM ring_bundle JOIN bundle_kind USING (bundleId) GROUP BY ALL ORDER BY baseline, ring, stream`,
  );
  const keys = new Map<string, readonly string[]>();
  const baselines = new Map<string, Map<string, Set<string>>>();
  for (const row of rows) {
    const named = entry(keys, row.stream, () => kinds.map((k) => lockKey(row.stream, k.name, k.arch)));
    const rings = entry(baselines, row.baseline, () => new Map<string, Set<string>>());
    const mine = entry(rings, row.ring, () => new Set<string>());
    for (const kind of row.kinds) mine.add(named[kind] ?? '');
  }
  return baselines;
}

/** Over bundles, of which sets share most, and over packages without their versions: so less is joined than installed. */
const RING_HAS = [
  `CREATE OR REPLACE TABLE installed_kind AS
   SELECT (row_number() OVER (ORDER BY name, arch) - 1)::INTEGER AS kind, * FROM (SELECT DISTINCT name, arch FROM installed)`,

  `CREATE OR REPLACE TABLE bundle_kind AS
   SELECT DISTINCT bundleId, kind FROM bundles JOIN installed USING (componentId) JOIN installed_kind USING (name, arch)`,

  `CREATE OR REPLACE TABLE ring_bundle AS
   SELECT DISTINCT baseline, ring, stream, bundleId
   FROM (SELECT DISTINCT c.baseline, c.ring, s.stream, s.setId FROM population p
     JOIN context c USING (context) JOIN shape s USING (shape) WHERE c.baseline IS NOT NULL) JOIN setBundles USING (setId)`,
];

/**
 * Why a package may not even be installed as a dependency: a hold, or a reject rule that blocks it. A rule that allows it
 * as a dependency does not forbid it here.
 */
export function forbiddenBy(
  policy: Pick<PolicyEngine, 'approve'>,
  baseline: Baseline,
  holds: readonly Hold[],
  row: PackageRow,
): string | null {
  const held = holds.some(
    (h) => h.stream === row.stream && h.package === row.name && h.version === row.version,
  );
  const { verdict, rule, action } = policy.approve({
    baseline: { id: baseline.id, approve: [], reject: baseline.reject ?? [] },
    candidate: {
      ...namesOf(row),
      sourcePackage: row.sourcePackage,
      arch: row.arch,
      origin: row.origin,
      classification: row.security ? 'security' : 'update',
      severity: 'unknown',
      advisories: [],
      cves: [],
      fixState: 'none',
      kev: false,
      epss: null,
      exploitation: 'unknown',
      automatable: 'unknown',
      technicalImpact: 'unknown',
      exposures: [],
      section: row.section,
      packagePriority: row.priority,
      held,
      age: { firstSeen: 0, published: null, behind: 0, releaseDate: null },
    },
  });
  if (verdict !== 'rejected' || action === 'allow-as-dependency') return null;
  return held ? 'a hold names it' : `rule ${rule ?? 'unknown'} of the baseline blocks it`;
}
