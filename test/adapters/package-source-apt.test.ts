import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { aptDirectorySource } from '../../src/adapters/package-source-apt-directory.ts';
import { aptListsSource } from '../../src/adapters/package-source-apt-lists.ts';
import { onPath } from '../support/on-path.ts';
import { sharedDir } from '../support/temp-dir.ts';

const root = sharedDir();
afterAll(() => rmSync(root, { recursive: true, force: true }));

const put = (path: string, bytes: string | Uint8Array): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), bytes);
};
const PACKAGES = 'Package: a\nVersion: 1\n';
const RELEASE =
  'Origin: Debian\nLabel: Debian-Security\nSuite: stable-security\nCodename: bookworm-security\n';
const hasXz = onPath('xz');

describe('the lists of a host', () => {
  const host = (name: string, files: Readonly<Record<string, string | Uint8Array>>) => {
    for (const [file, bytes] of Object.entries(files)) put(`${name}/var/lib/apt/lists/${file}`, bytes);
    return aptListsSource({ id: 'own', root: join(root, name) });
  };

  it('carry the names of their archive', async () => {
    const source = host('lists', {
      'deb.example.org_debian-security_dists_bookworm-security_InRelease': RELEASE,
      'deb.example.org_debian-security_dists_bookworm-security_main_binary-amd64_Packages': PACKAGES,
      'deb.example.org_debian-security_dists_bookworm-security_updates_contrib_binary-all_Packages.gz':
        gzipSync(PACKAGES),
      '_srv_repo_._Release': 'Origin: Local\nSuite: site\n',
      '_srv_repo_._Packages': PACKAGES,
      'nameless_dists_x_main_binary-arm64_Packages': PACKAGES,
      'deb.example.org_debian-security_dists_bookworm-security_main_i18n_Translation-en': 'x',
    });
    const indexes = await source.indexes();
    expect(indexes.map((i) => [i.origin, i.component, i.arch, i.releaseLabel, i.text])).toEqual([
      ['local:site/.', '.', '', '', PACKAGES],
      ['debian:bookworm-security/main', 'main', 'amd64', 'Debian-Security', PACKAGES],
      ['debian:bookworm-security/contrib', 'updates/contrib', 'all', 'Debian-Security', PACKAGES],
      ['unknown:unknown/nameless-dists-x-main', 'nameless/dists/x/main', 'arm64', '', PACKAGES],
    ]);
    expect(indexes[0]).toMatchObject({ source: 'own', suite: 'site', codename: '' });
    expect(await source.fetch('pool/a.deb')).toBeUndefined();
  });

  it('may be absent', async () =>
    expect(await aptListsSource({ id: 'x', root: join(root, 'void') }).indexes()).toEqual([]));

  it('that cannot be unpacked are named', async () => {
    await expect(host('bad', { 'x_main_binary-amd64_Packages.lz4': 'junk' }).indexes()).rejects.toMatchObject(
      {
        code: 'source-failed',
        message: expect.stringContaining('x_main_binary-amd64_Packages.lz4'),
      },
    );
  });
});

describe('a repository in a directory', () => {
  it('has an index for each suite, component and architecture', async () => {
    put('repo/dists/bookworm-security/Release', RELEASE);
    put('repo/dists/bookworm-security/main/binary-amd64/Packages', PACKAGES);
    put('repo/dists/bookworm-security/main/binary-amd64/Packages.gz', 'not looked at');
    put('repo/dists/bookworm-security/main/binary-amd64/by-hash/Packages', 'not looked at');
    put('repo/dists/bookworm-security/contrib/binary-all/Packages.gz', gzipSync(PACKAGES));
    put('repo/dists/trixie/main/binary-arm64/Packages', PACKAGES);
    const indexes = await aptDirectorySource({ id: 'r', dir: join(root, 'repo') }).indexes();
    expect(indexes.map((i) => [i.origin, i.suite, i.component, i.arch, i.text])).toEqual([
      ['debian:bookworm-security/contrib', 'stable-security', 'contrib', 'all', PACKAGES],
      ['debian:bookworm-security/main', 'stable-security', 'main', 'amd64', PACKAGES],
      ['unknown:trixie/main', 'trixie', 'main', 'arm64', PACKAGES],
    ]);
  });

  it('may be flat', async () => {
    put('flat/Packages.gz', gzipSync(PACKAGES));
    put('flat/Release', 'Origin: Local\nSuite: site\n');
    expect(await aptDirectorySource({ id: 'f', dir: join(root, 'flat') }).indexes()).toMatchObject([
      { origin: 'local:site/.', arch: '', component: '.', text: PACKAGES },
    ]);
  });

  it.skipIf(!hasXz)(`may be compressed with xz${hasXz ? '' : ' (skipped: xz is absent)'}`, async () => {
    put('xz/Packages.xz', execFileSync('/usr/bin/xz', ['-c'], { input: PACKAGES }));
    expect(await aptDirectorySource({ id: 'x', dir: join(root, 'xz') }).indexes()).toMatchObject([
      { text: PACKAGES },
    ]);
  });

  it('hands over the files that it names, and no others', async () => {
    put('repo/pool/a/a_1_all.deb', 'bytes');
    put('secret', 'x');
    symlinkSync(join(root, 'secret'), join(root, 'repo/pool/link.deb'));
    const { fetch } = aptDirectorySource({ id: 'r', dir: join(root, 'repo') });
    expect(Buffer.from((await fetch('pool/a/a_1_all.deb'))!).toString()).toBe('bytes');
    expect(Buffer.from((await fetch('./pool/a/a_1_all.deb'))!).toString()).toBe('bytes');
    expect(await fetch('pool/none.deb')).toBeUndefined();
    for (const outside of ['../secret', '/etc/passwd', 'pool/../../secret', 'pool/link.deb', ''])
      await expect(fetch(outside)).rejects.toMatchObject({
        code: 'source-failed',
        message: expect.stringContaining('outside'),
      });
    await expect(fetch('pool/a')).rejects.toMatchObject({
      code: 'source-failed',
      message: expect.stringContaining('no package file'),
    });
  });

  it.each([['void'], ['empty']])('that is none (%s) is a clear failure', async (name) => {
    mkdirSync(join(root, 'empty'), { recursive: true });
    await expect(aptDirectorySource({ id: 'x', dir: join(root, name) }).indexes()).rejects.toMatchObject({
      code: 'source-failed',
    });
  });
});
