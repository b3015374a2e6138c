import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from './run.ts';

/** A tiny package as a test wants it. */
export interface PackageSpec {
  readonly name: string;
  readonly version: string;
  /** Default `all`. */
  readonly arch?: string;
  readonly depends?: string;
  /** Lines of a shell script. */
  readonly postinst?: string;
  /** Path → content; a path below /etc is a conffile, and bytes are a program. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

/** A built package file. */
export interface Deb extends Required<Pick<PackageSpec, 'name' | 'version' | 'arch'>> {
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
}

/** Appends one line to /var/log/<name>.log, so that a test can count how often it ran. */
const logging = (name: string, version: string): string =>
  `if [ "$1" = configure ]; then echo "configure ${version}" >> /var/log/${name}.log; fi`;

/** The packages most tests want: `pw-app` 1.1 newly needs `pw-lib`, `pw-broken` 1.1 has a failing postinst, `pw-slow` 1.1 takes a while. */
export const STANDARD: readonly PackageSpec[] = [
  { name: 'pw-app', version: '1.0', postinst: logging('pw-app', '1.0') },
  { name: 'pw-app', version: '1.1', depends: 'pw-lib (>= 1.0)', postinst: logging('pw-app', '1.1') },
  { name: 'pw-lib', version: '1.0' },
  { name: 'pw-broken', version: '1.0' },
  { name: 'pw-broken', version: '1.1', postinst: 'exit 1' },
  { name: 'pw-broken', version: '1.2' },
  { name: 'pw-slow', version: '1.0' },
  { name: 'pw-slow', version: '1.1', postinst: `${logging('pw-slow', '1.1')}\nsleep 3` },
];

/** Builds one package with dpkg-deb into a directory. */
export function buildDeb(into: string, spec: PackageSpec): Deb {
  const { name, version, arch = 'all', depends, postinst, files = {} } = spec;
  const work = mkdtempSync(join(tmpdir(), 'patchwarden-deb-'));
  try {
    const put = (path: string, content: string | Uint8Array, mode = 0o644) => {
      mkdirSync(dirname(join(work, path)), { recursive: true, mode: 0o755 });
      writeFileSync(join(work, path), content);
      chmodSync(join(work, path), mode);
    };
    put(
      'DEBIAN/control',
      [
        `Package: ${name}`,
        `Version: ${version}`,
        `Architecture: ${arch}`,
        'Maintainer: Test <test@example.org>',
        'Section: misc',
        'Priority: optional',
        ...(depends === undefined ? [] : [`Depends: ${depends}`]),
        `Description: test package ${name}`,
        '',
      ].join('\n'),
    );
    if (postinst !== undefined) put('DEBIAN/postinst', `#!/bin/sh\nset -e\n${postinst}\n`, 0o755);
    put(`usr/share/${name}/version`, `${version}\n`);
    for (const [path, content] of Object.entries(files))
      put(path.replace(/^\//, ''), content, typeof content === 'string' ? 0o644 : 0o755);
    const conffiles = Object.keys(files).filter((p) => p.startsWith('/etc/'));
    if (conffiles.length > 0) put('DEBIAN/conffiles', `${conffiles.join('\n')}\n`);
    // What dpkg later verifies files against; conffiles are none of its business.
    const sums = [`usr/share/${name}/version`, ...Object.keys(files).map((p) => p.replace(/^\//, ''))]
      .filter((p) => !p.startsWith('etc/'))
      .sort()
      .map(
        (p) =>
          `${createHash('md5')
            .update(readFileSync(join(work, p)))
            .digest('hex')}  ${p}\n`,
      );
    put('DEBIAN/md5sums', sums.join(''));
    run(['chmod', '755', work]);
    const path = join(into, `${name}_${version.replaceAll(':', '%3a')}_${arch}.deb`);
    run(['dpkg-deb', '--root-owner-group', '-Zgzip', '-b', work, path]);
    const bytes = readFileSync(path);
    return {
      name,
      version,
      arch,
      path,
      size: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The one of a list with this name and version. */
export function debOf(debs: readonly Deb[], name: string, version: string): Deb {
  const found = debs.find((d) => d.name === name && d.version === version);
  if (!found) throw new Error(`no ${name} ${version} was built`);
  return found;
}
