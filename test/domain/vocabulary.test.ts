import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classOfPath, isGoverned } from '../../src/domain/governed.ts';
import { lockKey, parseLockKey } from '../../src/domain/purl.ts';
import { atLeast, SEVERITIES, worst } from '../../src/domain/severity.ts';
import { ecosystemOf, formatStream, parseStream } from '../../src/domain/stream.ts';
import { addDays, fullDaysBetween, instantOf, lastFullHour } from '../../src/domain/time.ts';
import { compareCodePoints, sortedBy } from '../../src/util/sort.ts';

describe('streams', () => {
  it.each([
    ['debian:12:amd64', { distro: 'debian', release: '12', arch: 'amd64' }],
    ['ubuntu:22.04:arm64', { distro: 'ubuntu', release: '22.04', arch: 'arm64' }],
  ])('reads and writes %s', (text, stream) => {
    expect(parseStream(text)).toEqual(stream);
    expect(formatStream(stream)).toBe(text);
  });
  it.each(['', 'debian', 'debian:12', 'Debian:12:amd64', 'debian:12:amd64:x', 'debian:1 2:amd64'])(
    'refuses %j',
    (text) => {
      expect(parseStream(text)).toBeUndefined();
    },
  );
  it('names the ecosystem of advisories', () => {
    expect(ecosystemOf('ubuntu:22.04:arm64')).toBe('ubuntu:22.04');
  });
});

describe('lock keys', () => {
  it.each([
    ['debian:12:amd64', 'openssl', 'pkg:deb/debian/openssl?arch=amd64&distro=debian-12'],
    ['ubuntu:22.04:amd64', 'g++-12', 'pkg:deb/ubuntu/g%2B%2B-12?arch=amd64&distro=ubuntu-22.04'],
    ['alpine:3.20:x86_64', 'musl', 'pkg:apk/alpine/musl?arch=amd64&distro=alpine-3.20'],
    ['rocky:9:x86_64', 'openssl', 'pkg:rpm/rocky/openssl?arch=amd64&distro=rocky-9'],
  ])('of a package of %s', (stream, name, key) => {
    expect(lockKey(stream, name, 'amd64')).toBe(key);
    expect(parseLockKey(key)).toMatchObject({ name, arch: 'amd64' });
  });
  it('reads back what it wrote for every package name', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9][a-z0-9+.-]{1,30}$/), (name) => {
        expect(parseLockKey(lockKey('debian:12:amd64', name, 'all'))).toEqual({
          name,
          arch: 'all',
          distro: 'debian',
          release: '12',
        });
      }),
    );
  });
  it.each([
    'openssl',
    'pkg:deb/debian/openssl',
    'pkg:deb/debian/openssl@1?arch=amd64&distro=debian-12',
    'pkg:deb/debian/x?arch=amd64&distro=ubuntu-12',
  ])('refuses %s', (key) => {
    expect(parseLockKey(key)).toBeUndefined();
  });
});

describe('severities', () => {
  it('orders them and keeps unknown out of every comparison', () => {
    expect(atLeast('critical', 'high')).toBe(true);
    expect(atLeast('high', 'high')).toBe(true);
    expect(atLeast('medium', 'high')).toBe(false);
    for (const floor of SEVERITIES) expect(atLeast('unknown', floor)).toBe(false);
    expect(worst(['low', 'unknown', 'high'])).toBe('high');
    expect(worst(['unknown'])).toBe('unknown');
    expect(worst([])).toBe('unknown');
  });
});

describe('time', () => {
  it.each([
    ['2024-02-28', 1, '2024-02-29'],
    ['2023-02-28', 1, '2023-03-01'],
    ['2024-12-31', 1, '2025-01-01'],
    ['2024-10-27', 30, '2024-11-26'],
    ['2038-01-19', 1, '2038-01-20'],
  ])('%s + %i days = %s', (day, days, expected) => {
    expect(addDays(day, days)).toBe(expected);
  });
  it('counts full days only, and never less than none', () => {
    expect(fullDaysBetween('2024-10-24T12:00:00Z', '2024-10-25T11:59:59Z')).toBe(0);
    expect(fullDaysBetween('2024-10-24T12:00:00Z', '2024-10-25T12:00:00Z')).toBe(1);
    expect(fullDaysBetween('2024-10-25T00:00:00Z', '2024-10-24T00:00:00Z')).toBe(0);
    expect(instantOf(0)).toBe('1970-01-01T00:00:00Z');
    expect(lastFullHour('2024-10-24T12:59:59Z')).toBe('2024-10-24T12:00:00Z');
  });
  it('adding days and counting them agree', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 }), (days) => {
        const from = '2001-09-09';
        expect(fullDaysBetween(`${from}T00:00:00Z`, `${addDays(from, days)}T00:00:00Z`)).toBe(days);
      }),
    );
  });
});

describe('governed paths', () => {
  it.each([
    ['locks/web/all.lock.json', 'lock'],
    ['holds/x.json', 'hold'],
    ['pins.json', 'pins'],
    ['exceptions/x.json', 'exception'],
    ['baselines/x.json', 'baseline'],
    ['calendars/x.json', 'calendar'],
    ['roles.json', 'roles'],
    ['allowed-signers', 'signers'],
    ['patchwarden.json', 'config'],
    ['policies/x.rego', 'policy'],
    ['.github/workflows/x.yml', 'workflow'],
    ['README.md', 'other'],
    ['docs/roles.json', 'other'],
    ['Locks/x', 'other'],
  ])('%s is %s', (path, expected) => {
    expect(classOfPath(path)).toBe(expected);
    expect(isGoverned(path)).toBe(expected !== 'other');
  });
});

describe('order by code point', () => {
  it.each([
    ['a', 'b', -1],
    ['a', 'a', 0],
    ['a', 'ab', -1],
    ['Z', 'a', -1],
    ['\uffff', '\u{10000}', -1],
  ])('%j before %j', (a, b, sign) => {
    expect(Math.sign(compareCodePoints(a, b))).toBe(sign);
  });
  it('sorts by several keys, without touching the input', () => {
    const rows = [
      { a: 'x', b: '2' },
      { a: 'x', b: '1' },
      { a: 'w', b: '3' },
    ];
    expect(
      sortedBy(
        rows,
        (r) => r.a,
        (r) => r.b,
      ).map((r) => r.b),
    ).toEqual(['3', '1', '2']);
    expect(rows[0]?.b).toBe('2');
  });
});
