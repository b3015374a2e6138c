import { ecosystemOfSuite } from './releases.ts';

/** A package of a distribution as a VEX statement names it. */
interface VexProduct {
  /** Distribution as streams spell it. */
  readonly distro: string;
  readonly name: string;
  /** As installed packages have it, with its epoch; null: every version. */
  readonly version: string | null;
  /** True for a source package. */
  readonly source: boolean;
  /** Null: every architecture, or a source package. */
  readonly arch: string | null;
  /** `distribution:release`; null: every release. */
  readonly ecosystem: string | null;
  /** Package URL without version and qualifiers. */
  readonly purl: string;
  /** False where the statement is about less than the package: a part of another product, or a qualifier that is not known here. */
  readonly whole: boolean;
}

const PURL = /^pkg:(deb|rpm|apk)\/([^/@?#]+)\/([^/@?#]+)(?:@([^?#]+))?(?:\?([^#]*))?$/;

/** Namespaces of package URLs that streams spell otherwise. */
const DISTROS: ReadonlyMap<string, string> = new Map([
  ['amazon', 'amzn'],
  ['oracle', 'ol'],
  ['redhat', 'rhel'],
  ['rockylinux', 'rocky'],
]);

/**
 * Reads the product of a statement, where it is a package of a distribution. Null for everything else: other types of
 * package URLs, CPEs, names.
 * @see https://github.com/package-url/purl-spec
 */
export function parseVexProduct(product: string): VexProduct | null {
  const part = product.indexOf(' in ');
  const [, type = '', namespace = '', name = '', version = '', query = ''] =
    PURL.exec(part < 0 ? product : product.slice(0, part)) ?? [];
  if (type === '') return null;
  const distro = decoded(namespace).toLowerCase();
  const qualifiers = parseQualifiers(query);
  const { arch = null, epoch, distro: release } = qualifiers ?? {};
  const ecosystem = release === undefined ? null : ecosystemOf(release, distro);
  const own = version === '' ? null : decoded(version);
  const source = arch === 'source' || arch === 'src';
  return {
    distro: DISTROS.get(distro) ?? distro,
    name: decoded(name),
    version: own !== null && epoch !== undefined && epoch !== '0' ? `${epoch}:${own}` : own,
    source,
    arch: source ? null : arch,
    ecosystem: ecosystem ?? null,
    purl: `pkg:${type}/${distro}/${name}`,
    whole: part < 0 && qualifiers !== null && ecosystem !== undefined,
  };
}

interface Qualifiers {
  readonly arch?: string;
  readonly epoch?: string;
  readonly distro?: string;
}

/** Null where one is not known, or is there twice: then the statement is about less than is understood. */
function parseQualifiers(query: string): Qualifiers | null {
  const found: Partial<Record<keyof Qualifiers, string>> = {};
  for (const pair of query === '' ? [] : query.split('&')) {
    const [key, ...value] = pair.split('=');
    if ((key !== 'arch' && key !== 'epoch' && key !== 'distro') || found[key] !== undefined) return null;
    found[key] = decoded(value.join('='));
  }
  return found;
}

/** `distribution:release` of a qualifier such as `bookworm`, `debian-12` or `12`; undefined where it is not understood. */
function ecosystemOf(release: string, distro: string): string | undefined {
  const named = /^[a-z]+$/.test(release) ? ecosystemOfSuite(release) : null;
  if (named !== null) return named;
  const known = DISTROS.get(distro) ?? distro;
  const number = /^(?:([a-z]+)-)?(\d+(?:\.\d+)?)$/.exec(release);
  if (!number || (number[1] !== undefined && ![known, distro].includes(number[1]))) return undefined;
  return `${known}:${number[2] ?? ''}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
