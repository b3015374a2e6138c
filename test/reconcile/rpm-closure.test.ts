import { describe, expect, it } from 'vitest';
import type { Component } from '../../src/domain/component.ts';
import { parseRpmStatus } from '../../src/domain/rpm-status.ts';
import { rpmRows } from '../../src/observe/rpm-md.ts';
import { resolveSet } from '../../src/reconcile/resolve-set.ts';
import { rpmClosure } from '../../src/reconcile/rpm-closure.ts';
import { gatherRpmPackages } from '../../src/reconcile/rpm-solver-packages.ts';
import type { Offer } from '../../src/reconcile/solver-packages.ts';
import { wantedPatch } from '../support/builders/packages.ts';
import { packageXml, type RpmSpec } from '../support/rpm-repository.ts';

const stream = 'almalinux:9:x86_64';
const rowsOf = (specs: readonly RpmSpec[]) =>
  rpmRows({
    kind: 'rpm-md',
    source: 's',
    stream,
    repo: 'r',
    packages: specs.map(packageXml),
    updates: [],
    modules: '',
  }).rows;
const offerOf =
  (specs: readonly RpmSpec[]): Offer =>
  async ({ names, sources, containing = [] }) =>
    rowsOf(specs).filter(
      (r) =>
        names.includes(r.name) ||
        sources.includes(r.sourcePackage) ||
        containing.some((part) => r.stanza.includes(part)),
    );
const installed = (...packages: readonly string[]): readonly Component[] =>
  packages.map((p) => {
    const [name = '', version = ''] = p.split(' ');
    return {
      name,
      version,
      arch: 'x86_64',
      sourcePackage: name,
      sourceVersion: version,
      held: false,
      state: 'installed',
    };
  });
const app = (...requires: string[]): RpmSpec => ({ name: 'app', version: '1.1-1', requires });
const close = async (wanted: RpmSpec, components: readonly Component[], offered: readonly RpmSpec[]) => {
  const closure = await rpmClosure(rowsOf([wanted]), components, offerOf([wanted, ...offered]));
  return closure.kind === 'refused' ? closure.reason : closure.extra.map((r) => `${r.name} ${r.version}`);
};

const lib: RpmSpec = {
  name: 'lib',
  version: '2-1',
  provides: ['lib.so.2()(64bit)', 'cap = 2-1'],
  files: ['/usr/bin/lib'],
};

describe('rpmClosure', () => {
  it.each<[string, RpmSpec, readonly Component[], readonly RpmSpec[], readonly string[] | string]>([
    ['a new library', app('lib.so.2()(64bit)'), [], [lib], ['lib 2-1']],
    ['a file', app('/usr/bin/lib'), [], [lib], ['lib 2-1']],
    ['nothing for itself', { ...app('cap'), provides: ['cap'] }, [], [lib], []],
    [
      'nothing for what an installed package gives',
      app('lib.so.2()(64bit)'),
      installed('lib 1-1'),
      [lib],
      [],
    ],
    ['nothing for what nobody offers', app('odd(cap)'), [], [lib], []],
    ['nothing for an installed name', app('lib >= 1'), installed('lib 1-1'), [], []],
    ['a newer version of an installed package', app('cap >= 2'), installed('lib 1-1'), [lib], ['lib 2-1']],
    ['nothing when that is installed', app('cap >= 2'), installed('lib 2-1'), [lib], []],
    ['the newest that fits', app('lib'), [], [lib, { name: 'lib', version: '10-1' }], ['lib 10-1']],
    ['the exact one', app('lib = 2-1'), [], [lib, { name: 'lib', version: '10-1' }], ['lib 2-1']],
    [
      'an installed rather than a new provider',
      app('cap >= 2'),
      installed('z 1-1'),
      [lib, { name: 'z', version: '2-1', provides: ['cap = 3'] }],
      ['z 2-1'],
    ],
    [
      'what a dependency needs',
      app('lib2'),
      [],
      [{ name: 'lib2', version: '1-1', requires: ['lib'] }, lib],
      ['lib2 1-1', 'lib 2-1'],
    ],
    [
      'no other architecture',
      app('lib'),
      [],
      [
        { ...lib, arch: 'i686' },
        { name: 'lib', version: '1-1' },
      ],
      ['lib 1-1'],
    ],
    ['a refusal', app('cap >= 3'), [], [lib], 'needs cap >= 3, which no origin offers'],
    [
      'a refusal for an old installed package',
      app('lib >= 3'),
      installed('lib 1-1'),
      [],
      'needs lib >= 3, which no origin offers',
    ],
  ])('adds %s', async (_what, wanted, components, offered, expected) =>
    expect(await close(wanted, components, offered)).toEqual(expected),
  );

  it('ends in a circle', async () => {
    const ring: RpmSpec[] = [
      { name: 'a', version: '1-1', requires: ['b'] },
      { name: 'b', version: '1-1', requires: ['a'] },
    ];
    expect(await close(app('a'), [], ring)).toEqual(['a 1-1', 'b 1-1']);
  });
});

describe('gatherRpmPackages', () => {
  it('is what neither the candidates nor the installed packages give, and siblings', async () => {
    const status = parseRpmStatus('old\t0\t1\t1\tx86_64\thave = 1|\t\n');
    const wanted: RpmSpec = { ...app('cap', 'have', 'have >= 2'), source: 'src-1-1' };
    const offer = offerOf([
      wanted,
      lib,
      { name: 'sibling', version: '1-1', source: 'src-1-1' },
      { name: 'unrelated', version: '1-1' },
      { name: 'newer', version: '1-1', provides: ['have = 3'] },
    ]);
    const found = await gatherRpmPackages(rowsOf([wanted]), status, offer);
    expect(found.map((r) => r.name)).toEqual(['app', 'lib', 'newer', 'sibling']);
  });
});

describe('resolveSet for rpm', () => {
  const [candidate] = rowsOf([app('lib.so.2()(64bit)')]);
  const patch = wantedPatch({ stream, ...(candidate ? { candidate } : {}) });
  const deps = (forbidden: string | null = null) => ({
    solver: { solve: async () => ({ kind: 'unavailable', message: 'no dnf' }) as const },
    offer: offerOf([lib]),
    forbids: () => forbidden,
  });
  it.each([null, 'app\t0\t1\t1\tx86_64\t\t\n'])(
    'without dnf is unchecked and has new dependencies (%j)',
    async (status) => {
      const set = await resolveSet(deps(), { stream, status, components: [], wanted: [patch] });
      expect(set.closure).toBe('unchecked');
      expect(set.packages.map((p) => [p.row.name, p.neededBy])).toEqual([
        ['app', []],
        ['lib', ['app']],
      ]);
    },
  );
  it('leaves out what needs something forbidden', async () => {
    const set = await resolveSet(deps('a hold names it'), {
      stream,
      status: null,
      components: [],
      wanted: [patch],
    });
    expect(set.packages).toEqual([]);
    expect(set.leftOut).toMatchObject([{ name: 'app', reason: 'needs lib 2-1: a hold names it' }]);
  });
});
