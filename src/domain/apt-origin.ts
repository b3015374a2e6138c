/** The fields of a Release file that say what an archive is. */
export interface ReleaseFields {
  readonly origin: string;
  readonly label: string;
  readonly suite: string;
  readonly codename: string;
}

/**
 * The name of a suite that stays the same while it grows old: the code name, which Debian carries through
 * (`bookworm-security`), or the suite where it is the code name and a pocket (Ubuntu's `jammy-security`).
 */
export function stableSuite(release: ReleaseFields): string {
  const { suite } = release;
  // Before bullseye the security archive called itself `buster/updates`.
  const codename = release.codename.replace(/\/updates$/, '-security');
  if (codename === '') return suite === '' ? 'unknown' : suite;
  return suite.startsWith(`${codename}-`) ? suite : codename;
}

/** `<origin>:<suite>/<component>` in lower case, such as `debian:bookworm-security/main`; a flat archive has the component `.`. */
export function originOf(release: ReleaseFields, component: string): string {
  const origin = word(release.origin) || word(release.label) || 'unknown';
  return `${origin}:${word(stableSuite(release)) || 'unknown'}/${word(component.replace(/^updates\//, '')) || '.'}`;
}

const word = (text: string): string =>
  text
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9._+-]+/g, '-');

/** True for the archive of security fixes of a distribution, by suite or by label. */
export const isSecurityRelease = (release: ReleaseFields): boolean =>
  /(-|\/)security$/.test(stableSuite(release)) ||
  /-security$/.test(release.suite) ||
  /security/i.test(release.label);
