import type { AffectedRow } from '../contracts/generated/fleet-rows.ts';

/** What an OSV ecosystem is among streams. */
export interface Ecosystem {
  /** `distribution:release`, such as `debian:12`. */
  readonly id: string;
  readonly scheme: AffectedRow['scheme'];
}

const RULES: readonly (readonly [RegExp, string, AffectedRow['scheme']])[] = [
  [/^Debian:(\d+(?:\.\d+)?)$/, 'debian', 'dpkg'],
  // Fixes of the paid archive: a stream of their own, so that they are not promised to hosts without it.
  [/^Ubuntu:Pro:(\d\d\.\d\d)(?::LTS)?$/, 'ubuntu-pro', 'dpkg'],
  [/^Ubuntu:(\d\d\.\d\d)(?::LTS)?$/, 'ubuntu', 'dpkg'],
  [/^Alpine:v(\d+\.\d+)$/, 'alpine', 'apk'],
  [/^AlmaLinux:(\d+)$/, 'almalinux', 'rpm'],
  [/^Rocky Linux:(\d+)$/, 'rocky', 'rpm'],
];

/** The stream's part of an OSV ecosystem; undefined for one that is no distribution release known here. */
export function parseEcosystem(text: string): Ecosystem | undefined {
  for (const [pattern, distro, scheme] of RULES) {
    const release = pattern.exec(text)?.[1];
    // Debian counted in two parts until etch (4.0); releases since are named by the first.
    if (release !== undefined)
      return { id: `${distro}:${distro === 'debian' ? release.replace(/\.0$/, '') : release}`, scheme };
  }
  return undefined;
}
