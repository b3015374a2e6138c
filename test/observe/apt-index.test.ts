import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  concernsStream,
  ecosystemOfIndex,
  isSecurityIndex,
  packageRows,
} from '../../src/observe/apt-index.ts';
import type { PackageIndex } from '../../src/ports/package-source.ts';

const SHA = 'ab'.repeat(32);
const stanza = (fields: Readonly<Record<string, string>> = {}): string =>
  Object.entries({
    Package: 'libc6',
    Source: 'glibc',
    Version: '2.36-9+deb12u3',
    Architecture: 'amd64',
    Depends: 'libgcc-s1',
    Filename: 'pool/x.deb',
    Size: '10',
    SHA256: SHA,
    ...fields,
  })
    .filter(([, v]) => v !== '')
    .map(([k, v]) => `${k}: ${v}\n`)
    .join('');
const index = (text: string, extra: Partial<PackageIndex> = {}): PackageIndex => ({
  source: 's',
  origin: 'debian:bookworm-security/main',
  suite: 'stable-security',
  codename: 'bookworm-security',
  component: 'main',
  arch: 'amd64',
  releaseOrigin: 'Debian',
  releaseLabel: 'Debian-Security',
  text,
  ...extra,
});
const stream = 'debian:12:amd64';

describe('a Packages index', () => {
  it('becomes rows with what a lock needs', () => {
    const text = stanza({
      'Description-md5': 'x',
      'Phased-Update-Percentage': '40',
      Section: 'libs',
      Tag: 'a::b,\n c::d',
    });
    expect(packageRows(index(text), { stream }).rows).toEqual([
      {
        source: 's',
        origin: 'debian:bookworm-security/main',
        stream,
        security: true,
        name: 'libc6',
        version: '2.36-9+deb12u3',
        arch: 'amd64',
        sourcePackage: 'glibc',
        sourceVersion: '2.36-9+deb12u3',
        sha256: SHA,
        size: 10,
        filename: 'pool/x.deb',
        section: 'libs',
        priority: null,
        phased: 40,
        fetch: 'host',
        immutable: false,
        stanza: `Package: libc6\nSource: glibc\nVersion: 2.36-9+deb12u3\nArchitecture: amd64\nDepends: libgcc-s1\nFilename: pool/x.deb\nSize: 10\nSHA256: ${SHA}\nPhased-Update-Percentage: 40\nSection: libs\n`,
      },
    ]);
  });

  it('has the source version of a rebuild', () => {
    const [row] = packageRows(index(stanza({ Source: 'bash (5.2.15-2)', Version: '5.2.15-2+b2' })), {
      stream,
    }).rows;
    expect(row).toMatchObject({ sourcePackage: 'bash', sourceVersion: '5.2.15-2' });
  });

  it('offers packages of the architecture and those for all, by name where names are given', () => {
    const text = [
      stanza(),
      stanza({ Package: 'a', Architecture: 'all' }),
      stanza({ Package: 'b', Architecture: 'arm64' }),
      stanza({ Package: 'libc6-dev' }),
    ].join('\n');
    const names = (only?: string[]) =>
      packageRows(index(text), { stream, ...(only ? { names: new Set(only) } : {}) }).rows.map((r) => r.name);
    expect(names()).toEqual(['libc6', 'a', 'libc6-dev']);
    expect(names(['libc6', 'b'])).toEqual(['libc6']);
    expect(packageRows(index(text.replaceAll('\n', '\r\n')), { stream }).rows).toHaveLength(3);
  });

  it.each([
    [{ SHA256: '' }, 'libc6 2.36-9+deb12u3 has no SHA-256'],
    [{ SHA256: 'xyz' }, 'libc6 2.36-9+deb12u3 has no SHA-256'],
    [{ Size: '' }, 'libc6 2.36-9+deb12u3 has no size'],
    [{ Version: '1 2' }, 'an entry has no usable name and version'],
    [{ Package: '../../etc' }, 'an entry has no usable name and version'],
    [{ Source: 'a b' }, 'libc6 2.36-9+deb12u3 names no usable source package'],
  ])('leaves %j out and says so', (fields, problem) => {
    const { rows, problems } = packageRows(index(`${stanza(fields)}\n${stanza({ Package: 'other' })}`), {
      stream,
    });
    expect(rows.map((r) => r.name)).toEqual(['other']);
    expect(problems).toEqual([`debian:bookworm-security/main: ${problem}`]);
  });

  it('is for its own release, or for any where nothing names one', () => {
    const foreign = index('', { suite: 'nodistro', codename: '' });
    expect(ecosystemOfIndex(index(''))).toBe('debian:12');
    expect(concernsStream(index(''), stream)).toBe(true);
    expect(concernsStream(index(''), 'debian:11:amd64')).toBe(false);
    expect(concernsStream(index(''), 'debian:12:arm64')).toBe(false);
    expect(concernsStream(index('', { arch: 'all' }), 'debian:12:arm64')).toBe(true);
    expect(concernsStream(foreign, 'ubuntu:22.04:amd64')).toBe(true);
    expect(isSecurityIndex(foreign)).toBe(true);
    expect(isSecurityIndex({ ...foreign, releaseLabel: 'x' })).toBe(false);
  });

  it('never throws', () => {
    const line = fc.constantFrom(
      'Package: a',
      'Version: 1',
      `SHA256: ${SHA}`,
      'Size: 1',
      'Architecture: all',
      'Source: b (',
      ' x',
      '',
      '\r',
      ':',
      'Description: y',
    );
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 20 }),
        (lines) => void packageRows(index(lines.join('\n')), { stream }),
      ),
    );
  });
});
