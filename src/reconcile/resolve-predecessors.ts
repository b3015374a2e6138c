import type { PackageRow } from '../contracts/generated/fleet-rows.ts';
import type { LockPredecessor, PatchLock } from '../contracts/generated/patch-lock.ts';
import { archFits } from '../domain/arch.ts';
import type { Component } from '../domain/component.ts';
import { parseLockKey } from '../domain/purl.ts';
import { sortedBy } from '../util/sort.ts';
import { type CompareVersions, sourceFields } from './lock-entries.ts';
import type { Offer } from './solver-packages.ts';

type Entry = PatchLock['entries'][string];

/** More versions of one package than this are a fleet that no way back by packages can serve. */
const MAX_PREDECESSORS = 50;

/** One component set that a lock is for. */
export interface PredecessorSet {
  readonly stream: string;
  readonly components: readonly Component[];
  readonly offer: Offer;
}

export interface PredecessorDeps {
  readonly compare: CompareVersions;
  readonly keepBytes: (row: PackageRow) => Promise<string | null>;
  /** What earlier locks say of a version that no source offers any more, where its bytes are still kept. */
  readonly earlier: (key: string, version: string) => Promise<LockPredecessor | null>;
}

/** A version that hosts have and nobody can bring back: there is no package-level rollback of this entry for them. */
export interface MissingPredecessor {
  readonly name: string;
  readonly arch: string;
  readonly version: string;
  readonly reason: string;
}

export interface ResolvedPredecessors {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly missing: readonly MissingPredecessor[];
}

/**
 * Adds to each entry the files of the versions that it replaces, and sees to it that they are kept. An entry that hosts do
 * not have yet has none: its way back is removal.
 */
export async function resolvePredecessors(
  deps: PredecessorDeps,
  entries: ReadonlyMap<string, Entry>,
  sets: readonly PredecessorSet[],
): Promise<ResolvedPredecessors> {
  const found = new Map<string, Map<string, LockPredecessor>>();
  const missing = new Map<string, MissingPredecessor>();
  const seen = new Set<string>();
  for (const { stream, components, offer } of sets) {
    const replaced = replacedBy(deps.compare, entries, stream, components).filter(
      ({ key, component }) => !seen.has(`${key} ${component.version}`),
    );
    if (replaced.length === 0) continue;
    const offered = await offer({ names: [...new Set(replaced.map((r) => r.component.name))], sources: [] });
    for (const { key, component } of replaced) {
      seen.add(`${key} ${component.version}`);
      const { file, why } = await fileOf(deps, key, component, offered);
      const { name, arch, version } = component;
      const known = found.get(key) ?? new Map<string, LockPredecessor>();
      found.set(key, known);
      if (file && known.size < MAX_PREDECESSORS) known.set(version, file);
      else
        missing.set(`${key} ${version}`, { name, arch, version, reason: file ? 'too many versions' : why });
    }
  }
  return {
    entries: new Map([...entries].map(([key, entry]) => [key, withPredecessors(entry, found.get(key))])),
    missing: sortedBy(
      missing.values(),
      (m) => m.name,
      (m) => m.arch,
      (m) => m.version,
    ),
  };
}

/** Installed packages that entries replace by something newer; of several versions side by side the newest. */
function replacedBy(
  compare: CompareVersions,
  entries: ReadonlyMap<string, Entry>,
  stream: string,
  components: readonly Component[],
) {
  const installed = new Map<string, Component[]>();
  for (const c of components) installed.set(c.name, [...(installed.get(c.name) ?? []), c]);
  return [...entries].flatMap(([key, entry]) => {
    const named = parseLockKey(key);
    if (!named || !stream.startsWith(`${named.distro}:${named.release}:`)) return [];
    const newest = (installed.get(named.name) ?? [])
      .filter((c) => archFits(c.arch, named.arch))
      .reduce<Component | undefined>(
        (best, c) => (!best || compare(c.version, best.version, stream) > 0 ? c : best),
        undefined,
      );
    return newest && compare(newest.version, entry.version, stream) < 0 ? [{ key, component: newest }] : [];
  });
}

async function fileOf(
  deps: PredecessorDeps,
  key: string,
  { name, arch, version }: Component,
  offered: readonly PackageRow[],
): Promise<{ readonly file: LockPredecessor | null; readonly why: string }> {
  let why = 'no source offers it any more, and the artifact store does not hold it';
  for (const row of offered) {
    if (row.name !== name || row.version !== version || row.arch !== arch) continue;
    const reason = await deps.keepBytes(row);
    if (reason === null) {
      const { sha256, size, origin, filename } = row;
      return { file: { version, sha256, size, origin, filename, ...sourceFields(row) }, why: '' };
    }
    why = reason;
  }
  return { file: await deps.earlier(key, version), why };
}

function withPredecessors(entry: Entry, found: ReadonlyMap<string, LockPredecessor> | undefined): Entry {
  if (!found || found.size === 0) return entry;
  return { ...entry, predecessors: sortedBy(found.values(), (p) => p.version) };
}
