import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { githubInspector } from '../../src/adapters/forge-inspect-github.ts';
import { createPace } from '../../src/adapters/forge-pace.ts';
import { createWire, type Wire } from '../../src/app/wire.ts';
import { runCli } from '../../src/cli/cli.ts';
import { PatchwardenError } from '../../src/domain/errors.ts';
import { buildSnapshot } from '../../src/observe/snapshot.ts';
import { formatSigner } from '../../src/util/tlog/note-keys.ts';
import { createEvidenceWorld, type EvidenceWorld, KEY } from '../support/evidence-world.ts';
import { CONFIG, createWorld, git, NOW, ROLES } from '../support/git-fixtures.ts';
import { githubTable, WORLD } from '../support/github/table.ts';

interface Check {
  readonly area: string;
  readonly code: string;
  readonly level: string;
  readonly sentence: string;
  readonly remedy?: string;
}

async function run(cwd: string, argv: readonly string[], over: Partial<Wire> = {}, env = {}) {
  let [out, err] = ['', ''];
  const quiet = { info: () => undefined, warn: () => undefined };
  const wire = { ...createWire(), log: quiet, clock: { now: () => NOW, sleep: async () => undefined } };
  const code = await runCli(['doctor', ...argv], {
    ...{ cwd, env, isTty: false, wire: { ...wire, ...over } },
    out: (text) => void (out += text),
    err: (text) => void (err += text),
  });
  return { code, out, err };
}

async function report(...args: Parameters<typeof run>) {
  const [cwd, argv, ...more] = args;
  const { code, out, err } = await run(cwd, [...argv, '--format', 'json'], ...more);
  expect(err).toBe('');
  const { checks } = JSON.parse(out) as { readonly checks: readonly Check[] };
  const level = (wanted: string) => checks.find((c) => c.code === wanted)?.level;
  return { code, checks, level };
}

describe('doctor on the embedded forge', () => {
  let w: EvidenceWorld;
  let keys: readonly string[];
  beforeAll(async () => {
    w = await createEvidenceWorld();
    const file = join(w.world.dir, 'log.key');
    writeFileSync(file, `${formatSigner(KEY.verifier, Buffer.alloc(32, 7))}\n`, { mode: 0o600 });
    keys = ['--trust-anchor', w.world.anchor, '--bot-key', w.world.keys.bot.key, '--log-key', file];
    return () => w.world.dispose();
  });
  afterEach(() => {
    w.reset();
    git(w.world.clone, ['clean', '-qfd']);
    for (const key of ['denyNonFastForwards', 'denyDeletes'])
      git(w.world.origin, ['config', `receive.${key}`, 'false']);
    rmSync(join(w.world.origin, 'hooks'), { recursive: true, force: true });
  });

  it('ends 0 where nothing fails, says what nobody can see, and moves no reference of the remote', async () => {
    const refs = git(w.world.origin, ['for-each-ref']);
    const { code, checks } = await report(w.world.clone, keys);
    expect(checks.filter((c) => c.level === 'fail')).toEqual([]);
    expect(code).toBe(0);
    expect(checks.filter((c) => c.level !== 'ok').map((c) => [c.code, c.level])).toEqual([
      ['remote-rewrites', 'warn'],
      ['other-patchers', 'unknown'],
    ]);
    expect(new Set(checks.map((c) => c.area))).toEqual(
      new Set(['clone', 'signers', 'forge', 'clocks', 'hosts']),
    );
    expect(git(w.world.origin, ['for-each-ref'])).toBe(refs);
    expect(git(w.world.clone, ['status', '--porcelain'])).toBe('');
  });

  it('shows each area to people, with remedies below what is wrong', async () => {
    const { out } = await run(w.world.clone, keys);
    expect(out).toMatch(/^The clone\n {2}ok {7}git-version: git is \d/);
    expect(out).toMatch(/warn {5}remote-rewrites: .+\n {11}→ add an update hook/);
    expect(out).toMatch(/\n\d+ ok, 1 warnings, 0 failed, 1 unknown\n$/);
  });

  it.each<[string, () => readonly string[], string, string, number]>([
    ['no trust anchor', () => keys.slice(2), 'trust-anchor', 'fail', 5],
    [
      'an anchor that is no commit',
      () => ['--trust-anchor', 'main', ...keys.slice(2)],
      'trust-anchor',
      'fail',
      5,
    ],
    [
      'an anchor that is elsewhere',
      () => ['--trust-anchor', w.approval, ...keys.slice(2)],
      'trust-anchor',
      'fail',
      5,
    ],
    [
      'a commit past all approvals',
      () => {
        w.pushStraight({ 'roles.json': JSON.stringify(ROLES) });
        return keys;
      },
      'history',
      'fail',
      5,
    ],
    [
      'the key of a person',
      () => [...keys.slice(0, 2), '--bot-key', w.world.keys.approver.key],
      'bot-key',
      'fail',
      5,
    ],
    ['a file that is no key', () => [...keys.slice(0, 2), '--log-key', 'HEAD'], 'log-key', 'fail', 5],
    ['no keys', () => keys.slice(0, 2), 'bot-key', 'unknown', 0],
    [
      'a clone with changes',
      () => {
        writeFileSync(join(w.world.clone, 'notes.txt'), 'x');
        return keys;
      },
      'clone-clean',
      'fail',
      1,
    ],
    [
      'a remote that refuses to rewrite branches',
      () => {
        git(w.world.origin, ['config', 'receive.denyNonFastForwards', 'true']);
        git(w.world.origin, ['config', 'receive.denyDeletes', 'true']);
        return keys;
      },
      'remote-refresh',
      'fail',
      1,
    ],
    [
      'a remote with a hook',
      () => {
        mkdirSync(join(w.world.origin, 'hooks'));
        writeFileSync(join(w.world.origin, 'hooks', 'update'), '#!/bin/sh\n');
        chmodSync(join(w.world.origin, 'hooks', 'update'), 0o755);
        return keys;
      },
      'remote-rewrites',
      'unknown',
      0,
    ],
  ])('%s', async (_what, prepare, code, level, exit) => {
    const told = await report(w.world.clone, prepare());
    expect(told.level(code)).toBe(level);
    expect(told.checks.find((c) => c.code === code)?.remedy).toMatch(/\w{4}/);
    expect(told.code).toBe(exit);
  });

  it('the worst of several wins, and a remote that does not answer leaves what the clone has', async () => {
    git(w.world.clone, ['remote', 'set-url', 'origin', join(w.world.dir, 'nowhere')]);
    const gone = await report(w.world.clone, keys.slice(0, 2));
    git(w.world.clone, ['remote', 'set-url', 'origin', w.world.origin]);
    expect(gone.level('remote-answers')).toBe('fail');
    expect(gone.level('remote-rewrites')).toBe('unknown');
    expect(gone.level('signer-keys')).toBe('ok');
    expect(gone.code).toBe(3);
  });

  it('a clock that is behind the evidence, and programs that are missing', async () => {
    const clock = { now: () => '2024-10-24T11:00:00Z', sleep: async () => undefined };
    expect((await report(w.world.clone, keys, { clock })).level('clock')).toBe('fail');
    const { programs } = createWire();
    const old = { ...programs, gitVersion: async () => '2.33.8', hasSshKeygen: async () => false };
    const { code, checks } = await report(w.world.clone, keys, { programs: old });
    expect(checks.map((c) => [c.code, c.level])).toEqual([
      ['git-version', 'fail'],
      ['ssh-keygen', 'fail'],
    ]);
    expect(code).toBe(1);
  });

  it('what a scan knows of other patchers', async () => {
    const state = join(w.world.clone, '.state', 'fleet');
    const { manifest } = buildSnapshot('fleet', { assets: [], components: [], origins: [] }, NOW);
    const hex = manifest.digest.replace('sha256:', '');
    mkdirSync(join(state, hex), { recursive: true });
    writeFileSync(join(state, 'manifest.json'), JSON.stringify(manifest));
    writeFileSync(
      join(state, hex, 'facts.json'),
      JSON.stringify({ a: { otherPatchers: ['unattended-upgrades'] }, b: {} }),
    );
    const { checks } = await report(w.world.clone, keys);
    expect(checks.find((c) => c.code === 'other-patchers')).toMatchObject({
      level: 'warn',
      sentence: 'unattended-upgrades on 1 of 2 hosts',
    });
  });

  it('a directory that is no repository ends 2', async () => {
    expect((await run(w.world.dir, keys)).code).toBe(2);
  });
});

