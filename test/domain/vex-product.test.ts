import { describe, expect, it } from 'vitest';
import { parseVexProduct } from '../../src/domain/vex-product.ts';

const OPENSSL = {
  distro: 'debian',
  name: 'openssl',
  version: null,
  source: false,
  arch: null,
  ecosystem: null,
  purl: 'pkg:deb/debian/openssl',
  whole: true,
};

describe('the product of a statement', () => {
  it.each([
    ['pkg:deb/debian/openssl', {}],
    ['pkg:deb/Debian/openssl', {}],
    ['pkg:deb/debian/openssl@3.0.11-1~deb12u2', { version: '3.0.11-1~deb12u2' }],
    ['pkg:deb/debian/openssl@1%3A3.0-1', { version: '1:3.0-1' }],
    ['pkg:deb/debian/openssl?arch=source', { source: true }],
    ['pkg:deb/debian/openssl?arch=arm64', { arch: 'arm64' }],
    ['pkg:deb/debian/openssl?distro=bookworm', { ecosystem: 'debian:12' }],
    ['pkg:deb/debian/openssl?arch=amd64&distro=debian-12', { arch: 'amd64', ecosystem: 'debian:12' }],
    ['pkg:deb/debian/openssl?distro=12', { ecosystem: 'debian:12' }],
    ['pkg:deb/debian/openssl in pkg:oci/app', { whole: false }],
  ])('%s', (product, change) => expect(parseVexProduct(product)).toEqual({ ...OPENSSL, ...change }));

  it.each([
    ['pkg:rpm/redhat/x@1-2.el9?arch=src&epoch=1', { distro: 'rhel', version: '1:1-2.el9', source: true }],
    ['pkg:rpm/almalinux/x@1-2.el9?epoch=0', { distro: 'almalinux', version: '1-2.el9' }],
    ['pkg:rpm/rockylinux/x?distro=rocky-9', { distro: 'rocky', ecosystem: 'rocky:9' }],
    ['pkg:deb/ubuntu/x?distro=jammy', { distro: 'ubuntu', ecosystem: 'ubuntu:22.04' }],
    ['pkg:deb/ubuntu/x?distro=ubuntu-22.04', { ecosystem: 'ubuntu:22.04' }],
  ])('%s is understood', (product, facts) =>
    expect(parseVexProduct(product)).toMatchObject({ whole: true, ...facts }),
  );

  it.each([
    'pkg:deb/ubuntu/x?distro=esm-infra/focal',
    'pkg:deb/ubuntu/x?distro=debian-12',
    'pkg:deb/debian/x?distro=unheard',
    'pkg:deb/debian/x?repository_url=https%3A%2F%2Fexample.org',
    'pkg:deb/debian/x?arch=amd64&arch=arm64',
  ])('%s is about less than the package, as far as is understood', (product) =>
    expect(parseVexProduct(product)).toMatchObject({ whole: false }),
  );

  it.each([
    'pkg:oci/app',
    'pkg:npm/left-pad@1.0.0',
    'pkg:deb/x',
    'cpe:/o:redhat:9',
    'x',
    'pkg:deb/a/b/c',
    'pkg:deb/a/b#c',
  ])('%s is no package of a distribution', (product) => expect(parseVexProduct(product)).toBeNull());

  it('keeps an encoding that is damaged as it is', () =>
    expect(parseVexProduct('pkg:deb/debian/x@1%zz')).toMatchObject({ version: '1%zz' }));
});
