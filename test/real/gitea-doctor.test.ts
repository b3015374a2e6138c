import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWire } from '../../src/app/wire.ts';
import { runCli } from '../../src/cli/cli.ts';
import { KEY } from '../support/evidence-world.ts';
import { BASELINE, CONFIG, createWorld, git, ROLES, rawCommit, type World } from '../support/git-fixtures.ts';
import type { Who } from '../support/keys.ts';
import { must } from './support/gitea-api.ts';
import { type GiteaPeople, giteaPeople } from './support/gitea-people.ts';
import { whyNoGitea } from './support/gitea-server.ts';

interface Check {
  readonly code: string;
  readonly level: string;
  readonly remedy?: string;
}

const why = whyNoGitea();
const EVIDENCE = 'patchwarden/evidence';
/** As the remedies of doctor have it. */
const MAIN = {
  ...{ enable_push: false, required_approvals: 1, dismiss_stale_approvals: true, enable_force_push: false },
  ...{ enable_status_check: true, status_check_contexts: ['patchwarden/change'] },
  block_admin_merge_override: true,
};
const LOG = { enable_push: true, enable_push_whitelist: true, push_whitelist_usernames: ['bot'] };
const PERSON: Readonly<Record<string, Who>> = {
  ...{ anna: 'author', ben: 'approver', cleo: 'approver2', mia: 'merger' },
};

