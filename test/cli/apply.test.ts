import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { directoryArtifactStore } from '../../src/adapters/artifact-store-directory.ts';
import { openGit } from '../../src/adapters/git-simple-git.ts';
import { createWire } from '../../src/app/wire.ts';
import { runCli } from '../../src/cli/cli.ts';
import { instantOf } from '../../src/domain/time.ts';
import { formatSigner } from '../../src/util/tlog/note-keys.ts';
import { entryOf, lockOf } from '../rollout/world.ts';
import { logKey } from '../support/builders/evidence.ts';
import {
  bytesOf,
  component,
  type FakeHost,
  fakeHost,
  fakeHostDriver,
  shaOf,
} from '../support/fakes/host-driver.ts';
import { BASELINE, CONFIG, createWorld, ROLES, git as rawGit, type World } from '../support/git-fixtures.ts';
import { type HistoryWriter, historyWriter, PROD_LOCK } from '../support/history.ts';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const APP = { name: 'app', version: '1.1' };
const lock = (version: string, generation: number) =>
  json(
    lockOf({ 'pkg:deb/debian/app?arch=all&distro=debian-12': entryOf({ ...APP, version }) }, { generation }),
  );
const key = logKey();

describe('patchwarden apply', () => {
  let world: World;
  let h: HistoryWriter;
  let host: FakeHost;
  let approved: string;
  let root: string;
  let keys: readonly string[];

  let at = Date.now();
  const clock = {
    now: () => instantOf(at),
    sleep: async (ms: number) => {
      at += ms;
    },
  };

  /** The host's own files follow what the fake package manager did. */
  const writeStatus = () => {
    mkdirSync(join(root, 'var/lib/dpkg'), { recursive: true });
    mkdirSync(join(root, 'etc'), { recursive: true });
    writeFileSync(join(root, 'etc/os-release'), 'ID=debian\nVERSION_ID="12"\n');
    writeFileSync(join(root, 'var/lib/dpkg/arch'), 'amd64\n');
    const stanzas = [...host.components.values()].map(
      (c) =>
        `Package: ${c.name}\nStatus: install ok ${c.state}\nVersion: ${c.version}\nArchitecture: ${c.arch}\n`,
    );
    writeFileSync(join(root, 'var/lib/dpkg/status'), stanzas.join('\n'));
  };
  const run = async (...argv: readonly string[]) => {
    let out = '';
    let err = '';
    const driver = fakeHostDriver(host, clock);
    const code = await runCli(argv, {
      cwd: world.clone,
      env: {},
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      isTty: false,
      wire: {
        ...createWire(),
        log: { info: () => undefined, warn: () => undefined },
        clock,
        rootDriver: () => ({
          ...driver,
          begin: (...a) => driver.begin(...a).finally(writeStatus),
          receipt: (...a) => driver.receipt(...a).finally(writeStatus),
        }),
      },
    });
    return { code, out, err };
  };
  const publish = (commit: string) => {
    rawGit(world.clone, ['push', '-q', '--force', 'origin', `${commit}:refs/heads/main`]);
    rawGit(world.clone, ['reset', '-q', '--hard', commit]);
  };

  beforeAll(async () => {
    world = createWorld();
    root = join(world.dir, 'root');
    const driver = { kind: 'root', asset: 'web-1', path: root };
    h = historyWriter(world, await openGit(world.clone));
    const start = h.commit(
      world.anchor,
      {
        'patchwarden.json': json({
          ...CONFIG,
          fleet: { sources: [{ kind: 'root', id: 'web-1', path: root }] },
          drivers: [driver],
        }),
        'roles.json': json({ ...ROLES, log: { key: key.verifier.text } }),
        'baselines/servers.json': json({ ...BASELINE, mode: 'apply', verify: { soakSeconds: 5 } }),
        [PROD_LOCK]: lock('1.0', 1),
      },
      'merger',
    );
    world = { ...world, anchor: start };
    const head = h.commit(start, { [PROD_LOCK]: lock('1.1', 2) });
    const digest = await h.digest(start, head);
    approved = h.merge(start, head, { digest, approvals: [h.approval(digest, 'approver')] });
    await directoryArtifactStore(join(world.clone, '.state', 'artifacts')).put(shaOf(APP), bytesOf(APP));
    const logFile = join(world.dir, 'log.key');
    writeFileSync(logFile, `${formatSigner(key.verifier, Buffer.alloc(32, 7))}\n`, { mode: 0o600 });
    keys = ['--trust-anchor', start, '--bot-key', world.keys.bot.key, '--log-key', logFile];
  });
  afterAll(() => world.dispose());
  beforeEach(() => {
    publish(approved);
    host = fakeHost('web-1', [component('app', '1.0')], [APP]);
    writeStatus();
  });

  it('is bad usage without keys, and with --as-of when hosts would change', async () => {
    expect(await run('apply')).toMatchObject({ code: 2, out: '', err: expect.stringContaining('--bot-key') });
    expect(await run('apply', '--as-of', '2024-10-24T00:00:00Z', ...keys)).toMatchObject({
      code: 2,
      err: expect.stringContaining('--plan'),
    });
    expect(await run('apply', '--plan', '--as-of', 'soon', ...keys)).toMatchObject({ code: 2 });
  });

  it('ends with 5 without an anchor', async () => {
    expect(await run('apply', '--plan')).toMatchObject({
      code: 5,
      err: expect.stringContaining('no trust anchor'),
    });
  });

  it('wants a scan first, plans, applies and has nothing to do', async () => {
    expect(await run('apply', '--plan', ...keys)).toMatchObject({
      code: 2,
      err: expect.stringContaining('patchwarden scan'),
    });
    expect(await run('scan')).toMatchObject({ code: 0 });

    const plan = await run('apply', '--dry-run', '--format', 'json', ...keys);
    expect(plan).toMatchObject({ code: 0 });
    expect(JSON.parse(plan.out)).toMatchObject({
      head: approved,
      rings: [
        { ring: 'prod', hosts: [{ asset: 'web-1', plan: { packages: [{ name: 'app', from: '1.0' }] } }] },
      ],
    });
    expect(host.postinst).toEqual([]);

    const first = await run('apply', ...keys);
    expect(first).toMatchObject({ code: 0, out: expect.stringContaining('web-1  patched  1 package(s)') });
    const second = await run('apply', '--format', 'json', ...keys);
    const lines = second.out
      .trim()
      .split('\n')
      .map((l) => JSON.parse(l) as { event: string });
    expect(lines.map((l) => l.event)).toEqual(['wave', 'result']);
    expect(lines.at(-1)).toMatchObject({
      rings: [{ state: 'proven' }],
      hosts: [{ asset: 'web-1', state: 'patched' }],
    });
    expect(host.postinst).toEqual(['app 1.1']);
  });

  it('ends with the code of the worst host', async () => {
    await run('scan');
    host.catalogue.splice(0, 1, { ...APP, broken: true });
    expect(await run('apply', ...keys)).toMatchObject({ code: 4, out: expect.stringContaining('restored') });
  });

  it('ends with 5 when a lock was pushed without approvals', async () => {
    await run('scan');
    publish(h.commit(approved, { [PROD_LOCK]: lock('1.2', 3) }, 'author'));
    expect(await run('apply', ...keys)).toMatchObject({
      code: 5,
      out: '',
      err: expect.stringContaining(PROD_LOCK),
    });
    expect(host.postinst).toEqual([]);
  });
});
