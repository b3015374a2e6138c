import type { LockDiff } from '../domain/content-digest.ts';
import { compareLocked, goesBackFrom, type LockEntry } from '../domain/lock-entries.ts';
import { lockKey } from '../domain/purl.ts';
import { entry } from '../util/entry.ts';

/** A host of a ring, with the number of its component set. */
export interface ReachHost {
  readonly asset: string;
  readonly ring: string;
  readonly stream: string;
  readonly set: number;
}

/** One version of a package in a component set. */
export interface InstalledVersion {
  readonly set: number;
  readonly name: string;
  readonly arch: string;
  readonly version: string;
}

/** A host that a lock change touches, with the keys of the untested entries that it gets. */
export interface Reached<H> {
  readonly host: H;
  readonly untested: readonly string[];
}

/** The hosts of a ring on which a lock change moves at least one installed package. */
export function reachedBy<H extends ReachHost>(
  hosts: readonly H[],
  installed: readonly InstalledVersion[],
  { ring, diff }: { readonly ring: string; readonly diff: Pick<LockDiff, 'changed'> },
): readonly Reached<H>[] {
  const bySet = new Map<number, Map<string, string[]>>();
  for (const { set, name, arch, version } of installed)
    entry(
      entry(bySet, set, () => new Map<string, string[]>()),
      `${name} ${arch}`,
      () => [],
    ).push(version);
  const answers = new Map<string, readonly string[] | null>();
  const movedOn = (stream: string, set: number): readonly string[] | null => {
    const versions = bySet.get(set);
    if (!versions) return null;
    const held = new Map([...versions].map(([package_, v]) => [keyOf(stream, package_), v] as const));
    const moved = diff.changed.filter(({ key, to }) => to && moves(key, held.get(key) ?? [], to));
    return moved.length === 0 ? null : moved.filter((c) => c.to?.untested === true).map((c) => c.key);
  };
  return hosts.flatMap((host) => {
    if (host.ring !== ring) return [];
    const at = `${host.stream} ${host.set}`;
    if (!answers.has(at)) answers.set(at, movedOn(host.stream, host.set));
    const untested = answers.get(at);
    return untested ? [{ host, untested }] : [];
  });
}

function keyOf(stream: string, package_: string): string {
  const [name = '', arch = ''] = package_.split(' ');
  return lockKey(stream, name, arch);
}

/** Of packages that may be there several times, such as kernels, the newest counts. */
function moves(key: string, versions: readonly string[], to: LockEntry): boolean {
  if (versions.length === 0) return false;
  if (goesBackFrom(to).some((v) => versions.includes(v))) return true;
  return versions.every((v) => compareLocked(key, v, to.version) < 0);
}
