import { parseStream } from './stream.ts';

/**
 * Package URL of a package of a stream, without version and qualifiers.
 * @see https://github.com/package-url/purl-spec (types `deb`, `rpm`, `apk`)
 */
export function purlOf(stream: string, name: string): string {
  const distro = parseStream(stream)?.distro ?? 'unknown';
  const type = distro === 'debian' || distro === 'ubuntu' ? 'deb' : distro === 'alpine' ? 'apk' : 'rpm';
  return `pkg:${type}/${distro}/${encodeURIComponent(name)}`;
}

/** The same with architecture and release: the key of a lock entry. */
export function lockKey(stream: string, name: string, arch: string): string {
  const { distro = 'unknown', release = 'unknown' } = parseStream(stream) ?? {};
  return `${purlOf(stream, name)}?arch=${arch}&distro=${distro}-${release}`;
}

/** What a lock key names; undefined when it is not one. */
export function parseLockKey(
  key: string,
):
  | { readonly name: string; readonly arch: string; readonly distro: string; readonly release: string }
  | undefined {
  const m =
    /^pkg:(?:deb|rpm|apk)\/([a-z0-9]+)\/([^?@]+)\?arch=([A-Za-z0-9_]+)&distro=\1-([A-Za-z0-9._-]+)$/.exec(
      key,
    );
  if (!m?.[1] || !m[2] || !m[3] || !m[4]) return undefined;
  const name = decoded(m[2]);
  return name === undefined ? undefined : { distro: m[1], name, arch: m[3], release: m[4] };
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/**
 * Package URL of one version of a package of a stream, as others read it.
 * @see https://github.com/package-url/purl-spec (an rpm epoch is a qualifier, a Debian epoch a part of the version)
 */
export function versionPurl(stream: string, name: string, arch: string, version: string): string {
  const { distro = 'unknown', release = 'unknown' } = parseStream(stream) ?? {};
  const purl = purlOf(stream, name);
  const [, epoch, plain = version] = (purl.startsWith('pkg:rpm/') && /^(\d+):(.*)$/.exec(version)) || [];
  const qualifiers = `arch=${arch}&distro=${distro}-${release}${epoch === undefined ? '' : `&epoch=${epoch}`}`;
  return `${purl}@${encodeURIComponent(plain)}?${qualifiers}`;
}
