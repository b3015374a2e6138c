import { describe, expect, it } from 'vitest';
import { deadEntries, type SelectedPackages, withoutEntries } from '../../src/reconcile/dead-entries.ts';
import { entry, key, lock, STREAM } from '../support/builders/rings.ts';

const on = (names: readonly string[], over: Partial<SelectedPackages> = {}): SelectedPackages => ({
  ...{ known: 3, unknown: 0 },
  installed: names.map((name) => ({ stream: STREAM, name })),
  ...over,
});
const dependency = (of: string) => entry('1', { role: 'dependency', approvedBy: `dependency-of:${of}` });
const { entries } = lock('prod', 1, {
  app: entry('1'),
  lib: dependency('app'),
  deep: dependency('lib'),
  kernel: entry('1', { role: 'successor', approvedBy: 'security' }),
});

describe('entries that no host has', () => {
  it.each<[string, SelectedPackages, string[]]>([
    ['all are there', on(['app', 'lib', 'deep']), []],
    ['what is to be installed with a package that is there stays', on(['app']), []],
    ['a package is gone, and with it what only it needs', on(['other']), ['app', 'deep', 'lib']],
    ['what is there stays, whoever needed it', on(['lib']), ['app']],
    ['a host whose packages nobody knows may have them', on(['other'], { unknown: 1 }), []],
    ['no host at all is no knowledge', on([], { known: 0 }), []],
    [
      'the same name of another release is another package',
      on([], { installed: [{ stream: 'debian:13:amd64', name: 'app' }] }),
      ['app', 'deep', 'lib'],
    ],
    ['of whatever architecture', on([], { installed: [{ stream: 'debian:12:arm64', name: 'app' }] }), []],
  ])('%s', (_, hosts, gone) => {
    expect(deadEntries(entries, hosts)).toEqual(gone.map((name) => key(name)).sort());
  });

  it('they leave a lock as its next generation, and nothing else of it changes', () => {
    const before = lock('prod', 4, { app: entry('1'), gone: entry('2') }, { removes: ['x'] });
    expect(withoutEntries(before, new Set([key('gone')]))).toEqual(
      lock('prod', 5, { app: entry('1') }, { removes: ['x'] }),
    );
    expect(withoutEntries(before, new Set([key('other')]))).toBeNull();
  });
});
