import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aptUrlSource } from '../../src/adapters/package-source-apt-url.ts';
import { directoryStateStore } from '../../src/adapters/state-store-directory.ts';
import { packageRows } from '../../src/observe/apt-index.ts';
import { sha256Hex } from '../../src/util/digest.ts';
import { startWebServer, type WebServer } from '../support/web-server.ts';
import { buildRepository, type TestRepository } from './support/repository.ts';
import { onPath, run } from './support/run.ts';

const missing = ['dpkg-deb', 'apt-ftparchive', 'gpg', 'gpgv'].filter((p) => !onPath(p));
const why = missing.length > 0 ? ` (skipped: needs ${missing.join(', ')})` : '';

describe.skipIf(missing.length > 0)(`an archive made by apt-ftparchive, on a web server${why}`, () => {
  let repository: TestRepository;
  let web: WebServer;
  let dir: string;
  const serve = () => {
    web.files.clear();
    for (const entry of readdirSync(repository.dir, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) {
        const path = join(entry.parentPath, entry.name);
        web.files.set(path.slice(repository.dir.length + 1), readFileSync(path));
      }
  };
  const arch = onPath('dpkg') ? run(['dpkg', '--print-architecture']).trim() : 'amd64';
  const source = () =>
    aptUrlSource(
      {
        id: 'web',
        kind: 'apt-url',
        url: web.url,
        suite: repository.codename,
        architectures: [arch],
        keyring: 'key.asc',
      },
      {
        repo: dir,
        state: directoryStateStore(join(dir, 'state')),
        clock: { now: () => new Date().toISOString() },
        log: { info: () => undefined },
        remember: true,
      },
    );
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'patchwarden-web-'));
    repository = buildRepository();
    web = await startWebServer();
    writeFileSync(join(dir, 'key.asc'), readFileSync(repository.keyring));
    serve();
  });
  afterAll(async () => {
    await web.close();
    repository.remove();
    rmSync(dir, { recursive: true, force: true });
  });

  it('offers its packages, and their bytes are those of the index', async () => {
    const [index] = await source().indexes();
    if (!index) throw new Error('no index');
    const { rows } = packageRows(index, { stream: `debian:12:${arch}` });
    expect(rows).toHaveLength(repository.debs.length);
    for (const row of rows) {
      const bytes = await source().fetch(row.filename, { size: row.size });
      expect(bytes && sha256Hex(bytes)).toBe(row.sha256);
    }
  });

  it('is followed when it publishes more', async () => {
    await source().indexes();
    repository.publish([{ name: 'pw-new', version: '2:1.0+x~1' }]);
    serve();
    const [index] = await source().indexes();
    expect(index?.text).toContain('pw-new');
    const row = packageRows(index ?? ({} as never), { stream: `debian:12:${arch}` }).rows.find(
      (r) => r.name === 'pw-new',
    );
    expect(await source().fetch(row?.filename ?? '')).toBeDefined();
  });
});
