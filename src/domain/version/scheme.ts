import { PatchwardenError } from '../errors.ts';
import { parseStream } from '../stream.ts';
import type { VersionScheme } from './compare.ts';

/** Distributions, by their ID in os-release, and the order of their versions. */
const SCHEMES: Readonly<Record<VersionScheme, ReadonlySet<string>>> = {
  dpkg: new Set(['debian', 'ubuntu', 'raspbian']),
  rpm: new Set(['almalinux', 'rocky', 'rhel', 'centos', 'ol', 'fedora', 'amzn']),
};

/** The order of versions in a stream, or in its part `distribution:release`; null where no comparator knows it. */
export function knownSchemeOf(stream: string): VersionScheme | null {
  const distro = stream.slice(0, stream.indexOf(':'));
  if (SCHEMES.dpkg.has(distro)) return 'dpkg';
  return SCHEMES.rpm.has(distro) ? 'rpm' : null;
}

/**
 * The order of versions in a stream, for `compareVersions(schemeOf(stream), a, b)`.
 * @throws PatchwardenError `bad-document` for a stream whose versions no comparator knows
 */
export function schemeOf(stream: string): VersionScheme {
  const scheme = knownSchemeOf(stream);
  if (parseStream(stream) === undefined || scheme === null)
    throw new PatchwardenError('bad-document', `no comparator knows the versions of the stream "${stream}"`);
  return scheme;
}
