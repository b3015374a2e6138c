import type { Hold } from '../contracts/generated/hold.ts';
import type { PatchLock } from '../contracts/generated/patch-lock.ts';
import { isArchIndependent } from '../domain/arch.ts';
import type { Component } from '../domain/component.ts';
import { goesBackFrom } from '../domain/lock-entries.ts';
import { parseLockKey } from '../domain/purl.ts';
import { ecosystemOf, parseStream } from '../domain/stream.ts';
import { compareVersions } from '../domain/version/compare.ts';
import { schemeOf } from '../domain/version/scheme.ts';
import { sortedBy } from '../util/sort.ts';

export type LockEntry = PatchLock['entries'][string];

/**
 * One lock entry against one host: `equal`; `behind` (apply mends it); `ahead` (newer, left alone); `foreign` (on hold or
 * offered by nobody declared: drift, left alone); `pinned` (the host's own hold beats the lock); `absent` (not installed).
 */
export type EntryState = 'equal' | 'behind' | 'ahead' | 'foreign' | 'pinned' | 'absent';

export interface EntryComparison {
  /** The lock key, a purl without version. */
  readonly purl: string;
  readonly name: string;
  readonly arch: string;
  readonly state: EntryState;
  readonly installed: string | null;
  readonly entry: LockEntry;
  /** Not `installed` in the words of the package manager, such as half-configured. */
  readonly unfinished: Component['state'] | null;
}

export interface CompareInput {
  readonly stream: string;
  readonly components: readonly Component[];
  readonly lock: PatchLock;
  readonly holds: readonly Hold[];
  /** Whether a declared origin of the host offers this version; undefined when nobody knows (then newer is `ahead`). */
  readonly offered?: (name: string, arch: string, version: string) => boolean | undefined;
}

/** Compares every entry of the host's own stream. Entries of other streams in the same ring are not this host's. */
export function compareWithLock(input: CompareInput): readonly EntryComparison[] {
  const parsed = parseStream(input.stream);
  if (!parsed) return [];
  const byName = new Map<string, Component[]>();
  for (const c of input.components) byName.set(c.name, [...(byName.get(c.name) ?? []), c]);
  const found: EntryComparison[] = [];
  for (const [purl, entry] of Object.entries(input.lock.entries)) {
    const key = parseLockKey(purl);
    if (!key || `${key.distro}:${key.release}` !== ecosystemOf(input.stream)) continue;
    const component = pick(byName.get(key.name) ?? [], key.arch, input.stream);
    // A package of another architecture concerns only hosts that have it installed.
    if (!component && !isArchIndependent(key.arch) && key.arch !== parsed.arch) continue;
    found.push({
      purl,
      name: key.name,
      arch: key.arch,
      entry,
      installed: component?.version ?? null,
      unfinished: !component || component.state === 'installed' ? null : component.state,
      state: component ? stateOf(component, entry, input) : 'absent',
    });
  }
  return sortedBy(found, (f) => f.purl);
}

/**
 * The same architecture, or a package that became, or stopped being, independent of it; of several versions beside each
 * other, as with kernels of rpm, the newest.
 */
function pick(candidates: readonly Component[], arch: string, stream: string): Component | undefined {
  const same = candidates.filter((c) => c.arch === arch);
  const other = isArchIndependent(arch) ? candidates : candidates.filter((c) => isArchIndependent(c.arch));
  const [first, ...more] = same.length > 0 ? same : other;
  return more.reduce(
    (a, b) => (a && compareVersions(schemeOf(stream), b.version, a.version) > 0 ? b : a),
    first,
  );
}

function stateOf(component: Component, entry: LockEntry, input: CompareInput): EntryState {
  const compare = (a: string, b: string) => compareVersions(schemeOf(input.stream), a, b);
  const order = compare(component.version, entry.version);
  if (order === 0) return component.state === 'installed' ? 'equal' : 'behind';
  if (component.held) return 'pinned';
  if (order < 0) return 'behind';
  if (goesBackFrom(entry).some((from) => compare(component.version, from) === 0)) return 'behind';
  if (onHold(input.holds, input.stream, component.name, component.version)) return 'foreign';
  return input.offered?.(component.name, component.arch, component.version) === false ? 'foreign' : 'ahead';
}

/** The hold document that forbids this version, if any. */
export const onHold = (
  holds: readonly Hold[],
  stream: string,
  name: string,
  version: string,
): Hold | undefined =>
  holds.find(
    (h) =>
      h.stream === stream &&
      h.package === name &&
      compareVersions(schemeOf(stream), h.version, version) === 0,
  );
