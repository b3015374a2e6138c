import { gzipSync } from 'node:zlib';
import { MARKER } from '../../src/adapters/ssh-collect-script.ts';

/** What the collecting script prints for these files. */
export function factsText(files: Readonly<Record<string, string>>): string {
  const frames = Object.entries(files).map(
    ([name, content]) => `F 1000000 ${name}\n${content.replace(/^/gm, ' ').replace(/\n $/, '\n')}\nE 0\n`,
  );
  return `${frames.join('')}Z ${frames.length}\n`;
}

/** The same as a host sends it. */
export const packedFacts = (files: Readonly<Record<string, string>>, noise = ''): Uint8Array =>
  Buffer.concat([Buffer.from(`${noise}\n${MARKER} gzip\n`), gzipSync(factsText(files))]);

const STATUS = `Package: base-files
Status: install ok installed
Version: 12.4+deb12u5
Architecture: amd64

Package: libssl3
Status: install ok installed
Source: openssl
Version: 3.0.11-1~deb12u2
Architecture: amd64

`;

/** A small Debian host. */
export const DEBIAN_FILES: Readonly<Record<string, string>> = {
  '.facts/clock': '1700000000\n',
  'proc/sys/kernel/osrelease': '6.1.0-18-amd64\n',
  'proc/sys/kernel/random/boot_id': '11111111-2222-3333-4444-555555555555\n',
  'proc/uptime': '1234.56 99.9\n',
  'etc/machine-id': `${'a1'.repeat(16)}\n`,
  'var/lib/dpkg/arch': 'amd64\n',
  'etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
  'var/lib/dpkg/status': STATUS,
  'etc/apt/sources.list': 'deb http://deb.example.org/debian bookworm main\n',
  'var/lib/apt/lists/deb.example.org_debian_dists_bookworm_InRelease':
    'Origin: Debian\nLabel: Debian\nSuite: stable\nCodename: bookworm\n',
};
