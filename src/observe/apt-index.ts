import type { PackageRow } from '../contracts/generated/fleet-rows.ts';
import { isSecurityRelease } from '../domain/apt-origin.ts';
import { ecosystemOfSuite } from '../domain/releases.ts';
import { ecosystemOf, parseStream } from '../domain/stream.ts';
import { isDpkgVersion } from '../domain/version/dpkg.ts';
import type { PackageIndex } from '../ports/package-source.ts';
import { parseDeb822 } from '../util/deb822.ts';
import { parseSource } from './dpkg-status.ts';

export interface IndexOptions {
  /** The stream that the packages are for; those of another architecture are left out. */
  readonly stream: string;
  /** Only packages of these names; all where absent. */
  readonly names?: ReadonlySet<string>;
  /** From the config of the source; default `host`, not immutable. */
  readonly fetch?: PackageRow['fetch'];
  readonly immutable?: boolean;
}

export interface IndexRows {
  readonly rows: readonly PackageRow[];
  /** Entries that could not be used, each a sentence. */
  readonly problems: readonly string[];
}

const NAME = /^[a-z0-9][a-z0-9+.-]{0,254}$/;
/** Long fields that no solver reads. */
const UNUSED =
  /^(Description(?:-[a-z0-9]+)?|Tag|Homepage|Maintainer|Original-Maintainer|Bugs|Task|MD5sum|SHA1|SHA512|Build-Ids|Python-Version|Ruby-Versions|Ghc-Package|Gstreamer-[A-Za-z-]+|Lua-Versions|Modaliases|Cnf-[A-Za-z-]+|Auto-Built-Package):/i;
const MAX_PROBLEMS = 20;

/**
 * What an index offers to a stream, in its order. An entry without a SHA-256 is left out, because nothing could be
 * locked by it.
 */
export function packageRows(index: PackageIndex, options: IndexOptions): IndexRows {
  const { stream, names, fetch = 'host', immutable = false } = options;
  const arch = parseStream(stream)?.arch ?? '';
  const security = isSecurityRelease(releaseOf(index));
  const rows: PackageRow[] = [];
  const problems: string[] = [];
  for (const text of stanzasOf(index.text)) {
    // Sixty thousand entries and a few hundred of interest: the name is looked at before anything is parsed.
    if (names && !names.has(/^Package:[ \t]*(\S+)/im.exec(text)?.[1] ?? '')) continue;
    const read = readStanza(text);
    if (typeof read === 'string') {
      if (problems.length < MAX_PROBLEMS) problems.push(`${index.origin}: ${read}`);
    } else if (read.arch === arch || read.arch === 'all')
      rows.push({ source: index.source, origin: index.origin, stream, security, ...read, fetch, immutable });
  }
  return { rows, problems };
}

const releaseOf = (index: PackageIndex) => ({
  origin: index.releaseOrigin,
  label: index.releaseLabel,
  suite: index.suite,
  codename: index.codename,
});

/** True for an index of a security archive, by suite or label. */
export const isSecurityIndex = (index: PackageIndex): boolean => isSecurityRelease(releaseOf(index));

/** `distribution:release` that an index is for, by its code name or suite; null for an archive of somebody else. */
export const ecosystemOfIndex = (index: PackageIndex): string | null =>
  ecosystemOfSuite(index.codename) ?? ecosystemOfSuite(index.suite);

/** True when an index can offer something to a stream: its own release, or an archive that names none. */
export function concernsStream(index: PackageIndex, stream: string): boolean {
  const ecosystem = ecosystemOfIndex(index);
  const arch = parseStream(stream)?.arch;
  return (
    (ecosystem === null || ecosystem === ecosystemOf(stream)) &&
    (index.arch === '' || index.arch === 'all' || index.arch === arch)
  );
}

function* stanzasOf(text: string): Iterable<string> {
  const separator = text.includes('\r\n') ? /\r?\n[ \t\r]*\n/g : '\n\n';
  if (typeof separator !== 'string') {
    for (const part of text.split(separator)) if (part.trim() !== '') yield part;
    return;
  }
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf(separator, at);
    const stop = end < 0 ? text.length : end;
    if (stop > at) yield text.slice(at, stop);
    at = stop + 2;
  }
}

type Offered = Omit<PackageRow, 'source' | 'origin' | 'stream' | 'security' | 'fetch' | 'immutable'>;

function readStanza(text: string): Offered | string {
  const stanza = shortened(text);
  const fields = parseDeb822(stanza).stanzas[0]?.fields;
  const field = (name: string): string => fields?.get(name) ?? '';
  const name = field('package');
  const version = field('version');
  if (!NAME.test(name) || !isDpkgVersion(version)) return 'an entry has no usable name and version';
  const source = parseSource(field('source'), name, version);
  const sha256 = field('sha256').toLowerCase();
  const size = Number(field('size'));
  if (source === null) return `${name} ${version} names no usable source package`;
  if (!/^[0-9a-f]{64}$/.test(sha256)) return `${name} ${version} has no SHA-256`;
  if (!Number.isSafeInteger(size) || size <= 0) return `${name} ${version} has no size`;
  const phased = /^\d{1,3}$/.test(field('phased-update-percentage'))
    ? Number(field('phased-update-percentage'))
    : null;
  return {
    name,
    version,
    arch: field('architecture'),
    ...source,
    sha256,
    size,
    filename: field('filename'),
    section: field('section') || null,
    priority: field('priority') || null,
    phased,
    stanza,
  };
}

/** The stanza without the fields (and their continuation lines) that no solver reads, ended by a newline. */
function shortened(text: string): string {
  let keep = true;
  const lines = text.split('\n').filter((line) => {
    if (line.startsWith(' ') || line.startsWith('\t')) return keep;
    keep = line !== '' && !UNUSED.test(line);
    return keep;
  });
  return `${lines.map((l) => l.replace(/\r$/, '')).join('\n')}\n`;
}
