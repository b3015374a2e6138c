import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGit } from '../../src/adapters/git-simple-git.ts';
import { auditVerify } from '../../src/app/audit.ts';
import { documentsAt } from '../../src/app/documents-at.ts';
import { openEvidence } from '../../src/app/open-apply.ts';
import { runStop, type StopRequest } from '../../src/app/stop.ts';
import { stopJudge } from '../../src/app/stop-judge.ts';
import { createWire } from '../../src/app/wire.ts';
import type { StopEntry } from '../../src/audit/verify-stop.ts';
import type { PolicyDocuments } from '../../src/contracts/policy-repository.ts';
import type { Git } from '../../src/ports/git.ts';
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
    return runStop({ git, clock: { now: () => now }, evidenceLog: log }, { ...request, ...over });
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
