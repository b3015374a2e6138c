import { describe, expect, it } from 'vitest';
import { PatchwardenError } from '../../src/domain/errors.ts';
import { mainArch, observeRoot } from '../../src/observe/host-root.ts';
import { fakeFileTree } from '../support/fakes/file-tree.ts';

const STATUS = `Package: bash
Status: install ok installed
Architecture: amd64
Version: 5.2.15-2+b2
Source: bash (5.2.15-2)

Package: base-files
Status: hold ok installed
Architecture: amd64
Version: 12.4+deb12u5

Package: gone
Status: deinstall ok config-files
Architecture: all
Version: 1
`;
const RELEASE =
  'Origin: Debian\nLabel: Debian-Security\nSuite: oldstable-security\nCodename: bookworm-security\n';
const host = {
  'etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n',
  'var/lib/dpkg/status': STATUS,
};
const observe = (files: Readonly<Record<string, string | Error>>, live = false) =>
  observeRoot(fakeFileTree(new Map(Object.entries(files))), { live });

describe('a host from its own files', () => {
  it('has a stream, components and the status text', async () => {
    const seen = await observe(host);
    expect(seen).toMatchObject({
      stream: 'debian:12:amd64',
      unknown: null,
      origins: [],
      runningKernel: null,
      rebootRequired: false,
      statusText: STATUS,
      problems: [],
    });
    expect(seen.components.map((c) => [c.name, c.sourceVersion, c.held])).toEqual([
      ['bash', '5.2.15-2', false],
      ['base-files', '12.4+deb12u5', true],
    ]);
  });

  it('takes the release from usr/lib, else from base-files', async () => {
    const { 'etc/os-release': release, ...bare } = host;
    expect((await observe({ ...bare, 'usr/lib/os-release': release })).stream).toBe('debian:12:amd64');
    expect((await observe(bare)).stream).toBe('debian:12:amd64');
    expect(await observe({ 'var/lib/dpkg/status': STATUS.replace('base-files', 'other') })).toMatchObject({
      stream: null,
      unknown: 'no-stream',
    });
  });

  it("takes the architecture from dpkg's list, else from most packages", async () => {
    expect((await observe({ ...host, 'var/lib/dpkg/arch': 'arm64\namd64\n' })).stream).toBe(
      'debian:12:arm64',
    );
    expect(mainArch([])).toBeNull();
  });

  it('knows the running kernel of this machine only', async () => {
    const files = { ...host, 'proc/sys/kernel/osrelease': '6.1.0-18-amd64\n', 'run/reboot-required': '' };
    expect(await observe(files, true)).toMatchObject({
      runningKernel: '6.1.0-18-amd64',
      rebootRequired: true,
    });
    expect(await observe(files, false)).toMatchObject({ runningKernel: null, rebootRequired: true });
  });

  it('reads the stanzas of an image without a status file', async () => {
    const seen = await observe({
      'var/lib/dpkg/status.d/tzdata': 'Package: tzdata\nVersion: 2024a-0+deb12u1\nArchitecture: all\n',
      'var/lib/dpkg/status.d/tzdata.md5sums': 'abc  usr/share/x\n',
      'var/lib/dpkg/status.d/libc6': 'Package: libc6\nSource: glibc\nVersion: 2.36-9\nArchitecture: arm64\n',
      'etc/os-release': 'ID=debian\nVERSION_ID=12\n',
    });
    expect(seen).toMatchObject({ stream: 'debian:12:arm64', statusText: null });
    expect(seen.components.map((c) => c.sourcePackage)).toEqual(['glibc', 'tzdata']);
  });

  it('knows its origins as far as its own lists tell them', async () => {
    const seen = await observe({
      ...host,
      'etc/apt/sources.list':
        '# old\ndeb-src http://deb.example.org/debian bookworm main\ndeb [arch=amd64] http://user:secret@mirror.example/a_b bookworm main contrib # x\n',
      'etc/apt/sources.list.d/security.sources':
        'Types: deb\nURIs: http://deb.example.org/debian-security/\nSuites: bookworm-security\nComponents: main\n\nEnabled: no\nTypes: deb\nURIs: http://other/\nSuites: x\nComponents: main\n',
      'etc/apt/sources.list.d/local.list': 'deb file:/srv/repo ./\n',
      'etc/apt/sources.list.d/ignored.bak': 'deb http://nowhere x main\n',
      'var/lib/apt/lists/deb.example.org_debian-security_dists_bookworm-security_InRelease': RELEASE,
      'var/lib/apt/lists/mirror.example_a%5fb_dists_bookworm_Release':
        'Origin: Debian\nSuite: stable\nCodename: bookworm\n',
      'var/lib/apt/lists/_srv_repo_._Release': 'Origin: Local\nSuite: site\n',
    });
    expect(seen.origins).toEqual([
      'debian:bookworm-security/main',
      'debian:bookworm/contrib',
      'debian:bookworm/main',
      'local:site/.',
    ]);
  });

  it.each([
    [{}, 'has neither var/lib/dpkg/status nor var/lib/dpkg/status.d'],
    [{ 'var/lib/dpkg/status': '' }, 'the file is empty or cut off'],
    [{ 'var/lib/dpkg/status': '\0\0\x01junk' }, 'var/lib/dpkg/status:1:'],
    [
      { 'var/lib/dpkg/status': new PatchwardenError('source-failed', 'permission is denied') },
      'permission is denied',
    ],
  ])('refuses %j in one sentence', async (files, sentence) => {
    await expect(observe(files)).rejects.toMatchObject({
      code: 'source-failed',
      message: expect.stringContaining(sentence),
    });
  });

  it('goes on past a damaged stanza, and says so', async () => {
    const seen = await observe({
      ...host,
      'var/lib/dpkg/status': `${STATUS}\nPackage: cut\nStatus: install ok ins`,
    });
    expect(seen.components).toHaveLength(2);
    expect(seen.problems).toEqual([
      'var/lib/dpkg/status:17: cut has the status "install ok ins", which dpkg does not have',
    ]);
  });
});
