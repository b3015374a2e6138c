import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aptUrlSource } from '../../src/adapters/package-source-apt-url.ts';
import { directoryStateStore } from '../../src/adapters/state-store-directory.ts';
import type { AptUrlPackageSource } from '../../src/contracts/generated/config.ts';
import { sha256Hex } from '../../src/util/digest.ts';
import { PACKAGES, publishArchive, releaseText } from '../support/apt-archive.ts';
import { createSigner, type GpgSigner, whyNoGpg } from '../support/gpg-signer.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startWebServer, type WebServer } from '../support/web-server.ts';

const DAY = 86_400_000;
const now = Date.parse('2024-10-24T00:00:00Z');
const inRelease = 'debian/dists/bookworm-security/InRelease';
const packagesGz = 'debian/dists/bookworm-security/main/binary-amd64/Packages.gz';

describe.skipIf(whyNoGpg !== undefined)(
  `an apt repository on a web server${whyNoGpg ? ` (skipped: ${whyNoGpg})` : ''}`,
  () => {
    let signer: GpgSigner;
    let stranger: GpgSigner;
    let web: WebServer;
    let repo: string;
    beforeAll(() => {
      signer = createSigner({ at: '20240101T000000' });
      stranger = createSigner({ at: '20240101T000000' });
    });
    afterAll(() => {
      signer.remove();
      stranger.remove();
    });
    beforeEach(async () => {
      web = await startWebServer();
      repo = tempDir();
      writeFileSync(join(repo, 'archive.asc'), signer.armored);
    });
    afterEach(() => web.close());

    const source = (over: Partial<AptUrlPackageSource> = {}, at = now, remember = true) =>
      aptUrlSource(
        {
          id: 'security',
          kind: 'apt-url',
          url: `${web.url}/debian/`,
          suite: 'bookworm-security',
          keyring: 'archive.asc',
          ...over,
        },
        {
          repo,
          state: directoryStateStore(join(repo, 'state')),
          clock: { now: () => new Date(at).toISOString() },
          log: { info: () => undefined },
          remember,
          limits: { idleMs: 10_000, totalMs: 20_000, retries: 1, retryDelayMs: 5 },
        },
      );
    const refused = (code: string, message: RegExp, over: Partial<AptUrlPackageSource> = {}, at = now) =>
      expect(source(over, at).indexes()).rejects.toMatchObject({
        code,
        message: expect.stringMatching(message),
      });

    it.each([
      ['InRelease', false],
      ['Release and Release.gpg', true],
    ])('signed by %s gives its indexes and files', async (_how, detached) => {
      publishArchive(web, { signer, date: now - DAY, detached });
      const [index, ...more] = await source().indexes();
      expect(more).toEqual([]);
      expect(index).toMatchObject({
        source: 'security',
        origin: 'debian:bookworm-security/main',
        arch: 'amd64',
        text: PACKAGES,
      });
      const file = await source().fetch('pool/app_1%3a1.1_amd64.deb', { size: 5 });
      expect(Buffer.from(file ?? []).toString()).toBe('bytes');
      expect(await source().fetch('pool/none.deb')).toBeUndefined();
    });

    it('accepts a binary key file, and by-hash indexes', async () => {
      writeFileSync(join(repo, 'archive.asc'), signer.binary);
      publishArchive(web, { signer, date: now - DAY, byHash: true });
      web.files.delete(packagesGz);
      expect(await source().indexes()).toHaveLength(1);
    });

    it('asks only whether anything has changed the second time', async () => {
      publishArchive(web, { signer, date: now - DAY });
      await source().indexes();
      web.requests.length = 0;
      expect(await source().indexes()).toHaveLength(1);
      expect(web.requests).toEqual([expect.stringMatching(/^GET .*InRelease if "/)]);
    });

    it('does not believe what it kept when that was altered', async () => {
      publishArchive(web, { signer, date: now - DAY });
      await source().indexes();
      const dir = join(repo, 'state/sources/security');
      for (const name of readdirSync(dir).filter((n) => n.endsWith('.body')))
        writeFileSync(join(dir, name), 'x');
      expect(await source().indexes()).toMatchObject([{ text: PACKAGES }]);
    });

    it('keeps and remembers nothing in a dry run', async () => {
      publishArchive(web, { signer, date: now - DAY });
      await source({}, now, false).indexes();
      expect(existsSync(join(repo, 'state'))).toBe(false);
    });

    describe('is refused when', () => {
      it('it is not signed', async () => {
        publishArchive(web, { signer: null, date: now });
        await refused('signature-invalid', /not signed.*"signature": "none"/);
      });
      it('an InRelease file has no signature', async () => {
        publishArchive(web, { signer, date: now });
        web.files.set(inRelease, releaseText(new Map(), { signer, date: now }));
        await refused('signature-invalid', /not signed/);
      });
      it('somebody unknown signed it', async () => {
        publishArchive(web, { signer: stranger, date: now });
        await refused('signature-invalid', /which the keyring does not have.*update the keyring/);
      });
      it('it was altered after signing', async () => {
        publishArchive(web, { signer, date: now });
        web.files.set(
          inRelease,
          String(web.files.get(inRelease)).replace('stable-security', 'stable-Security'),
        );
        await refused('signature-invalid', /does not fit/);
      });
      it('text stands outside the signature', async () => {
        publishArchive(web, { signer, date: now });
        const evil = releaseText(new Map([['main/binary-amd64/Packages.gz', gzipSync('evil')]]), {
          signer,
          date: now,
        });
        web.files.set(inRelease, `${evil}\n${String(web.files.get(inRelease))}`);
        // Whatever gpgv says of such a file: what is outside never counts.
        const outcome = await source()
          .indexes()
          .then((i) => i[0]?.text)
          .catch((e: { code: string }) => e.code);
        expect([PACKAGES, 'signature-invalid']).toContain(outcome);
      });
      it('the key has expired', async () => {
        const old = createSigner({ at: '20200101T000000', expires: '1d' });
        writeFileSync(join(repo, 'archive.asc'), old.armored);
        publishArchive(web, { signer: old, date: now });
        await refused('signature-invalid', /expired/);
        old.remove();
      });
      it('the signature uses SHA-1', async () => {
        const weak = createSigner({ digest: 'SHA1' });
        writeFileSync(join(repo, 'archive.asc'), weak.armored);
        publishArchive(web, { signer: weak, date: now });
        await refused('signature-invalid', /weaker than SHA-256|does not fit|not signed/);
        weak.remove();
      });
      it('the config names no key file, or one that is none', async () => {
        publishArchive(web, { signer, date: now });
        const { keyring: _, ...bare } = { keyring: '' };
        await refused('bad-document', /names no keyring/, { ...bare, keyring: undefined as never });
        writeFileSync(join(repo, 'archive.asc'), 'not a key');
        await refused('bad-document', /no OpenPGP key file/);
        rmSync(join(repo, 'archive.asc'));
        await refused('bad-document', /no OpenPGP key file that can be read/);
      });
      it('it has run out, lies in the future, or is that of another suite', async () => {
        publishArchive(web, { signer, date: now - 9 * DAY, validUntil: now - DAY });
        await refused('signature-invalid', /valid until 2024-10-23/);
        publishArchive(web, { signer, date: now + 3 * DAY });
        await refused('signature-invalid', /lies in the future/);
        publishArchive(web, { signer, date: now });
        const dists = 'debian/dists/trixie';
        web.files.set(`${dists}/InRelease`, web.files.get(inRelease) ?? '');
        await refused('signature-invalid', /Release file of .*not of trixie/, { suite: 'trixie' });
      });
      it('it is older than what was accepted before', async () => {
        publishArchive(web, { signer, date: now - DAY });
        await source().indexes();
        publishArchive(web, { signer, date: now - 2 * DAY });
        await refused('signature-invalid', /replays an old state/);
        publishArchive(web, { signer, date: now });
        expect(await source().indexes()).toHaveLength(1);
      });
      it('an index is not the one that was signed', async () => {
        publishArchive(web, { signer, date: now });
        web.files.set(packagesGz, gzipSync(PACKAGES.replace('1.1', '0.9')));
        await refused('digest-mismatch', /other bytes/);
      });
      it('only weaker digests are listed', async () => {
        publishArchive(web, { signer, date: now, digests: 'MD5Sum' });
        await refused('source-failed', /lists no Packages index/);
      });
      it('an index is missing, or swells', async () => {
        publishArchive(web, { signer, date: now, packages: 'a'.repeat(64 << 20) });
        await refused('source-failed', /more than 100 times its size/);
        web.files.delete(packagesGz);
        rmSync(join(repo, 'state'), { recursive: true, force: true });
        await refused('source-failed', /the server does not have it/);
      });
      it('there is nothing at all', () => refused('source-failed', /neither InRelease nor Release/));
      it('the server says "not modified" unasked', async () => {
        web.handlers.set(inRelease, (_, response) => void response.writeHead(304).end());
        await refused('source-failed', /304 unasked/);
      });
      it('what it accepted last cannot be read', async () => {
        mkdirSync(join(repo, 'state/sources/security'), { recursive: true });
        writeFileSync(join(repo, 'state/sources/security/accepted.json'), '{');
        publishArchive(web, { signer, date: now });
        await refused('store-failed', /damaged: delete it/);
      });
    });

    it('has its date checked also where an ETag lies', async () => {
      publishArchive(web, { signer, date: now - DAY, validUntil: now + DAY });
      await source().indexes();
      web.handlers.set(inRelease, (_, response) => void response.writeHead(304).end());
      expect(await source().indexes()).toHaveLength(1);
      await refused('signature-invalid', /valid until/, {}, now + 2 * DAY);
    });

    it('is read unsigned where the config says so, still with digests', async () => {
      publishArchive(web, { signer: null, date: now });
      const open = { signature: 'none' } as const;
      expect(await source(open).indexes()).toHaveLength(1);
      publishArchive(web, { signer: stranger, date: now });
      expect(await source(open).indexes()).toHaveLength(1);
      rmSync(join(repo, 'state'), { recursive: true, force: true });
      web.files.set(packagesGz, gzipSync('other'));
      await refused('digest-mismatch', /other bytes/, open);
    });

    it('may be flat', async () => {
      const index = gzipSync(PACKAGES);
      const release = releaseText(new Map([['Packages.gz', index]]), { signer, date: now, suite: 'site' });
      web.files.set('debian/InRelease', signer.clearsign(release));
      web.files.set('debian/Packages.gz', index);
      expect(await source({ suite: './' }).indexes()).toMatchObject([{ component: '.', arch: '' }]);
    });

    it('cannot name files elsewhere', async () => {
      for (const path of ['../x', '/etc/passwd', 'file:///etc/passwd', 'a\\..\\b', ''])
        await expect(source().fetch(path)).rejects.toMatchObject({
          message: expect.stringMatching(/outside/),
        });
      expect(web.requests).toEqual([]);
      expect(sha256Hex('')).toHaveLength(64);
    });
  },
);
