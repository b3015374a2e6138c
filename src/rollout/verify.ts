import type { Component } from '../domain/component.ts';
import { parseLockKey } from '../domain/purl.ts';
import { compareDpkg } from '../domain/version/dpkg.ts';
import { digestOf } from '../util/digest.ts';
import { compareCodePoints, sortedBy } from '../util/sort.ts';
import type { IntentRecord } from './journal.ts';

/**
 * What a run left undone. Installing: `name=version` of every package that is not there, whole, in exactly the planned
 * version. Mending: the packages that are still unfinished.
 */
export function missingOf(
  run: Pick<IntentRecord, 'step' | 'packages'>,
  components: readonly Component[],
): readonly string[] {
  if (run.step === 'mend')
    return components
      .filter((c) => c.state !== 'installed')
      .map((c) => `${c.name}=${c.version} (${c.state})`)
      .sort(compareCodePoints);
  return run.packages
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
