import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { directoryArtifactStore } from '../../src/adapters/artifact-store-directory.ts';
import { openGit } from '../../src/adapters/git-simple-git.ts';
import { loadPolicyEngine } from '../../src/adapters/policy-opa-wasm.ts';
import { type ApplyPorts, type ApplyRequest, runApply, runApplyPlan } from '../../src/app/apply.ts';
import { auditVerify } from '../../src/app/audit.ts';
import { openApply } from '../../src/app/open-apply.ts';
import { createWire } from '../../src/app/wire.ts';
import { instantOf } from '../../src/domain/time.ts';
import type { Git } from '../../src/ports/git.ts';
import type { PolicyEngine } from '../../src/ports/policy-engine.ts';
import { formatSigner } from '../../src/util/tlog/note-keys.ts';
import { entryOf, lockOf } from '../rollout/world.ts';
import { logKey } from '../support/builders/evidence.ts';
import {
  bytesOf,
  component,
  type FakeHost,
  fakeHost,
  fakeHostDriver,
  observeFake,
  shaOf,
} from '../support/fakes/host-driver.ts';
import {
  BASELINE,
  CONFIG,
  createWorld,
  NOW,
  ROLES,
  git as rawGit,
  type World,
} from '../support/git-fixtures.ts';
import { type HistoryWriter, historyWriter, PROD_LOCK } from '../support/history.ts';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const APP = { name: 'app', version: '1.1' };
const KEY = 'pkg:deb/debian/app?arch=all&distro=debian-12';
const lock = (version: string, generation: number) =>
  json(lockOf({ [KEY]: entryOf({ ...APP, version }) }, { generation }));
const key = logKey();
const SEED = Buffer.alloc(32, 7);

