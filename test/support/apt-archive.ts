import { gzipSync } from 'node:zlib';
import { sha256Hex } from '../../src/util/digest.ts';
import type { GpgSigner } from './gpg-signer.ts';
import type { WebServer } from './web-server.ts';

export interface ArchiveOptions {
  readonly signer: GpgSigner | null;
  /** Milliseconds since 1970. */
  readonly date: number;
  readonly validUntil?: number;
  readonly suite?: string;
  readonly byHash?: boolean;
  readonly packages?: string;
  readonly detached?: boolean;
  readonly digests?: string;
}

export const PACKAGES = [
  'Package: app',
  'Version: 1.1',
  'Architecture: amd64',
  'Filename: pool/app_1%3a1.1_amd64.deb',
  'Size: 5',
  `SHA256: ${sha256Hex('bytes')}`,
  '',
].join('\n');

const rfc2822 = (ms: number): string => new Date(ms).toUTCString().replace('GMT', 'UTC');

/** Text of a Release file for these files. */
export function releaseText(
  files: ReadonlyMap<string, Uint8Array>,
  { date, validUntil, suite = 'bookworm-security', byHash = false, digests = 'SHA256' }: ArchiveOptions,
): string {
  const lines = [...files].map(([path, bytes]) => ` ${sha256Hex(bytes)} ${bytes.length} ${path}`);
  return [
    'Origin: Debian',
    'Label: Debian-Security',
    'Suite: stable-security',
    `Codename: ${suite}`,
    `Date: ${rfc2822(date)}`,
    ...(validUntil === undefined ? [] : [`Valid-Until: ${rfc2822(validUntil)}`]),
    ...(byHash ? ['Acquire-By-Hash: yes'] : []),
    'Architectures: amd64',
    'Components: main',
    `${digests}:`,
    ...lines,
    '',
  ].join('\n');
}

/** Puts a small archive below `debian/` on a server. */
export function publishArchive(web: WebServer, options: ArchiveOptions): void {
  const { signer, suite = 'bookworm-security', packages = PACKAGES } = options;
  const dists = `debian/dists/${suite}`;
  const index = gzipSync(packages);
  const files = new Map([['main/binary-amd64/Packages.gz', index]]);
  const release = releaseText(files, options);
  for (const name of ['InRelease', 'Release', 'Release.gpg']) web.files.delete(`${dists}/${name}`);
  if (signer && !options.detached) web.files.set(`${dists}/InRelease`, signer.clearsign(release));
  else {
    web.files.set(`${dists}/Release`, release);
    if (signer) web.files.set(`${dists}/Release.gpg`, signer.detached(release));
  }
  web.files.set(`${dists}/main/binary-amd64/Packages.gz`, index);
  if (options.byHash) web.files.set(`${dists}/main/binary-amd64/by-hash/SHA256/${sha256Hex(index)}`, index);
  web.files.set('debian/pool/app_1%3a1.1_amd64.deb', 'bytes');
}
