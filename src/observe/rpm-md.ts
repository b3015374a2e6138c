import type { PackageRow } from '../contracts/generated/fleet-rows.ts';
import { isModular } from '../domain/rpm-module.ts';
import { rpmOrigin } from '../domain/rpm-origin.ts';
import { parseStream } from '../domain/stream.ts';
import type { RpmIndex } from '../ports/package-source.ts';
import { attributeOf, childOf, childrenOf, parseXml, textOf, type XmlElement } from '../util/xml.ts';
import type { IndexRows } from './apt-index.ts';
import { moduleArtifacts } from './rpm-modules.ts';
import { damageOf, evr, type RpmTags } from './rpm-packages.ts';

export interface RpmRowOptions {
  readonly fetch?: PackageRow['fetch'];
  readonly immutable?: boolean;
}

const MAX_PROBLEMS = 20;
/** Architectures that a stream installs beside its own and noarch. */
const MULTILIB: Readonly<Record<string, readonly string[]>> = { x86_64: ['i686'] };

/**
 * What an rpm-md repository offers to its stream, in its order: one row a package, or one for each module stream that it
 * belongs to. A package without a SHA-256 is left out, as is one built as part of a module that no module lists.
 */
export function rpmRows(index: RpmIndex, options: RpmRowOptions = {}): IndexRows {
  const { fetch = 'host', immutable = false } = options;
  const stream = parseStream(index.stream);
  if (!stream) return { rows: [], problems: [`"${index.stream}" is no stream`] };
  const wanted = new Set([stream.arch, 'noarch', ...(MULTILIB[stream.arch] ?? [])]);
  const modules = moduleArtifacts(index.modules);
  const security = securityPackages(index.updates);
  const rows: PackageRow[] = [];
  const problems = modules.problems.map((p) => `${index.source}: ${p}`);
  let orphans = 0;
  for (const text of index.packages) {
    const read = readPackage(text);
    if (typeof read === 'string') {
      if (problems.length < MAX_PROBLEMS) problems.push(`${index.source}: ${read}`);
      continue;
    }
    const { nevra, ...offered } = read;
    if (!wanted.has(offered.arch)) continue;
    const streams = modules.streams.get(nevra);
    if (!streams && isModular(offered.version)) {
      orphans += 1;
      continue;
    }
    const common = {
      source: index.source,
      stream: index.stream,
      security: security.has(nevra),
      fetch,
      immutable,
    };
    for (const module of streams ?? [undefined])
      rows.push({ ...common, ...offered, origin: rpmOrigin(stream.distro, index.repo, module) });
  }
  if (orphans > 0)
    problems.push(
      `${index.source}: ${orphans} packages were built for a module that the repository does not list`,
    );
  return { rows, problems };
}

type Offered = Omit<PackageRow, 'source' | 'origin' | 'stream' | 'security' | 'fetch' | 'immutable'> & {
  /** `name-epoch:version-release.arch`, as modules and advisories name it. */
  readonly nevra: string;
};

/** What a package needs and gives is most of its text, and only a solver reads it: it is not parsed here. */
const RELATIONS =
  /<rpm:(requires|provides|conflicts|obsoletes|recommends|suggests|supplements|enhances)>.*?<\/rpm:\1>|<file(?:\s[^<>]*)?>[^<]*<\/file>/gs;

function readPackage(text: string): Offered | string {
  const root = childOf(parseXml(text.replace(RELATIONS, '')), 'package');
  if (!root) return 'an entry is no well-formed XML';
  const version = childOf(root, 'version');
  const format = childOf(root, 'format');
  const tags: RpmTags = {
    name: textOf(childOf(root, 'name')),
    epoch: attributeOf(version, 'epoch') || '0',
    version: attributeOf(version, 'ver'),
    release: attributeOf(version, 'rel'),
    arch: textOf(childOf(root, 'arch')),
    sourceRpm: textOf(childOf(format, 'rpm:sourcerpm')),
    modularityLabel: '',
  };
  const damage = damageOf(tags);
  if (damage !== null) return damage;
  const own = evr(tags.epoch, tags.version, tags.release);
  const checksum = childOf(root, 'checksum');
  const sha256 = textOf(checksum).toLowerCase();
  const size = Number(attributeOf(childOf(root, 'size'), 'package'));
  const location = childOf(root, 'location');
  const filename = attributeOf(location, 'href');
  if (attributeOf(checksum, 'type') !== 'sha256' || !/^[0-9a-f]{64}$/.test(sha256))
    return `${tags.name} ${own} has no SHA-256`;
  if (!Number.isSafeInteger(size) || size <= 0) return `${tags.name} ${own} has no size`;
  if (filename === '' || attributeOf(location, 'xml:base') !== '')
    return `${tags.name} ${own} lies outside the repository`;
  const [, sourcePackage = tags.name, sourceVersion, sourceRelease] =
    /^(.+)-([^-]+)-([^-]+)\.(?:no)?src\.rpm$/.exec(tags.sourceRpm) ?? [];
  return {
    name: tags.name,
    version: own,
    arch: tags.arch,
    sourcePackage,
    // A source rpm is named without its epoch, which it gives to what is built from it.
    sourceVersion: sourceVersion === undefined ? own : evr(tags.epoch, sourceVersion, sourceRelease ?? ''),
    sha256,
    size,
    filename,
    section: textOf(childOf(format, 'rpm:group')) || null,
    priority: null,
    phased: null,
    stanza: text,
    nevra: `${tags.name}-${tags.epoch}:${tags.version}-${tags.release}.${tags.arch}`,
  };
}

/** Packages that a security advisory names. */
function securityPackages(updates: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const text of updates) {
    if (!/^<update\s[^>]*type="security"/.test(text)) continue;
    const lists = childrenOf(childOf(childOf(parseXml(text), 'update'), 'pkglist'), 'collection');
    for (const list of lists) for (const p of childrenOf(list, 'package')) found.add(nevraOf(p));
  }
  return found;
}

const nevraOf = (p: XmlElement): string =>
  `${attributeOf(p, 'name')}-${attributeOf(p, 'epoch') || '0'}:${attributeOf(p, 'version')}-${attributeOf(p, 'release')}.${attributeOf(p, 'arch')}`;
