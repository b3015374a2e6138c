import { describe, expect, it } from 'vitest';
import { closureOf, compareLocked, type LockEntry } from '../../src/domain/lock-entries.ts';
import { entry, key } from '../support/builders/rings.ts';

const locked = (entries: Record<string, LockEntry>) =>
  Object.fromEntries(Object.entries(entries).map(([name, e]) => [key(name), e]));
const source = { sourcePackage: 'openssl', sourceVersion: '3.0.15-1' };

describe('closureOf', () => {
  const entries = locked({
    openssl: entry('3.0.15-1', source),
    libssl3: entry('3.0.15-1', source),
    'libssl-legacy': entry('3.0.14-1', { ...source, sourceVersion: '3.0.14-1' }),
    provider: entry('1', { role: 'dependency', approvedBy: 'dependency-of:libssl3' }),
    'provider-data': entry('1', { role: 'dependency', approvedBy: 'dependency-of:provider' }),
    nginx: entry('2'),
  });
  it.each([
    ['alone', ['nginx'], ['nginx']],
    [
      'siblings of one source version, and what was locked for them',
      ['openssl'],
      ['libssl3', 'openssl', 'provider', 'provider-data'],
    ],
    ['what needs it', ['provider-data'], ['libssl3', 'openssl', 'provider', 'provider-data']],
    ['what the lock does not have', ['curl'], []],
  ])('%s', (_, names, expected) => {
    expect(
      closureOf(
        entries,
        names.map((n) => key(n)),
      ),
    ).toEqual(expected.map((n) => key(n)).sort());
  });

  it('stays inside one release', () => {
    const other = 'pkg:deb/debian/libssl3?arch=amd64&distro=debian-11';
    expect(closureOf({ ...entries, [other]: entry('3.0.15-1', source) }, [key('openssl')])).not.toContain(
      other,
    );
  });
});

describe('compareLocked', () => {
  it.each([
    ['a Debian version', key('a'), '1~rc1', '1', -1],
    ['an rpm version', 'pkg:rpm/rocky/a?arch=x86_64&distro=rocky-9', '1.10-1', '1.9-1', 1],
  ])('%s', (_, of, a, b, expected) => {
    expect(compareLocked(of, a, b)).toBe(expected);
  });
  it('refuses a key of a distribution that nobody can compare', () => {
    expect(() => compareLocked('pkg:apk/alpine/a?arch=x86_64&distro=alpine-3.20', '1', '2')).toThrow(
      /no comparator/,
    );
  });
});
