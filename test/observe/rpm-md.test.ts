import { describe, expect, it } from 'vitest';
import { offeredRows } from '../../src/observe/offered.ts';
import { rpmRows } from '../../src/observe/rpm-md.ts';
import { moduleArtifacts } from '../../src/observe/rpm-modules.ts';
import type { RpmIndex } from '../../src/ports/package-source.ts';
import { packageXml, type RpmSpec, updateXml } from '../support/rpm-repository.ts';

const module = (name: string, stream: string, rpms: readonly string[]): string =>
  [
    '---',
    'document: modulemd',
    'version: 2',
    'data:',
    `  name: ${name}`,
    `  stream: ${stream}`,
    '  artifacts:',
    '    rpms:',
    ...rpms.map((r) => `    - ${r}`),
    '...',
    '',
  ].join('\n');

const index = (packages: readonly RpmSpec[], over: Partial<RpmIndex> = {}): RpmIndex => ({
  kind: 'rpm-md',
  source: 'alma',
  stream: 'almalinux:9:x86_64',
  repo: 'AppStream',
  packages: packages.map(packageXml),
  updates: [],
  modules: '',
  ...over,
});

describe('rpmRows', () => {
  it('are the packages of the stream, with source, digest and place', () => {
    const { rows, problems } = rpmRows(
      index(
        [
          { name: 'openssl-libs', version: '3.0.7-27.el9', epoch: '1', source: 'openssl-3.0.7-27.el9' },
          { name: 'tzdata', version: '2024a-1.el9', arch: 'noarch' },
          { name: 'glibc', version: '2.34-100.el9', arch: 'i686' },
          { name: 'glibc', version: '2.34-100.el9', arch: 'aarch64' },
          { name: 'bash', version: '5.1.8-9.el9', arch: 'src' },
        ],
        { updates: [updateXml('ALSA-2024:1', ['openssl-libs-1:3.0.7-27.el9.x86_64'])] },
      ),
      { fetch: 'controller' },
    );
    expect(problems).toEqual([]);
    expect(rows.map((r) => `${r.name} ${r.version} ${r.arch} ${r.security}`)).toEqual([
      'openssl-libs 1:3.0.7-27.el9 x86_64 true',
      'tzdata 2024a-1.el9 noarch false',
      'glibc 2.34-100.el9 i686 false',
    ]);
    expect(rows[0]).toMatchObject({
      source: 'alma',
      origin: 'almalinux:appstream',
      stream: 'almalinux:9:x86_64',
      sourcePackage: 'openssl',
      sourceVersion: '1:3.0.7-27.el9',
      size: 1000,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      filename: 'Packages/openssl-libs-3.0.7-27.el9.x86_64.rpm',
      fetch: 'controller',
    });
  });

  it('of a module stream have an origin of their own, which only hosts with that stream have', () => {
    const version = '18.1-1.module_el9.1.0+7+abc';
    const { rows, problems } = rpmRows(
      index(
        [
          { name: 'nodejs', version, epoch: '1' },
          { name: 'nodejs', version: '16.2-1.el9', epoch: '1' },
          { name: 'shared', version },
          { name: 'orphan', version },
        ],
        {
          modules:
            module('nodejs', '18', [`nodejs-1:${version}.x86_64`, `shared-0:${version}.x86_64`]) +
            module('tools', '1.10', [`shared-0:${version}.x86_64`]),
        },
      ),
    );
    expect(rows.map((r) => `${r.name} ${r.version} ${r.origin}`)).toEqual([
      `nodejs 1:${version} almalinux:appstream/nodejs/18`,
      'nodejs 1:16.2-1.el9 almalinux:appstream',
      `shared ${version} almalinux:appstream/nodejs/18`,
      `shared ${version} almalinux:appstream/tools/1.10`,
    ]);
    expect(problems).toEqual(['alma: 1 packages were built for a module that the repository does not list']);
  });

  it.each([
    ['no SHA-256', /<checksum type="sha256"/, '<checksum type="sha1"'],
    ['no size', /<size package="1000"/, '<size package="0"'],
    ['outside', /<location /, '<location xml:base="http://elsewhere/" '],
    ['no package name', /<name>a</, '<name>../a<'],
    ['usable version', /ver="1"/, 'ver=""'],
    ['well-formed', /<\/format>/, ''],
  ])('leave out a package with %s', (why, from, to) => {
    const odd = packageXml({ name: 'a', version: '1-1' }).replace(from, to);
    const { rows, problems } = rpmRows(index([{ name: 'b', version: '1-1' }], { packages: [odd] }));
    expect(rows).toEqual([]);
    expect(problems).toEqual([expect.stringMatching(why)]);
  });

  it('reach the snapshot for the stream of their source', () => {
    const source = {
      id: 'alma',
      kind: 'rpm-url',
      baseurl: 'http://x',
      stream: 'almalinux:9:x86_64',
    } as const;
    const { rows } = offeredRows([{ source, indexes: [index([{ name: 'a', version: '1-1' }])] }], []);
    expect(rows).toMatchObject([{ name: 'a', fetch: 'controller', immutable: false }]);
  });

  it('say that a stream is none', () =>
    expect(rpmRows(index([], { stream: 'x' })).problems).toEqual(['"x" is no stream']));
});

describe('moduleArtifacts', () => {
  it('keeps streams as text and ignores other documents', () => {
    const { streams } = moduleArtifacts(
      `${module('perl', '5.30', ['a-0:1-1.x86_64'])}---\ndocument: modulemd-defaults\ndata: {module: perl}\n`,
    );
    expect([...streams]).toEqual([['a-0:1-1.x86_64', [{ name: 'perl', stream: '5.30' }]]]);
  });
  it.each([
    ['[', /cannot be read/],
    ['document: modulemd\ndata: {name: "../x", stream: a}', /no usable name/],
    ['a: 1\na: 2', /cannot be read/],
  ])('tells about %s', (text, why) =>
    expect(moduleArtifacts(text).problems).toEqual([expect.stringMatching(why)]),
  );
});
