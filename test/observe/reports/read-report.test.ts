import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PatchwardenError } from '../../../src/domain/errors.ts';
import { readReport } from '../../../src/observe/reports/read-report.ts';

const read = (content: unknown, label = 'x', stream?: string) =>
  readReport(Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)), {
    label,
    ...(stream === undefined ? {} : { stream }),
  });

const POOL = 'https://snapshot.debian.org/archive/debian/20241021T203046Z/pool/main';
const locked = (name: string, version: string, path: string, arch = 'amd64') => ({
  arch,
  name,
  version,
  url: `${POOL}/${path}`,
});

describe('a distroless lock', () => {
  const packages = [
    locked('base-files', '12.4+deb12u7', 'b/base-files/base-files_12.4+deb12u7_amd64.deb'),
    locked('libc6', '2.36-9+deb12u8', 'g/glibc/libc6_2.36-9+deb12u8_amd64.deb'),
    locked('libstdc++6', '12.2.0-14+b1', 'g/gcc-12/libstdc%2B%2B6_12.2.0-14%2Bb1_amd64.deb'),
    locked('libuuid1', '1:2.38.1-5', 'u/util-linux/libuuid1_2.38.1-5_amd64.deb'),
    locked('libxml2', '2.9', 'libx/libxml2/libxml2_2.9_amd64.deb'),
    locked('tzdata', '2024a', 't/tzdata/tzdata_2024a_all.deb'),
    locked('libc6', '2.36-9+deb12u7', 'g/glibc/libc6_2.36-9+deb12u7_arm64.deb', 'arm64'),
  ];

  it('names the source by the pool path, without the number of a rebuild', () => {
    const seen = read({ packages });
    expect(seen).toMatchObject({ source: 'distroless-lock', stream: 'debian:12:amd64', unknown: null });
    expect(seen.components.map((c) => [c.name, c.arch, c.sourcePackage, c.sourceVersion])).toEqual([
      ['base-files', 'amd64', 'base-files', '12.4+deb12u7'],
      ['libc6', 'amd64', 'glibc', '2.36-9+deb12u8'],
      ['libstdc++6', 'amd64', 'gcc-12', '12.2.0-14'],
      ['libuuid1', 'amd64', 'util-linux', '1:2.38.1-5'],
      ['libxml2', 'amd64', 'libxml2', '2.9'],
      ['tzdata', 'all', 'tzdata', '2024a'],
    ]);
    expect(seen.notes[0]).toContain('arm64');
  });

  it('gives the packages of the architecture that is asked for', () => {
    expect(read({ packages }, 'x', 'debian:12:arm64').components.map((c) => c.version)).toEqual([
      '2.36-9+deb12u7',
    ]);
  });

  it('is placed by the file name where nothing in it tells the release', () => {
    const bare = { packages: packages.slice(1, 3) };
    expect(read(bare, 'deb/bookworm_java.lock.json').stream).toBe('debian:12:amd64');
    expect(read(bare, 'deb/other.lock.json')).toMatchObject({ stream: null, unknown: 'no-stream' });
  });

  it('has no source where the address is no pool path', () => {
    expect(read({ packages: [locked('x', '1', 'x.deb')] }, 'bookworm.lock.json').unknown).toBe('no-source');
  });

  it('reports damaged entries', () => {
    const seen = read({ packages: [...packages, { name: 'x', version: '1 2', url: '' }, 7] }, 'l');
    expect(seen.problems).toEqual([
      'l: package 8: x has no usable version ("1 2")',
      'l: package 9: "" is no package name',
    ]);
  });
});

describe('a vuls result', () => {
  const host = {
    jsonVersion: 4,
    family: 'debian',
    release: '11',
    runningKernel: { release: '5.10.0-8-amd64', version: '5.10.46-4', rebootRequired: true },
    packages: {
      libc6: {
        name: 'libc6',
        version: '2.31-13',
        newVersion: '2.31-13+deb11u13',
        repository: 'bullseye-security/main',
      },
      locales: { name: 'locales', version: '2.31-13+deb11u5', newVersion: '' },
      dmsetup: { name: 'dmsetup', version: '2:1.02.175-2.1', newVersion: '2:1.02.175-2.1' },
      orphan: { name: 'orphan', version: '1' },
    },
    SrcPackages: {
      glibc: { name: 'glibc', version: '2.31-13', binaryNames: ['libc6', 'locales'] },
      lvm2: { name: 'lvm2', version: '2.03.11-2.1', binaryNames: ['dmsetup'] },
    },
  };

  it('has components with their source, the running kernel and what is offered', () => {
    const seen = read(host);
    expect(seen).toMatchObject({
      source: 'vuls',
      stream: 'debian:11:amd64',
      unknown: null,
      runningKernel: '5.10.0-8-amd64',
      rebootRequired: true,
    });
    expect(seen.components.map((c) => [c.name, c.sourcePackage, c.sourceVersion])).toEqual([
      ['dmsetup', 'lvm2', '2.03.11-2.1'],
      ['libc6', 'glibc', '2.31-13'],
      ['locales', 'glibc', '2.31-13+deb11u5'],
      ['orphan', null, null],
    ]);
    expect(seen.offers).toEqual([
      { name: 'libc6', arch: 'amd64', version: '2.31-13+deb11u13', origin: 'debian:bullseye-security/main' },
    ]);
  });

  it('without source packages is unknown, and so are families without support', () => {
    expect(read({ ...host, SrcPackages: undefined }).unknown).toBe('no-source');
    expect(read({ ...host, family: 'suse.linux.enterprise.server', release: '15.3' }).unknown).toBe(
      'not-supported',
    );
    expect(read({ jsonVersion: 4, family: 'windows', release: 'Windows 10' })).toMatchObject({
      stream: null,
      unknown: 'not-supported',
      components: [],
    });
  });
});

