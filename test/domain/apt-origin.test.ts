import { describe, expect, it } from 'vitest';
import { isSecurityRelease, originOf, stableSuite } from '../../src/domain/apt-origin.ts';
import { parseRelease } from '../../src/domain/release-file.ts';
import { codenameOf, ecosystemOfBaseFiles, ecosystemOfSuite } from '../../src/domain/releases.ts';

const release = (origin: string, label: string, suite: string, codename: string) => ({
  origin,
  label,
  suite,
  codename,
});

describe('names of origins', () => {
  it.each([
    [release('Debian', 'Debian', 'oldstable', 'bookworm'), 'main', 'debian:bookworm/main', false],
    [
      release('Debian', 'Debian-Security', 'oldstable-security', 'bookworm-security'),
      'updates/main',
      'debian:bookworm-security/main',
      true,
    ],
    [
      release('Debian', 'Debian-Security', 'oldoldstable', 'buster/updates'),
      'main',
      'debian:buster-security/main',
      true,
    ],
    [release('Ubuntu', 'Ubuntu', 'jammy', 'jammy'), 'universe', 'ubuntu:jammy/universe', false],
    [release('Ubuntu', 'Ubuntu', 'jammy-security', 'jammy'), 'main', 'ubuntu:jammy-security/main', true],
    [release('Ubuntu', 'Ubuntu', 'jammy-updates', 'jammy'), 'main', 'ubuntu:jammy-updates/main', false],
    [
      release('LP-PPA deadsnakes', 'New Pythons', 'jammy', 'jammy'),
      'main',
      'lp-ppa-deadsnakes:jammy/main',
      false,
    ],
    [release('', 'Local Tools', 'stable', ''), '.', 'local-tools:stable/.', false],
    [release('', '', '', ''), '', 'unknown:unknown/.', false],
  ])('%j, component %s', (fields, component, origin, security) => {
    expect(originOf(fields, component)).toBe(origin);
    expect(isSecurityRelease(fields)).toBe(security);
  });

  it('does not change when a release grows old', () => {
    const suites = ['stable-security', 'oldstable-security', 'oldoldstable-security'];
    expect(
      new Set(suites.map((s) => stableSuite(release('Debian', 'Debian-Security', s, 'bookworm-security'))))
        .size,
    ).toBe(1);
  });
});

describe('a Release file', () => {
  it('is read inside its signature', () => {
    const text =
      '-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nOrigin: Debian\nLabel: Debian-Security\nSuite: stable-security\nCodename: bookworm-security\nSHA256:\n abc 1 main/x\n-----BEGIN PGP SIGNATURE-----\n\nxyz\n';
    expect(parseRelease(text)).toEqual(
      release('Debian', 'Debian-Security', 'stable-security', 'bookworm-security'),
    );
    expect(parseRelease('')).toEqual(release('', '', '', ''));
  });
});

describe('releases', () => {
  it('are known by suite and by base-files', () => {
    expect(ecosystemOfSuite('bookworm-security')).toBe('debian:12');
    expect(ecosystemOfSuite('buster/updates')).toBe('debian:10');
    expect(ecosystemOfSuite('nodistro')).toBeNull();
    expect(codenameOf('ubuntu:22.04')).toBe('jammy');
    expect(codenameOf('debian:99')).toBeNull();
  });

  it.each([
    ['12.4+deb12u7', 'debian:12'],
    ['9.9+deb9u13', 'debian:9'],
    ['13', 'debian:13'],
    ['12ubuntu4.6', 'ubuntu:22.04'],
    ['10.1ubuntu2', 'ubuntu:18.04'],
    ['12.2ubuntu1', null],
    ['99.1', null],
    ['', null],
  ])('base-files %s is %s', (version, ecosystem) => expect(ecosystemOfBaseFiles(version)).toBe(ecosystem));
});
