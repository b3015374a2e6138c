import { streamRelease } from '../../domain/releases.ts';
import { asObject, asString } from '../../util/json-data.ts';
import { sortedBy } from '../../util/sort.ts';
import { mainArch } from '../host-root.ts';
import { type Observation, type Offer, observation, unknownReasonOf } from '../observation.ts';
import { damageOf, evr, isKey, type RpmTags, rpmComponents } from '../rpm-packages.ts';

/** Families of vuls whose packages are rpms → ID in os-release. */
export const RPM_FAMILIES: Readonly<Record<string, string>> = {
  alma: 'almalinux',
  rocky: 'rocky',
  redhat: 'rhel',
  oracle: 'ol',
  centos: 'centos',
  fedora: 'fedora',
  amazon: 'amzn',
};

/** The tags of one package of a vuls result; `version` there carries the epoch where it is not 0. */
function vulsTags(item: Readonly<Record<string, unknown>>, name: string, sourceRpm: string): RpmTags {
  const [epoch, version] = split(asString(item.version) ?? '');
  return {
    name,
    epoch,
    version,
    release: asString(item.release) ?? '',
    arch: asString(item.arch) ?? '',
    sourceRpm,
    modularityLabel: asString(item.modularitylabel) ?? asString(item.modularityLabel) ?? '',
  };
}

/** The tags of the update that the host's own package manager offered; undefined where it is what is installed. */
function offeredTags(item: Readonly<Record<string, unknown>>, installed: RpmTags): RpmTags | undefined {
  const [epoch, version] = split(asString(item.newVersion) ?? '');
  const release = asString(item.newRelease) ?? '';
  if (
    version === '' ||
    (version === installed.version && release === installed.release && epoch === installed.epoch)
  )
    return undefined;
  return { ...installed, epoch, version, release };
}

function split(text: string): readonly [epoch: string, version: string] {
  const colon = text.indexOf(':');
  return colon < 0 ? ['', text] : [text.slice(0, colon), text.slice(colon + 1)];
}

/** Source packages of a result, binary name → `name-version-release.src.rpm`: their version carries the epoch, which a file has not. */
function sourceFiles(document: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const [key, value] of Object.entries(asObject(document.SrcPackages) ?? {})) {
    const item = asObject(value) ?? {};
    const [, version] = split(asString(item.version) ?? '');
    if (version === '') continue;
    const file = `${asString(item.name) ?? key}-${version}.src.rpm`;
    for (const binary of Array.isArray(item.binaryNames) ? item.binaryNames : [])
      if (typeof binary === 'string') files.set(binary, file);
  }
  return files;
}

/** One rpm host as vuls scanned it. */
export function readVulsRpm(document: Readonly<Record<string, unknown>>, label: string): Observation {
  const family = asString(document.family) ?? '';
  const distro = RPM_FAMILIES[family] ?? family;
  const kernel = asObject(document.runningKernel);
  const runningKernel = asString(kernel?.release) ?? '';
  const sources = sourceFiles(document);
  const problems: string[] = [];
  const found: RpmTags[] = [];
  const offers: Offer[] = [];
  for (const [key, value] of Object.entries(asObject(document.packages) ?? {})) {
    const item = asObject(value) ?? {};
    const name = asString(item.name) ?? key;
    if (isKey(name)) continue;
    const tags = vulsTags(item, name, sources.get(name) ?? '');
    const damage = damageOf(tags);
    if (damage !== null) {
      problems.push(`${label}: ${damage}`);
      continue;
    }
    found.push(tags);
    const offered = offeredTags(item, tags);
    if (offered === undefined || damageOf(offered) !== null) continue;
    const repository = asString(item.repository) ?? '';
    const version = evr(offered.epoch, offered.version, offered.release);
    offers.push({ name, arch: tags.arch, version, origin: `${distro}:${repository || 'unknown'}` });
  }
  const components = sortedBy(rpmComponents(found), (c) => c.name);
  const release = streamRelease(distro, asString(document.release) ?? '');
  const arch =
    mainArch(components) ?? /\.(x86_64|aarch64|s390x|ppc64le)$/.exec(runningKernel)?.[1] ?? 'unknown';
  const stream = /^[A-Za-z0-9._-]+$/.test(release) ? `${distro}:${release}:${arch}` : null;
  return observation('vuls', {
    stream,
    components,
    runningKernel: runningKernel === '' ? null : runningKernel,
    rebootRequired: kernel?.rebootRequired === true,
    unknown: unknownReasonOf(stream, components),
    offers,
    problems,
  });
}