describe('doctor on GitHub', () => {
  const roles = {
    ...ROLES,
    people: ROLES.people.map((p, i) => ({ ...p, accounts: [`github:${2001 + i}`] })),
    bot: { ...ROLES.bot, accounts: ['github:1002'] },
    log: { key: KEY.verifier.text },
  };
  const config = { ...CONFIG, forge: { kind: 'github', owner: WORLD.owner, repo: WORLD.repo } };
  const rules = { approvals: 1, dismissStale: true, checks: [{ context: 'patchwarden/change' }] };
  const protection = { main: { ...rules, ruleset: true }, 'patchwarden/evidence': { ruleset: true } };

  /** The whole verb over the stand-in. */
  async function examine(env: Readonly<Record<string, string>>, secure = true) {
    const world = createWorld({
      'patchwarden.json': JSON.stringify(config),
      'roles.json': JSON.stringify(roles),
    });
    const { hub } = githubTable({ world: { ...WORLD, ...(secure ? { protection } : {}) } });
    const forgeInspector: Wire['forgeInspector'] = async ({ clock, log, credentials }) => {
      if (credentials.token === undefined) throw new PatchwardenError('usage', 'the forge needs a token');
      return githubInspector(
        { owner: WORLD.owner, repo: WORLD.repo, baseUrl: 'https://api.github.com' },
        { token: credentials.token },
        {
          ...{ clock, log, pace: createPace({ clock }), retryMs: 0, spacing: false },
          fetch: (url, init) => hub.handle(new Request(url, init)),
        },
      );
    };
    try {
      return {
        ...(await report(world.clone, ['--trust-anchor', world.anchor], { forgeInspector }, env)),
        hub,
      };
    } finally {
      world.dispose();
    }
  }

  it('is examined with the token of the environment, by GET alone', async () => {
    const { code, checks, hub } = await examine({ PATCHWARDEN_FORGE_TOKEN: 'will' });
    expect(checks.filter((c) => c.level === 'fail')).toEqual([]);
    expect(code).toBe(0);
    expect(hub.log.length).toBeGreaterThan(5);
    expect(hub.log.filter((l) => l.method !== 'GET')).toEqual([]);
    expect(hub.violations).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, string>>, boolean, string, number]>([
    ['without rules', { PATCHWARDEN_FORGE_TOKEN: 'will' }, false, 'branch-protected', 1],
    ['with a wrong token', { PATCHWARDEN_FORGE_TOKEN: 'old' }, true, 'forge-token', 3],
    ['without a token', {}, true, 'forge-token', 3],
  ])('%s', async (_what, env, secure, code, exit) => {
    const told = await examine(env, secure);
    expect(told.level(code)).toBe('fail');
    expect(told.code).toBe(exit);
  });
});
