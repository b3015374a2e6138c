import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { directoryArtifactStore } from '../../src/adapters/artifact-store-directory.ts';
import { createDnfSolver } from '../../src/adapters/package-solver-dnf.ts';
import { rpmUrlSource } from '../../src/adapters/package-source-rpm-url.ts';
import { directoryStateStore } from '../../src/adapters/state-store-directory.ts';
import { bytesKeeper } from '../../src/app/keep-bytes.ts';
import type { PackageRow } from '../../src/contracts/generated/fleet-rows.ts';
import type { Component } from '../../src/domain/component.ts';
import { RPM_STATUS_QUERY } from '../../src/domain/rpm-status.ts';
import { compareVersions } from '../../src/domain/version/compare.ts';
import { schemeOf } from '../../src/domain/version/scheme.ts';
import { rpmRows } from '../../src/observe/rpm-md.ts';
import { resolveBaseline } from '../../src/reconcile/resolve-baseline.ts';
import { wantedPatch } from '../support/builders/packages.ts';
import { createSigner, type GpgSigner } from '../support/gpg-signer.ts';
import { startWebServer, type WebServer } from '../support/web-server.ts';
import { onPath, run } from './support/run.ts';

const STREAM = 'almalinux:9:x86_64';
const missing = ['rpmbuild', 'createrepo_c', 'modifyrepo_c', 'dnf', 'rpm', 'rpmdb', 'gpg', 'gpgv'].filter(
  (p) => !onPath(p),
);
const why = missing.length > 0 ? ` (skipped: needs ${missing.join(', ')})` : '';

const SPECS = [
  ['pw-app', '1.0', ''],
  ['pw-app', '1.1', 'Requires: pw-cap(lib) >= 2, /bin/sh'],
  ['pw-lib', '1.0', 'Provides: pw-cap(lib) = 2.1'],
  ['pw-lonely', '1.1', 'Requires: pw-nobody-has-this'],
] as const;
const UPDATEINFO = `<?xml version="1.0"?><updates><update from="x" status="final" type="security" version="1"><id>TEST-2024:1</id><title>t</title><issued date="2024-10-20"/><pkglist><collection short="x"><name>x</name><package name="pw-app" version="1.1" release="1" epoch="0" arch="noarch" src="x"><filename>f</filename></package></collection></pkglist></update></updates>`;

