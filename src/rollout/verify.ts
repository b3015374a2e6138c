import type { IntentEvidence } from '../contracts/generated/evidence-entry.ts';
import { archFits } from '../domain/arch.ts';
import type { Component } from '../domain/component.ts';
import { parseLockKey } from '../domain/purl.ts';
import { digestOf } from '../util/digest.ts';
import { compareCodePoints, sortedBy } from '../util/sort.ts';

/**
 * What a run left undone: `name=version` of every package that is not there, whole, in exactly the planned version; for a
 * run that only mends, the packages that are still unfinished.
 */
export function missingOf(
  packages: IntentEvidence['packages'],
  components: readonly Component[],
): readonly string[] {
  if (packages.length === 0)
    return components
      .filter((c) => c.state !== 'installed')
      .map((c) => `${c.name}=${c.version} (${c.state})`)
      .sort(compareCodePoints);
  return packages
    .filter((p) => {
      const key = parseLockKey(p.purl);
      return !components.some(
        (c) =>
          c.name === key?.name && archFits(c.arch, key.arch) && c.state === 'installed' && c.version === p.to,
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
