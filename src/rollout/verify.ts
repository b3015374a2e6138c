import type { Component } from '../domain/component.ts';
import { parseLockKey } from '../domain/purl.ts';
import { compareDpkg } from '../domain/version/dpkg.ts';
import { digestOf } from '../util/digest.ts';
import { sortedBy } from '../util/sort.ts';
import type { JournalPackage } from './journal.ts';

/** `name=version` of every package that is not installed, whole, in exactly the planned version. */
export function missingOf(
  packages: readonly JournalPackage[],
  components: readonly Component[],
): readonly string[] {
  return packages
    .filter((p) => {
      const key = parseLockKey(p.purl);
      return !components.some(
        (c) =>
          c.name === key?.name &&
          (c.arch === key.arch || c.arch === 'all' || key.arch === 'all') &&
          c.state === 'installed' &&
          compareDpkg(c.version, p.to) === 0,
      );
    })
    .map((p) => `${parseLockKey(p.purl)?.name ?? p.purl}=${p.to}`);
}

/** Digest of a component set, whatever its order. */
export const componentsDigest = (components: readonly Component[]): string =>
  digestOf(
    sortedBy(
      components,
      (c) => c.name,
      (c) => c.arch,
      (c) => c.version,
    ).map(({ name, arch, version, state, held }) => ({ name, arch, version, state, held })),
  );
