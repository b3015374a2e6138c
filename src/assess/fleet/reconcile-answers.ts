import type { Baseline } from '../../contracts/generated/baseline.ts';
import type { ComponentRow, PackageRow } from '../../contracts/generated/fleet-rows.ts';
import type { Hold } from '../../contracts/generated/hold.ts';
import type { Component } from '../../domain/component.ts';
import { lockKey } from '../../domain/purl.ts';
import { type Day, dayOf, type Instant } from '../../domain/time.ts';
import type { FleetStore } from '../../ports/fleet-store.ts';
import type { PolicyEngine } from '../../ports/policy-engine.ts';
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

/** The packages of one component set, sorted. */
export const componentsOf = (store: FleetStore, set: string): Promise<readonly Component[]> =>
  store.rows<Omit<ComponentRow, 'set'>>(
    `SELECT name, version, arch, sourcePackage, sourceVersion, held, state
     FROM sets JOIN setInstalled USING (setId) JOIN installed USING (componentId) WHERE "set" = $1 ORDER BY name, arch, version`,
    [set],
  );

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

/** Lock keys of the packages that at least one host of a ring has installed, by ring. */
export async function installedByRing(
  store: FleetStore,
  baseline: string,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const rows = await store.rows<{
    readonly ring: string;
    readonly stream: string;
    readonly name: string;
    readonly arch: string;
  }>(
    `SELECT DISTINCT r.ring, r.stream, k.name, k.arch
     FROM (SELECT DISTINCT c.ring, s.stream, s.setId FROM population p
       JOIN context c USING (context) JOIN shape s USING (shape) WHERE c.baseline = $1) r
     JOIN setInstalled USING (setId) JOIN installed k USING (componentId) ORDER BY ALL`,
    [baseline],
  );
  const rings = new Map<string, Set<string>>();
  for (const { ring, stream, name, arch } of rows) {
    const keys = rings.get(ring) ?? new Set();
    rings.set(ring, keys.add(lockKey(stream, name, arch)));
  }
  return rings;
}

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