describe.skipIf(why !== undefined)(`doctor on Gitea${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  let people: GiteaPeople;
  let world: World;
  let name = '';
  beforeAll(async () => {
    people = await giteaPeople();
    const { gitea, who } = people;
    name = await people.repository(['approver']);
    const [owner = '', repo = ''] = name.split('/');
    const forge = { kind: 'gitea', owner, repo, baseUrl: `${gitea.url}/api/v1` };
    const accounts = ROLES.people.map((p) => ({
      ...p,
      accounts: [who[PERSON[p.id] ?? 'outsider'].account],
    }));
    const roles = {
      ...{ ...ROLES, people: accounts, bot: { ...ROLES.bot, accounts: [who.bot.account] } },
      log: { key: KEY.verifier.text },
    };
    // With a ring that merges by itself the forge would have to count no reviews.
    const rings = BASELINE.rings.map((ring) => ({ ...ring, merge: 'human' }));
    world = createWorld({
      'patchwarden.json': JSON.stringify({ ...CONFIG, forge }),
      'roles.json': JSON.stringify(roles),
      'baselines/servers.json': JSON.stringify({ ...BASELINE, rings }),
    });
    git(world.clone, [
      'remote',
      'set-url',
      'origin',
      gitea.gitUrl(name, { user: 'bot', token: who.bot.token }),
    ]);
    git(world.clone, ['push', '-q', 'origin', 'main']);
  });
  afterAll(async () => {
    world?.dispose();
    await people?.stop();
  });

  async function examine(token = people.who.bot.token) {
    let [out, err] = ['', ''];
    const quiet = { info: () => undefined, warn: () => undefined };
    const code = await runCli(['doctor', '--trust-anchor', world.anchor, '--format', 'json'], {
      ...{ cwd: world.clone, isTty: false, env: { PATCHWARDEN_FORGE_TOKEN: token } },
      wire: { ...createWire(), log: quiet },
      out: (text) => void (out += text),
      err: (text) => void (err += text),
    });
    expect(err).toBe('');
    const { checks } = JSON.parse(out) as { readonly checks: readonly Check[] };
    for (const c of checks) if (c.level !== 'ok') expect(c.remedy, c.code).toMatch(/\w{4}/);
    const wrong = checks.filter((c) => c.level === 'fail' || c.level === 'warn');
    return { code, checks, wrong: wrong.map((c) => `${c.level} ${c.code}`) };
  }
  const change = async (branch: string, rule: object) => {
    const path = `/repos/${name}/branch_protections/${encodeURIComponent(branch)}`;
    await must(people.gitea.admin('PATCH', path, rule));
  };
  const hidden = async (is: boolean) => {
    await must(people.gitea.admin('PATCH', `/repos/${name}`, { private: is }));
  };
  /** What Gitea says to a push of the bot. */
  const refusal = (...args: string[]): string => {
    try {
      git(world.clone, ['push', '-q', 'origin', ...args]);
      return '';
    } catch (error) {
      return String((error as { readonly stderr?: Buffer }).stderr);
    }
  };

  it('an open repository fails at each rule that is missing', async () => {
    await hidden(true);
    const { code, wrong } = await examine();
    expect(code).toBe(1);
    expect(wrong).toEqual([
      'fail branch-protected',
      'fail pull-requests-required',
      'fail reviews-required',
      'fail stale-reviews',
      'fail check-required',
      'fail branch-rewrites',
      'warn nobody-bypasses',
      'fail bot-bypass',
      'fail evidence-rewrites',
      'warn state-refs',
    ]);
  });

  describe('protected as it asked for', () => {
    beforeAll(async () => {
      await hidden(true);
      await people.gitea.protect(name, 'main', MAIN);
      await people.gitea.protect(name, EVIDENCE, LOG);
    });

    it('nothing fails', async () => {
      const { code, wrong } = await examine();
      expect(wrong).toEqual(['warn state-refs']);
      expect(code).toBe(0);
    });

    it.each<[string, string, object, object, string]>([
      ['no reviews', 'main', { required_approvals: 0 }, MAIN, 'fail reviews-required'],
      ['reviews that stay', 'main', { dismiss_stale_approvals: false }, MAIN, 'fail stale-reviews'],
      ['no check', 'main', { enable_status_check: false }, MAIN, 'fail check-required'],
      ['another check', 'main', { status_check_contexts: ['ci'] }, MAIN, 'fail check-required'],
      [
        'administrators who may pass',
        'main',
        { block_admin_merge_override: false },
        MAIN,
        'warn nobody-bypasses',
      ],
      [
        'a bot that may push',
        'main',
        { enable_push: true, enable_push_whitelist: true, push_whitelist_usernames: ['bot'] },
        { ...MAIN, enable_push_whitelist: false, push_whitelist_usernames: [] },
        'fail bot-bypass',
      ],
      [
        'everybody who may push',
        'main',
        { enable_push: true, enable_push_whitelist: false },
        MAIN,
        'fail pull-requests-required',
      ],
      ['a log that nobody may write', EVIDENCE, { enable_push: false }, LOG, 'fail evidence-writable'],
    ])('sees %s', async (_what, branch, rule, before, expected) => {
      await change(branch, rule);
      try {
        const { code, wrong } = await examine();
        expect(wrong).toContain(expected);
        expect(code).toBe(expected.startsWith('fail') ? 1 : 0);
      } finally {
        await change(branch, before);
      }
    });

    it('sees a public repository, the token of a person, and one that is over', async () => {
      await hidden(false);
      expect((await examine()).wrong).toEqual(['warn repository-public', 'warn state-refs']);
      const person = await examine(people.who.approver.token);
      expect(person.wrong).toContain('fail forge-account');
      // Who does not administrate is not shown the rules.
      expect(person.checks.filter((c) => c.level === 'unknown').map((c) => c.code)).toContain(
        'reviews-required',
      );
      const over = await examine('1'.repeat(40));
      expect(over.wrong).toContain('fail forge-token');
      expect(over.code).toBe(3);
    });

    // The last one: what it pushes is no log.
    it('what it says is so', async () => {
      const next = rawCommit(world.clone, {
        ...{ base: world.anchor, parents: [world.anchor], message: 'x\n', signer: world.keys.bot },
        files: { 'x.txt': 'x\n' },
      });
      expect(refusal(`${next}:refs/heads/main`)).toMatch(/protected branch main/);
      expect(refusal(`${next}:refs/heads/${EVIDENCE}`)).toBe('');
      expect(refusal('-f', `${world.anchor}:refs/heads/${EVIDENCE}`)).toMatch(/force.push|protected/i);
      expect(refusal(`:refs/heads/${EVIDENCE}`)).toMatch(/protected/);
      expect(refusal(`${world.anchor}:refs/patchwarden/x`)).toBe('');
      expect(refusal(':refs/patchwarden/x')).toBe('');
    });
  });
});
