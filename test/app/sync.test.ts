import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildSync } from '../../src/app/sync.ts';
import { createWire } from '../../src/app/wire.ts';
import type { Config, PackageSourceConfig } from '../../src/contracts/generated/config.ts';
import { validateKind } from '../../src/contracts/validate.ts';
import { publishArchive } from '../support/apt-archive.ts';
import { publishRpms, updateXml } from '../support/rpm-repository.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startWebServer, type WebServer } from '../support/web-server.ts';

const now = '2024-10-24T00:00:00Z';
const config = (sources: readonly PackageSourceConfig[]): Config => ({
  apiVersion: 'patchwarden/v1',
  kind: 'Config',
  id: 'patchwarden',
  repository: 'example/fleet',
  fleet: { sources: [] },
  intel: { feeds: [] },
  packages: { sources: [...sources] },
  state: { kind: 'directory', path: 'state' },
});

describe('sync with repositories on web servers', () => {
  let web: WebServer;
  beforeEach(async () => {
    web = await startWebServer();
  });
  afterEach(() => web.close());

  const sync = async (repo: string, sources: readonly PackageSourceConfig[], remember = true) => {
    const wire = createWire();
    const dir = join(repo, 'state');
    const deps = { store: await wire.fleetStore(tempDir()), state: wire.stateStore(dir) };
    try {
      return await buildSync(wire, deps, { config: config(sources), repo, now, remember });
    } finally {
      await deps.store.close();
    }
  };
  const apt = (over: Partial<PackageSourceConfig> = {}): PackageSourceConfig =>
    ({
      id: 'debian',
      kind: 'apt-url',
      url: `${web.url}/debian`,
      suite: 'bookworm-security',
      signature: 'none',
      ...over,
    }) as PackageSourceConfig;
  const rpm = (over: Partial<PackageSourceConfig> = {}): PackageSourceConfig =>
    ({
      id: 'alma-appstream',
      kind: 'rpm-url',
      baseurl: `${web.url}/repo`,
      stream: 'almalinux:9:x86_64',
      repo: 'AppStream',
      signature: 'none',
      ...over,
    }) as PackageSourceConfig;

  it('has the packages of both kinds, and says what is not checked', async () => {
    publishArchive(web, { signer: null, date: Date.parse(now) });
    publishRpms(web, {
      signer: null,
      packages: [{ name: 'app', version: '1.1-1' }],
      updates: [updateXml('A', ['app-0:1.1-1.x86_64'])],
    });
    const repo = tempDir();
    const plan = await sync(repo, [apt(), rpm()]);
    const rows = plan.snapshots.flatMap((s) => s.rows.packages ?? []);
    expect(rows.map((r) => [r.origin, r.stream, r.name, r.version, r.security, r.fetch])).toEqual([
      ['almalinux:appstream', 'almalinux:9:x86_64', 'app', '1.1-1', true, 'controller'],
      ['debian:bookworm-security/main', 'debian:12:amd64', 'app', '1.1', true, 'controller'],
    ]);
    expect(plan.notes).toEqual([
      expect.stringMatching(/^the package source debian is unsigned/),
      expect.stringMatching(/^the package source alma-appstream is unsigned/),
    ]);
    expect(plan.problems).toEqual([]);
    expect(existsSync(join(repo, 'state/sources/debian/accepted.json'))).toBe(true);
  });

  it('remembers nothing in a dry run, and fails whole when a source fails', async () => {
    publishArchive(web, { signer: null, date: Date.parse(now) });
    const repo = tempDir();
    await sync(repo, [apt()], false);
    expect(existsSync(join(repo, 'state/sources'))).toBe(false);
    await expect(sync(repo, [apt(), rpm()])).rejects.toMatchObject({ code: 'source-failed' });
    writeFileSync(join(repo, 'k.asc'), 'x');
    await expect(sync(repo, [apt({ signature: 'required', keyring: 'k.asc' })])).rejects.toMatchObject({
      code: 'signature-invalid',
      message: expect.stringContaining('not signed'),
    });
  });

  it('notes an index that only its packages vouch for', async () => {
    publishRpms(web, { signer: null, packages: [{ name: 'app', version: '1.1-1' }] });
    const plan = await sync(tempDir(), [rpm({ signature: 'packages' })]);
    expect(plan.notes).toEqual([expect.stringMatching(/index unchecked/)]);
  });
});

describe('the config of package sources', () => {
  const problems = (source: object) => validateKind('config', config([source as PackageSourceConfig]));
  const url = { id: 'a', kind: 'apt-url', url: 'https://deb.example.org/debian', suite: 'bookworm' };
  const rpm = { id: 'r', kind: 'rpm-url', baseurl: 'http://[::1]:80/x', stream: 'almalinux:9:x86_64' };
  it.each([
    [url],
    [{ ...url, components: ['main', 'updates/main'], architectures: ['amd64'], keyring: 'keys/a.asc' }],
    [{ ...url, suite: './', signature: 'none', fetch: 'host', immutable: true }],
    [rpm],
    [{ ...rpm, repo: 'rhel-9-baseos-rpms', signature: 'packages' }],
  ])('takes %j', (source) => expect(problems(source)).toEqual([]));
  it.each([
    [{ ...url, url: 'ftp://x/y' }],
    [{ ...url, url: 'https://user:secret@x/y' }],
    [{ ...url, url: 'https://x/y?z' }],
    [{ ...url, suite: '../x' }],
    [{ ...url, components: [] }],
    [{ ...url, path: '/x' }],
    [{ ...rpm, stream: 'almalinux' }],
    [{ ...rpm, signature: 'maybe' }],
    [{ id: 'a', kind: 'apt-url' }],
    [{ id: 'a', kind: 'yum' }],
  ])('refuses %j', (source) => expect(problems(source)).not.toEqual([]));
});