describe('lists of names and versions', () => {
  it.each([
    ['bash 5.2.15-2\nbase-files 12.4+deb12u5\n', 'debian:12:unknown', 2],
    ['bash\t5.1-6ubuntu1\nbase-files\t12ubuntu4.6\nlibc6:amd64\t2.35-0ubuntu3\n', 'ubuntu:22.04:amd64', 3],
    ['bash=5.2.15-2\r\nbase-files=12.4\r\n', 'debian:12:unknown', 2],
    [
      'Desired=Unknown\n||/ Name Version\n+++-====\nii  bash  5.1-6ubuntu1  amd64  shell\nrc  old  1.0  amd64  gone\nhi  base-files  12ubuntu4.6  amd64  x\n',
      'ubuntu:22.04:amd64',
      2,
    ],
    [
      'NAME  VERSION  TYPE\nlodash  4.17.0  npm\nbash  5.1-6ubuntu1  deb\nbase-files  12ubuntu4.6  deb\n',
      'ubuntu:22.04:unknown',
      2,
    ],
    ['{"bash": "5.0-4", "base-files": "10.3+deb10u4"}', 'debian:10:unknown', 2],
  ])('%j is unknown for want of source packages', (text, stream, components) => {
    const seen = read(text);
    expect(seen).toMatchObject({ stream, unknown: 'no-source' });
    expect(seen.components).toHaveLength(components);
  });

  it('keeps the hold of dpkg -l', () => {
    expect(read('hi  bash  5.1-6  amd64  shell\nii  x1  1  all  y\n').components.map((c) => c.held)).toEqual([
      true,
      false,
    ]);
  });

  it.each([
    ['P:musl\nV:1.2.4-r2\nA:x86_64\n\n', 'apk'],
    ['musl-1.2.4-r2\nbusybox-1.36.1-r5\n', 'apk'],
    ['{"rpms": []}', 'rpm'],
  ])('%j is not supported yet', (text, source) => {
    expect(read(text)).toMatchObject({
      source,
      unknown: 'not-supported',
      notes: [expect.stringContaining('not supported yet')],
    });
  });
});

describe('a dpkg status file', () => {
  const text = 'Package: base-files\nStatus: install ok installed\nArchitecture: amd64\nVersion: 12.4\n';

  it('is known by its content', () => {
    expect(read(text)).toMatchObject({ source: 'dpkg-status', stream: 'debian:12:amd64', statusText: text });
  });

  it('without base-files has no stream until one is given', () => {
    const other = text.replace('base-files', 'other');
    expect(read(other)).toMatchObject({ stream: null, unknown: 'no-stream' });
    expect(read(other, 'x', 'debian:12:amd64')).toMatchObject({ stream: 'debian:12:amd64', unknown: null });
  });

  it('is refused where nothing can be read', () => {
    expect(() => read('Package: x\nStatus: install ok installed\n', 'dir/status')).toThrow(
      expect.objectContaining({
        code: 'source-failed',
        message: 'dir/status: no installed package can be read (dir/status:1: x has no usable version (""))',
      }),
    );
  });
});

describe('anything else', () => {
  it.each([
    '',
    'hello world, this is prose\n',
    '{}',
    '[]',
    '{"a": 1}',
    '{"packages": []}',
    '{"__proto__": {}}',
    '{',
    '\0\0',
  ])('%j is refused', (text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'source-failed' }));
  });

  it('never fails but with a sentence', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.json(),
      fc.constantFrom(
        'Package: a\n',
        'ii  a 1 all x\n',
        '{"jsonVersion":4,"family":"debian","packages":',
        '{"packages":[{"name":"a","version":"1","url":""},',
        'P:a\nV:1\n',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 4 }), (pieces) => {
        try {
          read(pieces.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(PatchwardenError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('whatever JSON the hostile values are in', () => {
    const value = fc.jsonValue();
    const report = fc.oneof(
      fc.record({
        jsonVersion: fc.integer(),
        family: fc.constantFrom('debian', 'alma'),
        release: fc.oneof(fc.string(), value),
        packages: fc.dictionary(fc.string(), value),
        SrcPackages: value,
        runningKernel: value,
      }),
      fc.record({
        packages: fc.array(
          fc.record({
            name: fc.oneof(fc.constant('a'), value),
            version: fc.oneof(fc.constant('1'), value),
            url: value,
            arch: value,
          }),
          { minLength: 1 },
        ),
      }),
    );
    fc.assert(
      fc.property(report, (document) => {
        try {
          read(document);
        } catch (error) {
          expect(error).toBeInstanceOf(PatchwardenError);
        }
      }),
    );
  });
});
