import { describe, expect, it } from 'vitest';
import { namesBinaries } from '../../../src/domain/advisory-names.ts';
import { ecosystemOfReleasePackages, streamRelease } from '../../../src/domain/releases.ts';
import { asInOrigins, moduleOfOrigin, moduleStreamOf } from '../../../src/domain/rpm-module.ts';
import { rpmOrigin } from '../../../src/domain/rpm-origin.ts';
import { knownSchemeOf, schemeOf } from '../../../src/domain/version/scheme.ts';

describe('the order of versions in a stream', () => {
  it.each([
    ['debian:12:amd64', 'dpkg', false],
    ['ubuntu:22.04:arm64', 'dpkg', false],
    ['almalinux:9:x86_64', 'rpm', true],
    ['rocky:9:x86_64', 'rpm', false],
    ['rhel:8:x86_64', 'rpm', true],
  ])('%s: %s, advisories name binaries: %s', (stream, scheme, binaries) => {
    expect(schemeOf(stream)).toBe(scheme);
    expect(namesBinaries(stream)).toBe(binaries);
  });

  it.each(['alpine:3.20:x86_64', 'debian:12', 'x'])('%s has none', (stream) =>
    expect(() => schemeOf(stream)).toThrow(expect.objectContaining({ code: 'bad-document' })),
  );

  it('is asked for by distribution and release too', () => {
    expect(knownSchemeOf('rocky:9')).toBe('rpm');
    expect(knownSchemeOf('alpine:3.20')).toBeNull();
  });
});

describe('releases of rpm distributions', () => {
  it.each([
    ['almalinux-release', '9.4-1.el9', 'almalinux:9'],
    ['rocky-release', '10.1-1.3.el10', 'rocky:10'],
    ['fedora-release-common', '38-36', 'fedora:38'],
    ['bash', '5.1-1.el9', null],
  ])('%s %s: %s', (name, version, ecosystem) =>
    expect(ecosystemOfReleasePackages([{ name, version }])).toBe(ecosystem),
  );

  it.each([
    ['rocky', '9.1', '9'],
    ['ubuntu', '22.04', '22.04'],
  ])('%s %s is the stream %s', (distro, release, stream) =>
    expect(streamRelease(distro, release)).toBe(stream),
  );
});

describe('module streams', () => {
  it.each([
    ['perl:5.32:8060020220422081956:fbe42456', 'perl:5.32'],
    ['nodejs:18', 'nodejs:18'],
    ['(none)', undefined],
    ['', undefined],
  ])('%s: %s', (label, stream) => expect(moduleStreamOf(label)).toBe(stream));

  it('are in origins as dnf repositories spell them', () => {
    const origin = rpmOrigin('almalinux', 'appstream', { name: 'perl-DBD-Pg', stream: '3.7' });
    expect(moduleOfOrigin(origin)).toBe(asInOrigins('perl-DBD-Pg:3.7'));
    expect(moduleOfOrigin('almalinux:appstream')).toBeUndefined();
    expect(moduleOfOrigin('debian:bookworm-security/main')).toBeUndefined();
  });
});
