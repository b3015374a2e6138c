import { ecosystemOfSuite } from '../../domain/releases.ts';

/** Releases that no stream is known of any more; the security tracker still lists them. */
const OLDER: Readonly<Record<string, string | undefined>> = Object.assign(Object.create(null), {
  woody: 'debian:3',
  sarge: 'debian:3.1',
  etch: 'debian:4',
  lenny: 'debian:5',
  squeeze: 'debian:6',
  wheezy: 'debian:7',
});

/** The ecosystem of a release by its code name; undefined for sid and what is not known. */
export function debianEcosystem(codename: string): string | undefined {
  if (!/^[a-z]{3,12}$/.test(codename)) return undefined;
  const ecosystem = OLDER[codename] ?? ecosystemOfSuite(codename);
  return ecosystem?.startsWith('debian:') ? ecosystem : undefined;
}
