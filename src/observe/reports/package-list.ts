import type { Component, PackageState } from '../../domain/component.ts';
import { codenameOf, ecosystemOfBaseFiles } from '../../domain/releases.ts';
import { isDpkgVersion } from '../../domain/version/dpkg.ts';
import { mainArch } from '../host-root.ts';
import { type Observation, observation } from '../observation.ts';

const STATES: Readonly<Record<string, PackageState>> = {
  i: 'installed',
  H: 'half-installed',
  U: 'unpacked',
  F: 'half-configured',
  W: 'triggers-awaited',
  t: 'triggers-pending',
};

/** Lines that the list formats carry beside packages. */
const NOISE = /^(Desired=|\||\+\+\+-|Rootfs |Listing\.\.\.|WARNING|NAME\s+VERSION)|^\s*$/;
const ARCH = /^(all|amd64|arm64|armhf|armel|i386|mips64el|ppc64el|riscv64|s390x)$/;
/** Third columns of a syft table that are no Debian package: they are left out. */
const OTHER_KIND =
  /\s(npm|python|go-module|java-archive|php-composer|gem|rust-crate|dotnet|binary|github-action\S*|apk|rpm|alpm)(\s+\(\+\d+ duplicates?\))?\s*$/;
const DPKG_L = /^([uihrp])([iHUFWtcn])(R| )\s+(\S+)\s+(\S+)(?:\s+(\S+))?/;
const PAIR = /^([a-z0-9][a-z0-9+.-]+)(?::([a-z0-9-]+))?(?:[ \t=]+|,)(\S+)(?:\s+(\S+))?\s*$/;

/** Names and versions in the order of the list; null when the text is no such list. */
export function readPackageList(text: string, label: string): Observation | null {
  const components: Component[] = [];
  const problems: string[] = [];
  let read = 0;
  text.split('\n').forEach((raw, i) => {
    const line = raw.replace(/\r$/, '');
    if (NOISE.test(line) || OTHER_KIND.test(line)) return;
    const item = DPKG_L.test(line) ? fromDpkgL(line) : fromPair(line);
    if (item === undefined) {
      if (problems.length < 20) problems.push(`${label}:${i + 1}: the line is no package and version`);
      return;
    }
    read += 1;
    if (item !== null) components.push(item);
  });
  if (read === 0 || problems.length * 5 > read) return null;
  return fromNames('package-list', components, problems);
}

/** A JSON object of package names and versions, as older distroless locks have it. */
export function readVersionMap(document: Readonly<Record<string, unknown>>): Observation | null {
  const entries = Object.entries(document);
  const components = entries.flatMap(([name, version]) =>
    typeof version === 'string' && /^[a-z0-9][a-z0-9+.-]+$/.test(name) && isDpkgVersion(version)
      ? [named(name, version, '')]
      : [],
  );
  return entries.length > 0 && components.length === entries.length
    ? fromNames('version-map', components, [])
    : null;
}

/** No list of names tells source packages, and advisories name nothing else: such an asset is unknown, never clean. */
function fromNames(
  source: string,
  components: readonly Component[],
  problems: readonly string[],
): Observation {
  const ecosystem = ecosystemOfBaseFiles(components.find((c) => c.name === 'base-files')?.version ?? '');
  const arch = mainArch(components.filter((c) => c.arch !== ''));
  return observation(source, {
    stream: ecosystem === null || codenameOf(ecosystem) === null ? null : `${ecosystem}:${arch ?? 'unknown'}`,
    components,
    unknown: 'no-source',
    problems,
  });
}

/** A line of `dpkg -l`: null for a package that is not on the system, undefined for another line. */
function fromDpkgL(line: string): Component | null | undefined {
  const m = DPKG_L.exec(line);
  const [, want, flag, , name = '', version = '', arch = ''] = m ?? [];
  if (!m || !isDpkgVersion(version)) return undefined;
  const state = STATES[flag ?? ''];
  if (state === undefined) return null;
  const [bare = '', qualifier] = name.split(':');
  return { ...named(bare, version, qualifier ?? arch), held: want === 'h', state };
}

function fromPair(line: string): Component | undefined {
  const [, name, qualifier, version, arch] = PAIR.exec(line) ?? [];
  if (name === undefined || version === undefined || !isDpkgVersion(version)) return undefined;
  if (!/^\d|^[0-9]+:/.test(version)) return undefined;
  return named(name, version, qualifier ?? (ARCH.test(arch ?? '') ? (arch ?? '') : ''));
}

const named = (name: string, version: string, arch: string): Component => ({
  name,
  version,
  arch,
  sourcePackage: null,
  sourceVersion: null,
  held: false,
  state: 'installed',
});
