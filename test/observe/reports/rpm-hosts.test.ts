import { describe, expect, it } from 'vitest';
import { readReport } from '../../../src/observe/reports/read-report.ts';
import { hasSharedData, sharedArchive, sharedDataNote } from '../../support/shared-data.ts';

const read = (document: unknown, stream?: string) =>
  readReport(
    new TextEncoder().encode(typeof document === 'string' ? document : JSON.stringify(document)),
    stream === undefined ? { label: 'x' } : { label: 'x', stream },
  );

const host = {
  jsonVersion: 4,
  family: 'rocky',
  release: '9.1',
  runningKernel: { release: '5.14.0-162.6.1.el9_1.x86_64', rebootRequired: true },
  packages: {
    'openssl-libs': {
      name: 'openssl-libs',
      version: '1:3.0.1',
      release: '43.el9_0',
      newVersion: '1:3.5.1',
      newRelease: '4.el9_7',
      arch: 'x86_64',
      repository: 'baseos',
      modularitylabel: '',
    },
    bash: {
      name: 'bash',
      version: '5.1.8',
      release: '4.el9',
      newVersion: '5.1.8',
      newRelease: '4.el9',
      arch: 'x86_64',
    },
    nginx: {
      name: 'nginx',
      version: '1:1.22.1',
      release: '3.module+el9.1.0+1+abcd',
      arch: 'x86_64',
      modularitylabel: 'nginx:1.22:9010020230101:rhel9',
    },
    'gpg-pubkey': { name: 'gpg-pubkey', version: '3abb34f8', release: '5ffd890e', arch: '(none)' },
    bad: { name: 'bad', version: '', release: '1' },
  },
  SrcPackages: {
    openssl: { name: 'openssl', version: '1:3.0.1-43.el9_0', arch: 'src', binaryNames: ['openssl-libs'] },
  },
};

describe('a vuls result of an rpm host', () => {
  it('gives release, kernel, packages with source and module, and the offers of dnf', () => {
    const seen = read(host);
    expect(seen).toMatchObject({
      source: 'vuls',
      stream: 'rocky:9:x86_64',
      runningKernel: '5.14.0-162.6.1.el9_1.x86_64',
      rebootRequired: true,
      unknown: null,
      problems: ['x: bad has no usable version ("-1")'],
    });
    expect(seen.components).toMatchObject([
      { name: 'bash', version: '5.1.8-4.el9', sourcePackage: null },
      { name: 'nginx', version: '1:1.22.1-3.module+el9.1.0+1+abcd', module: 'nginx:1.22' },
      { name: 'openssl-libs', version: '1:3.0.1-43.el9_0', sourceVersion: '1:3.0.1-43.el9_0' },
    ]);
    expect(seen.offers).toEqual([
      { name: 'openssl-libs', arch: 'x86_64', version: '1:3.5.1-4.el9_7', origin: 'rocky:baseos' },
    ]);
  });

  it('judged as another distribution keeps what it is', () => {
    expect(read(host, 'almalinux:9:x86_64')).toMatchObject({
      stream: 'almalinux:9:x86_64',
      ownEcosystem: 'rocky:9',
      unknown: null,
    });
    expect(read(host, 'rocky:9:x86_64').ownEcosystem).toBeUndefined();
  });

  it('without any source is unknown where advisories name sources, and only there', () => {
    const bare = { ...host, SrcPackages: {} };
    expect(read(bare).unknown).toBe('no-source');
    expect(read(bare, 'almalinux:9:x86_64').unknown).toBeNull();
    expect(read({ ...bare, family: 'alma' }, 'rocky:9:x86_64').unknown).toBe('no-source');
  });
});

describe('rpm -qa lists', () => {
  it.skipIf(!hasSharedData)(`of all published AlmaLinux images are read whole${sharedDataNote}`, async () => {
    const lists = await sharedArchive('hosts/almalinux-images-rpm-qa.tar.xz', /rpm-packages/);
    expect(lists.size).toBe(54);
    const streams = new Map<string, number>();
    for (const [path, bytes] of lists) {
      const seen = readReport(bytes, { label: path });
      const lines = new TextDecoder()
        .decode(bytes)
        .split('\n')
        .filter((l) => l.trim() !== '');
      expect(seen.problems, path).toEqual([]);
      expect(seen.components.length + lines.filter((l) => l.startsWith('gpg-pubkey')).length, path).toBe(
        new Set(lines).size,
      );
      streams.set(String(seen.stream), (streams.get(String(seen.stream)) ?? 0) + 1);
    }
    expect([...streams.keys()].sort()).toEqual(['almalinux:8:unknown', 'almalinux:9:unknown']);
  });

  it('says what the plain form does not tell', () =>
    expect(read('almalinux-release-9.4-1.el9.x86_64\nbash-5.1.8-9.el9.x86_64\n')).toMatchObject({
      source: 'rpm-list',
      stream: 'almalinux:9:x86_64',
      unknown: null,
      notes: [expect.stringContaining('neither source packages nor module streams')],
    }));

  it('without the package that carries the release has no stream', () => {
    expect(read('bash-5.1.8-9.el9.x86_64\n')).toMatchObject({ stream: null, unknown: 'no-stream' });
    expect(read('bash-5.1.8-9.el9.x86_64\n', 'almalinux:9:x86_64').unknown).toBeNull();
  });
});
