import type { Component } from '../../domain/component.ts';
import { isDpkgVersion } from '../../domain/version/dpkg.ts';
import { asObject, asString, asStrings } from '../../util/json-data.ts';
import { quote } from '../../util/printable.ts';
import { compareCodePoints } from '../../util/sort.ts';
import { mainArch } from '../host-root.ts';
import { type Observation, type Offer, observation, unknownReasonOf } from '../observation.ts';
import { RPM_FAMILIES, readVulsRpm } from './vuls-rpm.ts';

const DPKG: ReadonlySet<string> = new Set(['debian', 'ubuntu', 'raspbian']);

/** True for a result file of the scanner vuls. */
export const isVulsResult = (document: Readonly<Record<string, unknown>>): boolean =>
  typeof document.jsonVersion === 'number' && typeof document.family === 'string';

/**
 * One host as vuls scanned it. `SrcPackages` maps binary packages to their source; a Debian host without it cannot be judged.
 * A `newVersion` beside an installed version is an update that the host's own package manager offered.
 */
export function readVuls(document: Readonly<Record<string, unknown>>, label: string): Observation {
  const family = asString(document.family) ?? '';
  if (Object.hasOwn(RPM_FAMILIES, family)) return readVulsRpm(document, label);
  const release = asString(document.release) ?? '';
  const kernel = asObject(document.runningKernel);
  const runningKernel = asString(kernel?.release) ?? null;
  const dpkg = DPKG.has(family);
  const sources = sourcesOf(document);
  const problems: string[] = [];
  const components: Component[] = [];
  const offers: Offer[] = [];
  for (const [key, value] of Object.entries(asObject(document.packages) ?? {})) {
    const item = asObject(value) ?? {};
    const name = asString(item.name) ?? key;
    const version = joined(item.version, item.release);
    if (name === '' || (dpkg && !isDpkgVersion(version))) {
      problems.push(`${label}: the package ${quote(key)} has no usable version (${quote(version)})`);
      continue;
    }
    const source = sources.get(name);
    const arch = asString(item.arch) ?? '';
    components.push({
      name,
      version,
      arch,
      sourcePackage: source?.name ?? null,
      sourceVersion: source === undefined ? null : dpkg ? builtFrom(name, version, source) : source.version,
      held: false,
      state: 'installed',
    });
    const offered = joined(item.newVersion, item.newRelease);
    if (dpkg && offered !== '' && offered !== version && isDpkgVersion(offered)) {
      const repository = asString(item.repository) ?? '';
      offers.push({ name, arch, version: offered, origin: `${family}:${repository || 'unknown'}` });
    }
  }
  components.sort((a, b) => compareCodePoints(a.name, b.name));
  const stream = streamOf(family, release, components, runningKernel);
  const ownArch = stream?.split(':')[2] ?? '';
  return observation('vuls', {
    stream,
    components: components.map((c) => (c.arch === '' ? { ...c, arch: ownArch } : c)),
    runningKernel: runningKernel === '' ? null : runningKernel,
    rebootRequired: kernel?.rebootRequired === true,
    unknown:
      sources.size === 0 && components.length > 0
        ? 'no-source'
        : dpkg
          ? unknownReasonOf(stream, components)
          : 'not-supported',
    offers: offers.map((o) => (o.arch === '' ? { ...o, arch: ownArch } : o)),
    problems,
    notes: dpkg ? [] : [`packages of the family ${quote(family)} are not supported yet`],
  });
}

const joined = (version: unknown, release: unknown): string => {
  const r = asString(release) ?? '';
  return `${asString(version) ?? ''}${r === '' ? '' : `-${r}`}`;
};

function sourcesOf(
  document: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, { readonly name: string; readonly version: string }> {
  const sources = new Map<string, { name: string; version: string }>();
  for (const [key, value] of Object.entries(asObject(document.SrcPackages) ?? {})) {
    const item = asObject(value) ?? {};
    const source = { name: asString(item.name) ?? key, version: asString(item.version) ?? '' };
    if (source.version === '') continue;
    for (const binary of asStrings(item.binaryNames)) sources.set(binary, source);
  }
  return sources;
}

/**
 * vuls keeps one version of each source, but a host may hold packages built from two. A package that bears the name of
 * its source, or has the same upstream part and another revision, was built from its own version; packages that are
 * numbered apart from their source (dmsetup and lvm2) keep what vuls says.
 */
function builtFrom(
  name: string,
  version: string,
  source: { readonly name: string; readonly version: string },
): string {
  const own = version.replace(/\+b\d+$/, '');
  const upstream = (v: string): string => v.replace(/-[^-]*$/, '');
  const sameUpstream =
    own.includes('-') && source.version.includes('-') && upstream(own) === upstream(source.version);
  return name === source.name || sameUpstream ? own : source.version;
}

/** vuls leaves the architecture of Debian packages out; the kernel and the names of boot packages tell it. */
function streamOf(
  distro: string,
  release: string,
  components: readonly Component[],
  runningKernel: string | null,
): string | null {
  // Debian's streams are named by the whole release: 9.0 is 9.
  const short = distro === 'debian' ? release.replace(/\..*$/, '') : release;
  if (!/^[a-z0-9]+$/.test(distro) || !/^[A-Za-z0-9._-]+$/.test(short)) return null;
  const told = mainArch(components.filter((c) => c.arch !== ''));
  const hinted = [runningKernel ?? '', ...components.map((c) => c.name)]
    .map((n) => /(?:^|[-.])(amd64|arm64|armhf|i386|ppc64el|s390x|x86_64|aarch64)(?:$|-)/.exec(n)?.[1])
    .find((a) => a !== undefined);
  const multiarch = components.some((c) => /x86-64-linux-gnu$/.test(c.name)) ? 'amd64' : undefined;
  return `${distro}:${short}:${told ?? hinted ?? multiarch ?? 'unknown'}`;
}
