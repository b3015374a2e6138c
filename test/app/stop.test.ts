import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGit } from '../../src/adapters/git-simple-git.ts';
import { auditVerify } from '../../src/app/audit.ts';
import { documentsAt } from '../../src/app/documents-at.ts';
import { openEvidence } from '../../src/app/open-apply.ts';
import { runStop, type StopRequest } from '../../src/app/stop.ts';
import { stopJudge } from '../../src/app/stop-judge.ts';
import { publishStops, signStop, stopRequests } from '../../src/app/stop-requests.ts';
import { createWire } from '../../src/app/wire.ts';
import { type StopEntry, stopDigest } from '../../src/audit/verify-stop.ts';
import type { PolicyDocuments } from '../../src/contracts/policy-repository.ts';
import type { Git } from '../../src/ports/git.ts';
import { withStops } from '../../src/rollout/asked-stops.ts';
import { formatSigner } from '../../src/util/tlog/note-keys.ts';
import { logKey } from '../support/builders/evidence.ts';
import { createWorld, NOW, ROLES, type World } from '../support/git-fixtures.ts';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const key = logKey();

describe('runStop', () => {
  let world: World;
  let git: Git;
  let documents: PolicyDocuments;
  let at = Date.parse(NOW);
  const wire = createWire();
  const log = (d: PolicyDocuments) =>
    openEvidence(wire, git, d, { bot: world.keys.bot.key, log: join(world.dir, 'keys/log') });
  const stop = (over: Partial<StopRequest> = {}) => {
    at += 1000;
    const now = new Date(at).toISOString().replace('.000', '');
    const request = { scope: 'servers/prod', reason: 'looks odd', lift: false, by: world.keys.approver };
    return runStop({ git, clock: { now: () => now }, evidenceLog: log, keys: true }, { ...request, ...over });
  };

  beforeAll(async () => {
    const operator = { ...ROLES.roles, operator: ['person:ben'] };
    world = createWorld({
      'roles.json': json({ ...ROLES, roles: operator, log: { key: key.verifier.text } }),
    });
    git = await openGit(world.clone);
    documents = await documentsAt(git, world.anchor);
    mkdirSync(join(world.dir, 'keys'), { recursive: true });
    writeFileSync(join(world.dir, 'keys/log'), `${formatSigner(key.verifier, Buffer.alloc(32, 7))}\n`, {
      mode: 0o600,
    });
  });
  afterAll(() => world.dispose());

  it('halts and lifts as signed evidence that verifies; saying it twice writes once', async () => {
    const first = await stop();
    expect(first).toMatchObject({ scope: 'servers/prod', person: 'ben', written: true });
    expect(await stop()).toEqual({ ...first, written: false });
    expect(await stop({ lift: true, reason: 'was nothing' })).toMatchObject({
      halts: first.halts,
      written: true,
    });
    await expect(stop({ lift: true })).rejects.toMatchObject({ code: 'usage' });
    const entries = await log(documents).entries();
    expect(entries.map((e) => e.type)).toEqual(['halt', 'lift']);
    const ports = { git, log: { warn: () => undefined }, stateStore: wire.stateStore, policy: wire.policy };
    expect(await auditVerify(ports, { trustAnchor: undefined })).toMatchObject({ ok: true, problems: [] });
  });

  it.each([
    ['somebody who is no operator', { by: 'author' }, 'refused'],
    ['the bot', { by: 'bot' }, 'refused'],
    ['a scope that is none', { scope: '../x' }, 'usage'],
    ['a baseline that does not exist', { scope: 'severs' }, 'usage'],
    ['a ring that does not exist', { scope: 'servers/prood' }, 'usage'],
  ] as const)('refuses %s', async (_name, over, code) => {
    const by = 'by' in over ? { by: world.keys[over.by] } : {};
    const before = (await log(documents).entries()).length;
    await expect(stop({ ...over, ...by } as Partial<StopRequest>)).rejects.toMatchObject({ code });
    expect(await log(documents).entries()).toHaveLength(before);
  });

  describe('with the key of the operator alone', () => {
    const quiet = { warn: () => undefined };
    const alone = (over: Partial<StopRequest> = {}) => {
      at += 1000;
      const now = new Date(at).toISOString().replace('.000', '');
      const request = { scope: 'servers', reason: 'from a laptop', lift: false, by: world.keys.approver };
      const readOnly = (d: PolicyDocuments) => openEvidence(wire, git, d, undefined);
      return runStop(
        { git, clock: { now: () => now }, evidenceLog: readOnly, keys: false },
        { ...request, ...over },
      );
    };
    const asked = () => stopRequests(git, 'origin', quiet)();
    const entries = () => log(documents).entries();

    it('is put beside the log, where every controller finds it, and is entered by whoever writes next', async () => {
      const before = (await entries()).length;
      const halt = await alone();
      expect(halt).toMatchObject({ scope: 'servers', person: 'ben', written: true, recorded: false });
      expect(await alone()).toMatchObject({ halts: halt.halts, written: false });
      expect(await entries()).toHaveLength(before);
      const judge = stopJudge(git, world.anchor, documents.config.repository, quiet);
      const { missing } = await withStops(await entries(), await asked(), judge);
      expect(missing.map((e) => e.type === 'halt' && e.id)).toEqual(halt.halts);
      expect(await alone({ lift: true })).toMatchObject({ halts: halt.halts, written: true });
      // The next that has the keys enters both, and verification takes them like any other.
      await stop({ scope: 'all' });
      const after = (await entries()).slice(before);
      expect(after.map((e) => e.type)).toEqual(['halt', 'lift', 'halt']);
      expect((await withStops(await entries(), await asked(), judge)).missing).toEqual([]);
      const ports = { git, log: quiet, stateStore: wire.stateStore, policy: wire.policy };
      expect(await auditVerify(ports, { trustAnchor: undefined })).toMatchObject({ ok: true, problems: [] });
      await stop({ scope: 'all', lift: true });
    });

    it('is refused for who is no operator, and what others put there does not count', async () => {
      await expect(alone({ by: world.keys.author })).rejects.toMatchObject({ code: 'refused' });
      const before = (await asked()).length;
      const entry: StopEntry = {
        ...{ apiVersion: 'patchwarden/v1', type: 'halt', time: NOW, id: `sha256:${'9'.repeat(64)}` },
        ...{ scope: { kind: 'all' }, reason: 'mischief', by: 'person:ben' },
      };
      const head = world.anchor;
      const message = `Halt all\n\nmischief\n\nPatchwarden-Stop: ${stopDigest(documents.config.repository, entry)}\n`;
      const forged = await signStop(git, entry, { head, signer: world.keys.author, message });
      const garbage = await git.createCommit({
        ...{ base: null, parents: [head], message: 'x', signer: world.keys.author, at: NOW },
        files: new Map([['stop.json', '{"type":"halt"}']]),
      });
      await publishStops(git, 'origin', [forged, garbage]);
      expect(await asked()).toHaveLength(before + 1);
      const judge = stopJudge(git, world.anchor, documents.config.repository, quiet);
      expect((await withStops(await entries(), await asked(), judge)).missing).toEqual([]);
    });
  });

  it('is not believed when it is not signed, altered, or of another repository', async () => {
    const { halts } = await stop({ scope: 'debian:12:amd64/app=1.1' });
    const entry = (await log(documents).entries()).find(
      (e) => e.type === 'halt' && e.id === halts[0],
    ) as StopEntry;
    const warnings: string[] = [];
    const warn = (m: string) => void warnings.push(m);
    const judge = stopJudge(git, world.anchor, documents.config.repository, { warn });
    expect(await judge(entry)).toBe(true);
    const { object: _, ...unsigned } = entry;
    expect(await judge(unsigned as StopEntry)).toBe(false);
    expect(await judge({ ...entry, reason: 'another' })).toBe(false);
    expect(await judge({ ...entry, by: 'person:anna' })).toBe(false);
    expect(await judge({ ...entry, object: 'tree x\n' })).toBe(false);
    expect(await stopJudge(git, world.anchor, 'other', { warn })(entry)).toBe(false);
    expect(warnings).toHaveLength(5);
  });
});
