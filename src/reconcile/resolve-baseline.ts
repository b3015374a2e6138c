import type { PackageRow } from '../contracts/generated/fleet-rows.ts';
import type { PatchLock } from '../contracts/generated/patch-lock.ts';
import type { Component } from '../domain/component.ts';
import type { Day } from '../domain/time.ts';
import type { WantedPatch } from '../domain/wanted-patch.ts';
import { compareCodePoints, sortedBy } from '../util/sort.ts';
import { buildEntries, type CompareVersions } from './lock-entries.ts';
import {
  type MissingPredecessor,
  type PredecessorDeps,
  type PredecessorSet,
  type ResolvedPredecessors,
  resolvePredecessors,
} from './resolve-predecessors.ts';
import {
  type LeftOut,
  type ResolveDeps,
  type ResolvedPackage,
  type ResolvedSet,
  resolveSet,
} from './resolve-set.ts';
import type { Offer } from './solver-packages.ts';

export interface ResolveBaselineDeps extends Omit<ResolveDeps, 'offer'> {
  readonly compare: CompareVersions;
  /** What the origins of the hosts with this component set offer. */
  readonly offer: (stream: string, set: string) => Offer;
  /** What a solver needs to know of a component set; `status` is null where the source had no dpkg status file. */
  readonly facts: (
    set: string,
  ) => Promise<{ readonly status: string | null; readonly components: readonly Component[] }>;
  readonly firstSeen: (stream: string, origin: string, name: string, version: string) => Day;
  /** Makes sure that the bytes can be had when a host needs them; else why not. */
  readonly keepBytes: (row: PackageRow) => Promise<string | null>;
  /** What earlier locks say of a version that no source offers any more, where its bytes are kept; none where absent. */
  readonly earlier?: PredecessorDeps['earlier'];
}

export interface ResolvedBaseline {
  readonly entries: ReadonlyMap<string, PatchLock['entries'][string]>;
  readonly closure: PatchLock['closure'];
  readonly leftOut: readonly LeftOut[];
  /** Installed versions that no rollback of packages can bring back. */
  readonly missingPredecessors: readonly MissingPredecessor[];
}

/**
 * Resolves what all rings of one baseline want into lock entries, asking the solver once per component set. Above
 * `closureLimit` sets, those that most hosts have are asked and the lock says that it is a sample.
 */
export async function resolveBaseline(
  deps: ResolveBaselineDeps,
  wanted: readonly WantedPatch[],
  closureLimit: number,
): Promise<ResolvedBaseline> {
  const sets = groupBySet(wanted);
  const packages: ResolvedPackage[] = [];
  const leftOut = new Map<string, LeftOut>();
  let checked = 0;
  for (const [index, group] of sets.entries()) {
    const resolved = await resolveGroup(deps, group, index < closureLimit);
    packages.push(...resolved.packages);
    if (resolved.closure === 'checked') checked += 1;
    for (const l of resolved.leftOut) leftOut.set(`${l.name} ${l.version} ${l.reason}`, l);
  }
  const firstSeenOf = ({ row, wanted: w }: ResolvedPackage): Day =>
    w ? w.firstSeen : deps.firstSeen(row.stream, row.origin, row.name, row.version);
  for (const l of await withoutBytes(deps, packages)) leftOut.set(`${l.name} ${l.version} ${l.reason}`, l);
  const refused = new Set([...leftOut.values()].map((l) => `${l.name} ${l.version}`));
  // A version that cannot be installed on one set stays out of the lock that all of them share.
  const entries = buildEntries(
    packages.filter((p) => !refused.has(`${p.row.name} ${p.row.version}`)),
    firstSeenOf,
    deps.compare,
  );
  const replaced = await predecessors(deps, entries, sets);
  return {
    entries: replaced.entries,
    missingPredecessors: replaced.missing,
    closure: checked === sets.length ? 'checked' : checked > 0 ? 'sampled' : 'unchecked',
    leftOut: sortedBy(
      leftOut.values(),
      (l) => l.name,
      (l) => l.version,
      (l) => l.reason,
    ),
  };
}

/** The ways back, over all component sets: a set beyond the limit of closures has one, too. */
async function predecessors(
  deps: ResolveBaselineDeps,
  entries: ReadonlyMap<string, PatchLock['entries'][string]>,
  sets: readonly (readonly WantedPatch[])[],
): Promise<ResolvedPredecessors> {
  const of: PredecessorSet[] = [];
  for (const [first] of sets)
    if (first)
      of.push({
        stream: first.stream,
        components: (await deps.facts(first.set)).components,
        offer: deps.offer(first.stream, first.set),
      });
  const { compare, keepBytes, earlier = async () => null } = deps;
  return resolvePredecessors({ compare, keepBytes, earlier }, entries, of);
}

/** Packages whose bytes nobody can promise, and those that need them. */
async function withoutBytes(
  deps: Pick<ResolveBaselineDeps, 'keepBytes'>,
  packages: readonly ResolvedPackage[],
): Promise<readonly LeftOut[]> {
  const rows = new Map(packages.map((p) => [`${p.row.name} ${p.row.arch} ${p.row.version}`, p]));
  const out: LeftOut[] = [];
  for (const { row, neededBy } of rows.values()) {
    const reason = await deps.keepBytes(row);
    if (reason === null) continue;
    out.push({ name: row.name, version: row.version, reason, cause: 'bytes' });
    for (const p of packages)
      if (neededBy.includes(p.row.name))
        out.push({
          name: p.row.name,
          version: p.row.version,
          reason: `needs ${row.name} ${row.version}: ${reason}`,
          cause: 'bytes',
        });
  }
  return out;
}

async function resolveGroup(
  deps: ResolveBaselineDeps,
  group: readonly WantedPatch[],
  ask: boolean,
): Promise<ResolvedSet> {
  const first = group[0];
  if (!first) return { packages: [], closure: 'checked', leftOut: [] };
  const facts = await deps.facts(first.set);
  return resolveSet(
    { solver: deps.solver, forbids: deps.forbids, offer: deps.offer(first.stream, first.set) },
    { stream: first.stream, status: ask ? facts.status : null, components: facts.components, wanted: group },
  );
}

/** One group a component set, those of most hosts first; the same package wanted in two rings is asked for once. */
function groupBySet(wanted: readonly WantedPatch[]): readonly (readonly WantedPatch[])[] {
  const sets = new Map<string, Map<string, WantedPatch>>();
  const assets = new Map<string, number>();
  for (const w of wanted) {
    const group = sets.get(w.set) ?? new Map<string, WantedPatch>();
    sets.set(w.set, group);
    group.set(`${w.name} ${w.arch}`, w);
    assets.set(w.set, Math.max(assets.get(w.set) ?? 0, w.assets));
  }
  return [...sets.entries()]
    .sort(([a], [b]) => (assets.get(b) ?? 0) - (assets.get(a) ?? 0) || compareCodePoints(a, b))
    .map(([, group]) =>
      sortedBy(
        group.values(),
        (w) => w.name,
        (w) => w.arch,
      ),
    );
}
