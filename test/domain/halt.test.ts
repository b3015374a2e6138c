import { describe, expect, it } from 'vitest';
import { formatHaltScope, haltedVersions, haltsInForce, isBadEntry } from '../../src/domain/halt.ts';
import { holdIdOf } from '../../src/domain/hold-id.ts';
import { halt, key } from '../support/builders/rings.ts';

const lift = (id: string) => ({
  apiVersion: 'patchwarden/v1' as const,
  type: 'lift' as const,
  time: '2024-10-22T00:00:00Z',
  halt: id,
  reason: 'r',
  by: 'person:ann',
});

describe('haltsInForce', () => {
  const a = halt('a', '1');
  const b = halt('b', '1');
  it.each([
    ['none', [], []],
    ['both', [a, b], [a, b]],
    ['one lifted', [a, b, lift(a.id)], [b]],
    ['a lift before its halt lifts nothing', [lift(a.id), a], [a]],
    ['the same halt said again stays lifted', [a, lift(a.id), a], []],
  ])('%s', (_, entries, expected) => {
    expect(haltsInForce(entries)).toEqual(expected);
  });
});

describe('haltedVersions', () => {
  it('are those of halts of packages; a halted ring names none', () => {
    const ring = halt('x', '1', { scope: { kind: 'ring', baseline: 'servers', ring: null } });
    expect(haltedVersions([ring, halt('a', '1')]).map((v) => v.package)).toEqual(['a']);
    expect(formatHaltScope(ring.scope)).toBe('servers');
  });
});

describe('isBadEntry', () => {
  const bad = { stream: 'debian:12:amd64', package: 'openssl', version: '3.0.15-1' };
  it.each([
    ['the same', key('openssl'), '3.0.15-1', true],
    ['another version', key('openssl'), '3.0.14-1', false],
    ['another package', key('libssl3'), '3.0.15-1', false],
    ['another architecture', key('openssl', 'arm64'), '3.0.15-1', false],
    ['for all architectures', key('openssl', 'all'), '3.0.15-1', true],
    ['another release', 'pkg:deb/debian/openssl?arch=amd64&distro=debian-11', '3.0.15-1', false],
    ['no key', 'openssl', '3.0.15-1', false],
  ])('%s', (_, of, version, expected) => {
    expect(isBadEntry(bad, of, version)).toBe(expected);
  });
});

describe('holdIdOf', () => {
  const bad = { stream: 'debian:12:amd64', package: 'openssl', version: '3.0.15-1~deb12u1' };
  it('is an id, always the same, and another for anything else', () => {
    expect(holdIdOf(bad)).toMatch(/^openssl-3\.0\.15-1-deb12u1-[0-9a-f]{12}$/);
    expect(holdIdOf({ ...bad, stream: 'debian:12:arm64' })).not.toBe(holdIdOf(bad));
    expect(holdIdOf({ ...bad, version: '3.0.15-1+deb12u1' })).not.toBe(holdIdOf(bad));
  });
  it.each([
    ['../../etc', '1'],
    ['UPPER', '1:2'],
    ['+', '~'],
    ['x'.repeat(200), '9'.repeat(200)],
  ])('fits the grammar of ids for %s', (name, version) => {
    expect(holdIdOf({ stream: 's', package: name, version })).toMatch(/^[a-z0-9][a-z0-9._-]{0,62}$/);
  });
});