describe.skipIf(missing.length > 0)(`a repository made by createrepo_c${why}`, () => {
  let dir: string;
  let web: WebServer;
  let signer: GpgSigner;
  let rows: readonly PackageRow[];

  const source = () =>
    rpmUrlSource(
      { id: 'local', kind: 'rpm-url', baseurl: `${web.url}/repo`, stream: STREAM, keyring: 'key.asc' },
      {
        repo: dir,
        state: directoryStateStore(join(dir, 'state')),
        clock: { now: () => new Date().toISOString() },
        log: { info: () => undefined },
        remember: true,
      },
    );

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'patchwarden-rpm-'));
    web = await startWebServer();
    signer = createSigner();
    writeFileSync(join(dir, 'key.asc'), signer.armored);
    const repo = join(dir, 'repo');
    mkdirSync(repo);
    for (const [name, version, extra] of SPECS) {
      const spec = join(dir, 'p.spec');
      writeFileSync(
        spec,
        `Name: ${name}\nVersion: ${version}\nRelease: 1\nSummary: s\nLicense: x\nBuildArch: noarch\n${extra}\n%description\nd\n%files\n`,
      );
      run(['rpmbuild', '-bb', '--define', `_topdir ${dir}/top`, '--define', `_rpmdir ${repo}`, spec]);
    }
    run(['createrepo_c', '-q', repo]);
    writeFileSync(join(dir, 'updateinfo.xml'), UPDATEINFO);
    run(['modifyrepo_c', join(dir, 'updateinfo.xml'), join(repo, 'repodata')]);
    const repomd = readFileSync(join(repo, 'repodata/repomd.xml'));
    writeFileSync(join(repo, 'repodata/repomd.xml.asc'), signer.detached(repomd));
    for (const entry of readdirSync(repo, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) {
        const path = join(entry.parentPath, entry.name);
        web.files.set(`repo${path.slice(repo.length)}`, readFileSync(path));
      }
    rows = (await source().indexes()).flatMap((index) => rpmRows(index, { fetch: 'controller' }).rows);
  });
  afterAll(async () => {
    signer.remove();
    await web.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('is read with its advisories', () => {
    expect(rows.map((r) => `${r.origin} ${r.name} ${r.version} ${r.arch} ${r.security}`).sort()).toEqual([
      'almalinux:local pw-app 1.0-1 noarch false',
      'almalinux:local pw-app 1.1-1 noarch true',
      'almalinux:local pw-lib 1.0-1 noarch false',
      'almalinux:local pw-lonely 1.1-1 noarch false',
    ]);
  });

  it.each([
    ['checked', 'with dnf and what rpm says of the host'],
    ['unchecked', 'without what rpm says of the host'],
  ])('gives a lock that is %s %s, all bytes and the predecessor kept', async (closure) => {
    const db = mkdtempSync(join(dir, 'db-'));
    const file = (name: string) => join(dir, 'repo/noarch', name);
    run([
      'rpm',
      '--dbpath',
      db,
      '-i',
      '--justdb',
      '--nodeps',
      '--ignorearch',
      file('pw-app-1.0-1.noarch.rpm'),
    ]);
    const status = run(['rpm', '--dbpath', db, ...RPM_STATUS_QUERY]);
    const component = (name: string, version: string): Component => ({
      name,
      version,
      arch: 'noarch',
      sourcePackage: name,
      sourceVersion: version,
      held: false,
      state: 'installed',
    });
    const store = directoryArtifactStore(join(dir, `artifacts-${closure}`));
    const candidate = rows.find((r) => r.name === 'pw-app' && r.version === '1.1-1');
    const lonely = rows.find((r) => r.name === 'pw-lonely');
    if (!candidate || !lonely) throw new Error('the repository lacks its packages');
    const wanted = [candidate, ...(closure === 'checked' ? [lonely] : [])].map((c) =>
      wantedPatch({ stream: STREAM, candidate: c, installed: '1.0-1' }),
    );
    const resolved = await resolveBaseline(
      {
        solver: createDnfSolver(),
        compare: (a, b, stream) => compareVersions(schemeOf(stream), a, b),
        forbids: () => null,
        offer:
          () =>
          async ({ names, sources, containing = [] }) =>
            rows.filter(
              (r) =>
                names.includes(r.name) ||
                sources.includes(r.sourcePackage) ||
                containing.some((part) => r.stanza.includes(part)),
            ),
        facts: async () => ({
          status: closure === 'checked' ? status : null,
          components: [component('pw-app', '1.0-1')],
        }),
        firstSeen: () => '2024-10-20',
        keepBytes: bytesKeeper(store, (row) => source().fetch(row.filename, { size: row.size })),
      },
      wanted,
      10,
    );
    expect(resolved.closure).toBe(closure);
    expect([...resolved.entries]).toMatchObject([
      [
        'pkg:rpm/almalinux/pw-app?arch=noarch&distro=almalinux-9',
        { version: '1.1-1', role: 'upgrade', predecessors: [{ version: '1.0-1' }] },
      ],
      [
        'pkg:rpm/almalinux/pw-lib?arch=noarch&distro=almalinux-9',
        { version: '1.0-1', role: 'dependency', approvedBy: 'dependency-of:pw-app' },
      ],
    ]);
    for (const entry of resolved.entries.values())
      for (const { sha256, size } of [entry, ...(entry.predecessors ?? [])])
        expect((await store.get(sha256)).length).toBe(size);
    expect(resolved.missingPredecessors).toEqual([]);
    if (closure === 'checked')
      expect(resolved.leftOut).toMatchObject([
        { name: 'pw-lonely', reason: expect.stringMatching(/nobody-has-this/) },
      ]);
  });
});
