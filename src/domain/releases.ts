/** Code names of releases, for streams. @see https://www.debian.org/releases/ @see https://releases.ubuntu.com/ */
const RELEASES: readonly (readonly [
  distro: string,
  release: string,
  codename: string,
  baseFiles?: string,
])[] = [
  ['debian', '8', 'jessie'],
  ['debian', '9', 'stretch'],
  ['debian', '10', 'buster'],
  ['debian', '11', 'bullseye'],
  ['debian', '12', 'bookworm'],
  ['debian', '13', 'trixie'],
  ['debian', '14', 'forky'],
  ['ubuntu', '14.04', 'trusty', '7.2ubuntu5'],
  ['ubuntu', '16.04', 'xenial', '9.4ubuntu4'],
  ['ubuntu', '18.04', 'bionic', '10.1ubuntu2'],
  ['ubuntu', '20.04', 'focal', '11ubuntu5'],
  ['ubuntu', '22.04', 'jammy', '12ubuntu4'],
  ['ubuntu', '24.04', 'noble', '13ubuntu10'],
];

/** `distribution:release` of a code name or of a suite such as `bookworm-security`; null when it is not known. */
export function ecosystemOfSuite(suite: string): string | null {
  const codename = suite.replace(/[-/].*$/, '');
  const row = RELEASES.find((r) => r[2] === codename);
  return row ? `${row[0]}:${row[1]}` : null;
}

/** Code name of `distribution:release`; null when it is not known. */
export function codenameOf(ecosystem: string): string | null {
  return RELEASES.find((r) => `${r[0]}:${r[1]}` === ecosystem)?.[2] ?? null;
}

/**
 * `distribution:release` by the version of base-files: Debian's begins with the release,
 * Ubuntu keeps one base version through a release's life.
 */
export function ecosystemOfBaseFiles(version: string): string | null {
  if (version.includes('ubuntu')) {
    const row = RELEASES.find(
      (r) => r[3] !== undefined && (version === r[3] || version.startsWith(`${r[3]}.`)),
    );
    return row ? `${row[0]}:${row[1]}` : null;
  }
  const major = /^(\d+)(?=[.+~-]|$)/.exec(version)?.[1];
  return major !== undefined && RELEASES.some((r) => r[0] === 'debian' && r[1] === major)
    ? `debian:${major}`
    : null;
}

/** Packages that carry the release of an rpm distribution. */
const RELEASE_PACKAGES: Readonly<Record<string, string>> = {
  'almalinux-release': 'almalinux',
  'rocky-release': 'rocky',
  'redhat-release': 'rhel',
  'oraclelinux-release': 'ol',
  'centos-stream-release': 'centos',
  'centos-release': 'centos',
  'centos-linux-release': 'centos',
  'fedora-release-common': 'fedora',
  'system-release': 'amzn',
};
/** Distributions whose streams are major releases: within one, everybody moves on from minor to minor. */
const BY_MAJOR: ReadonlySet<string> = new Set(['almalinux', 'rocky', 'rhel', 'ol', 'centos', 'debian']);

/** The part of a release that names a stream: `8.9` of AlmaLinux is `8`, `22.04` of Ubuntu stays. */
export const streamRelease = (distro: string, release: string): string =>
  BY_MAJOR.has(distro) ? release.replace(/\..*$/, '') : release;

/** `distribution:release` by the package that carries the release; null where none is installed. */
export function ecosystemOfReleasePackages(
  components: readonly { readonly name: string; readonly version: string }[],
): string | null {
  for (const { name, version } of components) {
    const distro = Object.hasOwn(RELEASE_PACKAGES, name) ? RELEASE_PACKAGES[name] : undefined;
    const release = /^(?:\d+:)?(\d[\d.]*)-/.exec(version)?.[1];
    if (distro !== undefined && release !== undefined) return `${distro}:${streamRelease(distro, release)}`;
  }
  return null;
}
