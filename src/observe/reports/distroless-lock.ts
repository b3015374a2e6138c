import type { Component } from '../../domain/component.ts';
import { codenameOf, ecosystemOfBaseFiles, ecosystemOfSuite } from '../../domain/releases.ts';
import { isDpkgVersion } from '../../domain/version/dpkg.ts';
import { asArray, asObject, asString } from '../../util/json-data.ts';
import { quote } from '../../util/printable.ts';
import { compareCodePoints } from '../../util/sort.ts';
import { type Observation, observation, unknownReasonOf } from '../observation.ts';

interface Locked {
  readonly component: Component;
  /** The architecture that the package was locked for; the package itself may be for `all`. */
  readonly lockedFor: string;
  readonly url: string;
}

/** True for the lock files of Debian packages that rules_distroless writes: packages with a name, a version and a pool address. */
export function isDistrolessLock(document: Readonly<Record<string, unknown>>): boolean {
  const first = asObject(asArray(document.packages)[0]);
  return (
    typeof first?.name === 'string' && typeof first.version === 'string' && typeof first.url === 'string'
  );
}

/**
 * The Debian packages of an image by its lock. A lock carries one package set per architecture: that of `arch` is read,
 * else amd64's, else the first. The pool path names the source package; its version is the package's own without the
 * number of a binary-only rebuild.
 * @see https://www.debian.org/doc/manuals/developers-reference/pkgs.html#binary-only-nmu
 */
export function readDistrolessLock(
  document: Readonly<Record<string, unknown>>,
  options: { readonly label: string; readonly arch?: string },
): Observation {
  const problems: string[] = [];
  const locked: Locked[] = [];
  asArray(document.packages).forEach((item, i) => {
    const read = readPackage(asObject(item) ?? {});
    if (typeof read === 'string') problems.push(`${options.label}: package ${i + 1}: ${read}`);
    else locked.push(read);
  });
  const archs = [...new Set(locked.map((p) => p.lockedFor))].sort(compareCodePoints);
  const arch = options.arch ?? (archs.includes('amd64') ? 'amd64' : (archs[0] ?? 'amd64'));
  const mine = locked.filter((p) => p.lockedFor === arch);
  const components = mine.map((p) => p.component);
  const ecosystem = releaseOf(locked, options.label);
  const stream = ecosystem === null ? null : `${ecosystem}:${arch}`;
  const others = archs.filter((a) => a !== arch);
  return observation('distroless-lock', {
    stream,
    components,
    unknown: unknownReasonOf(stream, components),
    problems,
    notes:
      others.length === 0
        ? []
        : [
            `read the ${components.length} packages for ${arch}; the lock also has ${others.join(', ')} (choose with --stream)`,
          ],
  });
}

function readPackage(item: Readonly<Record<string, unknown>>): Locked | string {
  const name = asString(item.name) ?? '';
  const version = asString(item.version) ?? '';
  const url = asString(item.url) ?? asString(asArray(item.urls)[0]) ?? '';
  if (!/^[a-z0-9][a-z0-9+.-]*$/.test(name)) return `${quote(name)} is no package name`;
  if (!isDpkgVersion(version)) return `${name} has no usable version (${quote(version)})`;
  const pool = /\/pool\/(?:[^/]+\/)+?(?:lib)?[a-z0-9]\/([^/]+)\/[^/]*?(?:_([a-z0-9-]+)\.deb)?$/.exec(
    decoded(url),
  );
  const sourcePackage = pool?.[1] ?? null;
  return {
    url,
    lockedFor: asString(item.arch) ?? pool?.[2] ?? 'amd64',
    component: {
      name,
      version,
      arch: pool?.[2] ?? asString(item.arch) ?? 'amd64',
      sourcePackage,
      sourceVersion: sourcePackage === null ? null : version.replace(/\+b\d+$/, ''),
      held: false,
      state: 'installed',
    },
  };
}

function decoded(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}

/** By base-files, else by a suite in an address, else by the code name in the name of the file. */
function releaseOf(locked: readonly Locked[], label: string): string | null {
  const base = locked.find((p) => p.component.name === 'base-files');
  const byBase = base ? ecosystemOfBaseFiles(base.component.version) : null;
  if (byBase !== null) return byBase;
  for (const { url } of locked) {
    const suite = /\/dists\/([a-z-]+)\//.exec(url)?.[1];
    const found = suite === undefined ? null : ecosystemOfSuite(suite);
    if (found !== null) return found;
  }
  const file = label.slice(label.lastIndexOf('/') + 1);
  const named = /^[a-z]+/.exec(file)?.[0] ?? '';
  const ecosystem = ecosystemOfSuite(named);
  return ecosystem !== null && codenameOf(ecosystem) === named ? ecosystem : null;
}