describe('runApply', () => {
  let world: World;
  let git: Git;
  let policy: PolicyEngine;
  let h: HistoryWriter;
  let host: FakeHost;
  let approved: string;
  let ports: ApplyPorts;
  let at: number;

  const publish = (commit: string) =>
    rawGit(world.clone, ['push', '-q', '--force', 'origin', `${commit}:refs/heads/main`]);

  beforeAll(async () => {
    world = createWorld({
      'patchwarden.json': json({
        ...CONFIG,
        fleet: { sources: [{ kind: 'root', id: 'web-1', path: '/nowhere' }] },
        drivers: [{ kind: 'root', asset: 'web-1', path: '/nowhere' }],
      }),
      'roles.json': json({ ...ROLES, log: { key: key.verifier.text } }),
      'baselines/servers.json': json({ ...BASELINE, mode: 'apply', verify: { soakSeconds: 5 } }),
      [PROD_LOCK]: lock('1.0', 1),
    });
    git = await openGit(world.clone);
    policy = await loadPolicyEngine();
    h = historyWriter(world, git);
    const head = h.commit(world.anchor, { [PROD_LOCK]: lock('1.1', 2) });
    const digest = await h.digest(world.anchor, head);
    const approval = h.approval(digest, 'approver');
    approved = h.merge(world.anchor, head, { digest, approvals: [approval] });
    await directoryArtifactStore(join(world.clone, '.state', 'artifacts')).put(shaOf(APP), bytesOf(APP));
    mkdirSync(join(world.dir, 'keys'));
    writeFileSync(join(world.dir, 'keys/log'), `${formatSigner(key.verifier, SEED)}\n`, { mode: 0o600 });
  });
  afterAll(() => world.dispose());
  beforeEach(async () => {
    publish(approved);
    host = fakeHost('web-1', [component('app', '1.0')], [APP]);
    at = Date.parse(NOW);
    const clock = {
      now: () => instantOf(at),
      sleep: async (ms: number) => {
        at += ms;
      },
    };
    const wire = {
      ...createWire(),
      clock,
      log: { info: () => undefined, warn: () => undefined },
    };
    const governed = async () => [
      {
        asset: 'web-1',
        baseline: 'servers',
        ring: 'prod',
        stream: 'debian:12:amd64',
        kernel: null,
        labels: {},
      },
    ];
    ports = {
      ...(await openApply(wire, world.clone, { bot: world.keys.bot.key, log: join(world.dir, 'keys/log') })),
      governed,
      hosts: async () => ({
        drivers: new Map([['web-1', fakeHostDriver(host, clock)]]),
        observe: async () => observeFake(host),
        close: async () => undefined,
      }),
    };
  });
  const request = () => ({
    ...{ trustAnchor: world.anchor, parallel: 2, patienceMs: 600_000 },
    on: () => undefined,
  });

  it('refuses a lock that only the anchor has: no merge authorises it', async () => {
    publish(world.anchor);
    Object.assign(host, { components: new Map([['app', component('app', '0.9')]]) });
    expect(await runApply(ports, request())).toMatchObject({
      rings: [{ state: 'refused', code: 'history-unverified' }],
      hosts: [{ state: 'due', code: 'history-unverified' }],
    });
  });

  it('plans without touching anything', async () => {
    const { head, rings } = await runApplyPlan(ports, request());
    expect(head).toBe(approved);
    expect(rings).toMatchObject([
      {
        ...{ state: 'start', generation: 2, waves: [{ wave: 0, hosts: ['web-1'] }], uncovered: [] },
        hosts: [{ state: 'due', missingBytes: [], plan: { packages: [{ name: 'app' }] } }],
      },
    ]);
    expect(rawGit(world.origin, ['for-each-ref', 'refs/heads/patchwarden'])).toBe('');
    expect(host.components.get('app')?.version).toBe('1.0');
  });

  it('brings the host to the merged lock, and the evidence of it verifies', async () => {
    expect(await runApply(ports, request())).toMatchObject({ head: approved, hosts: [{ state: 'patched' }] });
    expect(host.components.get('app')?.version).toBe('1.1');
    const wire = createWire();
    const verdict = await auditVerify(
      { git, log: { warn: () => undefined }, stateStore: wire.stateStore, policy: async () => policy },
      { trustAnchor: world.anchor },
    );
    expect(verdict).toMatchObject({ ok: true, problems: [] });
    expect(verdict.entries.map(({ entry }) => entry.type)).toEqual([
      'approval',
      'merge',
      'intent',
      'effect',
      'verification',
      'proven',
    ]);
    expect(await runApply(ports, request())).toMatchObject({ hosts: [{ state: 'patched' }] });
    expect(rawGit(world.origin, ['for-each-ref', '--format=%(refname)', 'refs/patchwarden/lease'])).toContain(
      'lease',
    );
  });

  it.each([
    ['no trust anchor', async (r: ApplyRequest) => ({ ...r, trustAnchor: undefined })],
    ['an anchor that is no commit here', async (r: ApplyRequest) => ({ ...r, trustAnchor: 'f'.repeat(40) })],
    [
      'a lock pushed without approvals',
      async (r: ApplyRequest) => {
        publish(h.commit(approved, { [PROD_LOCK]: lock('1.1', 3) }, 'author'));
        return r;
      },
    ],
    [
      'a policy that cannot even be read, pushed without approvals',
      async (r: ApplyRequest) => {
        publish(h.commit(approved, { 'roles.json': '{' }, 'author'));
        return r;
      },
    ],
  ] as const)('stops at %s, and the host is untouched', async (_name, prepare) => {
    await expect(runApply(ports, await prepare(request()))).rejects.toMatchObject({
      code: 'history-unverified',
    });
    await expect(runApplyPlan(ports, await prepare(request()))).rejects.toMatchObject({
      code: 'history-unverified',
    });
    expect(host.components.get('app')?.version).toBe('1.0');
  });

  it('keeps a second apply away from the same state', async () => {
    const release = await ports.runLock.take(join(world.clone, '.state'));
    await expect(runApply(ports, request())).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringContaining('another patchwarden'),
    });
    await release();
    expect(await runApply(ports, request())).toMatchObject({
      hosts: [{ state: expect.stringMatching(/equal|patched/) }],
    });
  });
});
