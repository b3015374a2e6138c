import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { aptDirectorySource } from '../../src/adapters/package-source-apt-directory.ts';
import { aptListsSource } from '../../src/adapters/package-source-apt-lists.ts';
import { aptUrlSource } from '../../src/adapters/package-source-apt-url.ts';
import { rpmUrlSource } from '../../src/adapters/package-source-rpm-url.ts';
import { directoryStateStore } from '../../src/adapters/state-store-directory.ts';
import { publishArchive } from '../support/apt-archive.ts';
import { publishRpms } from '../support/rpm-repository.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startWebServer, type WebServer } from '../support/web-server.ts';
import { OFFERED, packageSourceConformance } from './package-source.conformance.ts';

const now = Date.parse('2024-10-24T00:00:00Z');
const index = `Package: ${OFFERED.name}\nVersion: ${OFFERED.version}\n`;
const put = (dir: string, files: Readonly<Record<string, string>>): string => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
};
const serve = async (): Promise<WebServer> => {
  const web = await startWebServer();
  onTestFinished(() => web.close());
  return web;
};
const deps = () => {
  const repo = tempDir();
  return {
    repo,
    state: directoryStateStore(join(repo, 'state')),
    clock: { now: () => new Date(now).toISOString() },
    log: { info: () => undefined },
    remember: true,
    limits: { idleMs: 10_000, totalMs: 20_000, retries: 0 },
  };
};
const aptUrl = (web: WebServer) =>
  aptUrlSource(
    { id: 'web', kind: 'apt-url', url: `${web.url}/debian`, suite: 'bookworm-security', signature: 'none' },
    deps(),
  );
const rpmUrl = (web: WebServer) =>
  rpmUrlSource(
    {
      id: 'rpm',
      kind: 'rpm-url',
      baseurl: `${web.url}/repo`,
      stream: 'almalinux:9:x86_64',
      signature: 'none',
    },
    deps(),
  );

packageSourceConformance(
  'an apt directory',
  async () => ({
    kind: 'apt',
    hasFiles: true,
    source: aptDirectorySource({
      id: 'dir',
      dir: put(tempDir(), {
        'dists/bookworm/main/binary-amd64/Packages': index,
        [OFFERED.filename]: OFFERED.bytes,
      }),
    }),
  }),
  async () => aptDirectorySource({ id: 'dir', dir: tempDir() }),
);

packageSourceConformance(
  'the lists of a host',
  async () => ({
    kind: 'apt',
    hasFiles: false,
    source: aptListsSource({
      id: 'lists',
      root: put(tempDir(), { 'var/lib/apt/lists/h_dists_bookworm_main_binary-amd64_Packages': index }),
    }),
  }),
  async () =>
    aptListsSource({ id: 'lists', root: put(tempDir(), { 'var/lib/apt/lists/x_Packages.lz4': 'junk' }) }),
);

packageSourceConformance(
  'an apt repository on a web server',
  async () => {
    const web = await serve();
    publishArchive(web, { signer: null, date: now });
    web.files.set(`debian/${OFFERED.filename}`, OFFERED.bytes);
    return { kind: 'apt', hasFiles: true, source: aptUrl(web) };
  },
  async () => aptUrl(await serve()),
);

packageSourceConformance(
  'an rpm-md repository on a web server',
  async () => {
    const web = await serve();
    publishRpms(web, { signer: null, packages: [{ name: 'app', version: '1.1-1' }] });
    web.files.set('repo/Packages/app-1.1-1.x86_64.rpm', OFFERED.bytes);
    return { kind: 'rpm-md', hasFiles: true, source: rpmUrl(web), filename: 'Packages/app-1.1-1.x86_64.rpm' };
  },
  async () => rpmUrl(await serve()),
);
