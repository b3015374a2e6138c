import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rpmUrlSource } from '../../src/adapters/package-source-rpm-url.ts';
import { directoryStateStore } from '../../src/adapters/state-store-directory.ts';
import type { RpmUrlPackageSource } from '../../src/contracts/generated/config.ts';
import { createSigner, type GpgSigner, whyNoGpg } from '../support/gpg-signer.ts';
import { publishRpms, type RpmSpec, updateXml } from '../support/rpm-repository.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startWebServer, type WebServer } from '../support/web-server.ts';

const now = Date.parse('2024-10-24T00:00:00Z');
const packages: readonly RpmSpec[] = [{ name: 'app', version: '1.1-1', requires: ['lib'] }];
const primary = (web: WebServer): string =>
  [...web.files.keys()].find((f) => f.endsWith('-primary.xml.gz')) ?? '';

describe.skipIf(whyNoGpg !== undefined)(
  `an rpm-md repository on a web server${whyNoGpg ? ` (skipped: ${whyNoGpg})` : ''}`,
  () => {
    let signer: GpgSigner;
    let stranger: GpgSigner;
    let web: WebServer;
    let repo: string;
    beforeAll(() => {
      signer = createSigner();
      stranger = createSigner();
    });
    afterAll(() => {
      signer.remove();
      stranger.remove();
    });
    beforeEach(async () => {
      web = await startWebServer();
      repo = tempDir();
      writeFileSync(join(repo, 'rpm.asc'), signer.armored);
    });
    afterEach(() => web.close());

    const source = (over: Partial<RpmUrlPackageSource> = {}) =>
      rpmUrlSource(
        {
          id: 'app',
          kind: 'rpm-url',
          baseurl: `${web.url}/repo`,
          stream: 'almalinux:9:x86_64',
          keyring: 'rpm.asc',
          ...over,
        },
        {
          repo,
          state: directoryStateStore(join(repo, 'state')),
          clock: { now: () => new Date(now).toISOString() },
          log: { info: () => undefined },
          remember: true,
          limits: { idleMs: 10_000, totalMs: 20_000, retries: 0 },
        },
      );
    const refused = (code: string, message: RegExp, over: Partial<RpmUrlPackageSource> = {}) =>
      expect(source(over).indexes()).rejects.toMatchObject({ code, message: expect.stringMatching(message) });

    it('signed gives its packages without the long texts, its advisories and modules', async () => {
      publishRpms(web, {
        signer,
        packages,
        updates: [updateXml('A-1', ['app-0:1.1-1.x86_64'])],
        modules: '---\n',
      });
      const [index] = await source({ repo: 'appstream' }).indexes();
      expect(index).toMatchObject({ kind: 'rpm-md', source: 'app', repo: 'appstream', modules: '---\n' });
      expect(index?.packages).toHaveLength(1);
      expect(index?.packages[0]).toMatch(/<rpm:entry name="lib"\/>/);
      expect(index?.packages[0]).not.toMatch(/long|what/);
      expect(index?.updates).toEqual([expect.stringMatching(/^<update .*<id>A-1<\/id><pkglist>/)]);
    });

    it('fetches only what changed', async () => {
      publishRpms(web, { signer, packages });
      await source().indexes();
      web.requests.length = 0;
      await source().indexes();
      expect(web.requests.map((r) => r.replace(/ if .*/, ' if'))).toEqual([
        'GET repo/repodata/repomd.xml if',
        'GET repo/repodata/repomd.xml.asc if',
      ]);
    });

    it.each([
      ['is not signed', () => null, /"signature": "packages"/],
      ['is signed by somebody unknown', () => stranger, /does not have/],
    ])('is refused when it %s', async (_when, by, message) => {
      publishRpms(web, { signer: by(), packages });
      await refused('signature-invalid', message);
    });

    it('is refused when its signature is that of another state', async () => {
      publishRpms(web, { signer, packages });
      const old = web.files.get('repo/repodata/repomd.xml.asc') ?? '';
      publishRpms(web, { signer, packages: [...packages, { name: 'evil', version: '1-1' }] });
      web.files.set('repo/repodata/repomd.xml.asc', old);
      await refused('signature-invalid', /does not fit/);
    });

    it('is refused when it goes back in time, or lies in the future', async () => {
      publishRpms(web, { signer, packages });
      await source().indexes();
      publishRpms(web, { signer, packages, timestamp: 1_728_000_000 });
      await refused('signature-invalid', /replays an old state/);
      publishRpms(web, { signer, packages, timestamp: 1_829_000_000 });
      await refused('signature-invalid', /in the future/);
    });

    it('is refused when its metadata is not what was signed, is missing, or no XML', async () => {
      publishRpms(web, { signer, packages });
      const other = publishedPrimary(web);
      web.files.set(primary(web), other);
      await refused('digest-mismatch', /other bytes/);
      web.files.delete(primary(web));
      await refused('source-failed', /does not have it/);
      web.files.set('repo/repodata/repomd.xml', 'junk');
      await refused('source-failed', /no list of metadata/, { signature: 'none' });
      web.files.delete('repo/repodata/repomd.xml');
      await refused('source-failed', /is not there/);
    });

    it('cannot name files elsewhere, or in forms that nobody reads', async () => {
      const repomd = (href: string, type = 'sha256') =>
        web.files.set(
          'repo/repodata/repomd.xml',
          `<repomd><data type="primary"><checksum type="${type}">${'a'.repeat(64)}</checksum><location href="${href}"/><size>5</size></data></repomd>`,
        );
      repomd('../../secret');
      await refused('source-failed', /outside/, { signature: 'none' });
      repomd('repodata/primary.xml.bz2');
      await refused('source-failed', /none of gz, xz, zst/, { signature: 'none' });
      repomd('repodata/primary.xml.gz', 'sha');
      await refused('source-failed', /no primary metadata with a SHA-256/, { signature: 'none' });
    });

    it('hands over packages', async () => {
      web.files.set('repo/Packages/app+x-1~rc.rpm', 'bytes');
      const file = await source({ signature: 'none' }).fetch('Packages/app+x-1~rc.rpm', { size: 5 });
      expect(Buffer.from(file ?? []).toString()).toBe('bytes');
    });
  },
);

const publishedPrimary = (web: WebServer): Uint8Array => {
  const bytes = Buffer.from(web.files.get(primary(web)) ?? '');
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes;
};
