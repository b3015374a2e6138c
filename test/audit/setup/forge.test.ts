import { describe, expect, it } from 'vitest';
import { githubInspector } from '../../../src/adapters/forge-inspect-github.ts';
import { createPace } from '../../../src/adapters/forge-pace.ts';
import { judgeForge } from '../../../src/audit/setup/forge.ts';
import { judgeForgeClock } from '../../../src/audit/setup/surroundings.ts';
import type { Config } from '../../../src/contracts/generated/config.ts';
import { type DoctorCheck, gravityOf } from '../../../src/domain/doctor.ts';
import { instantOf } from '../../../src/domain/time.ts';
import { ROLES } from '../../support/git-fixtures.ts';
import { type Fault, unavailable } from '../../support/github/faults.ts';
import type { Protection } from '../../support/github/state.ts';
import { githubTable, WORLD } from '../../support/github/table.ts';
import type { World } from '../../support/github/world.ts';

const START = Date.UTC(2024, 9, 24, 12);
const CHECKS = [{ context: 'patchwarden/change' }];
const MAIN: Protection = { approvals: 1, dismissStale: true, checks: CHECKS, ruleset: true };
const EVIDENCE: Protection = { ruleset: true };
const CLASSIC: Protection = { ...MAIN, ruleset: false, enforceAdmins: true };

const people = ROLES.people.map((p, i) => ({ ...p, accounts: [`github:${2001 + i}`] }));
/** The bot is `will`, who has the number 1002. */
const roles = { ...ROLES, people, bot: { ...ROLES.bot, accounts: ['github:1002'] } };

interface SetUp {
  readonly world?: Partial<World>;
  readonly main?: Protection | null;
  readonly evidence?: Protection | null;
  readonly token?: string;
  readonly roles?: typeof ROLES;
  readonly disclose?: Config['disclose'];
  readonly ours?: number;
  readonly autoRings?: boolean;
  readonly fault?: Fault;
}

const tokens = { ...WORLD.tokens, bot: { user: 'will', scopes: ['repo'] } };

async function examine(setUp: SetUp = {}) {
  const { main = MAIN, evidence = EVIDENCE, fault } = setUp;
  const protection = {
    ...(main ? { main } : {}),
    ...(evidence ? { 'patchwarden/evidence': evidence } : {}),
  };
  const { hub, push } = githubTable({
    world: { ...WORLD, tokens, protection, ...setUp.world },
    ...(fault === undefined ? {} : { fault: () => fault }),
  });
  push('patchwarden/evidence');
  const now = instantOf(setUp.ours ?? START);
  const clock = { now: () => now, sleep: async () => undefined };
  const inspector = await githubInspector(
    { owner: WORLD.owner, repo: WORLD.repo, baseUrl: 'https://api.github.com' },
    { token: setUp.token ?? 'bot' },
    {
      ...{ clock, log: { warn: () => undefined }, pace: createPace({ clock }), retryMs: 0, spacing: false },
      fetch: (url, init) => hub.handle(new Request(url, init)),
    },
  );
  const inspection = await inspector.inspect({ base: 'main', evidence: 'patchwarden/evidence' });
  const checks: readonly DoctorCheck[] = [
    ...judgeForge(inspection, {
      ...{ kind: 'github', roles: setUp.roles ?? roles, now, autoRings: setUp.autoRings ?? false },
      config: setUp.disclose ? { disclose: setUp.disclose } : {},
    }),
    ...(inspection.kind === 'asked' ? [judgeForgeClock(inspection.facts.skewSeconds)] : []),
  ];
  expect(hub.violations).toEqual([]);
  expect(new Set(hub.log.map((l) => l.method))).toEqual(new Set(['GET']));
  return checks;
}

const levels = (checks: readonly DoctorCheck[], level: DoctorCheck['level']) =>
  checks.filter((c) => c.level === level).map((c) => c.code);

describe('rings that merge by themselves on GitHub', () => {
  const of = async (setUp: SetUp, code: string) =>
    (await examine({ autoRings: true, ...setUp })).find((c) => c.code === code);
  const NONE: Protection = { ...MAIN, approvals: 0 };

  it.each<[string, SetUp, object]>([
    ['merge where the check alone is required', { main: NONE }, { level: 'ok' }],
    [
      'are left to people without the check',
      { main: { approvals: 0, ruleset: true } },
      { level: 'warn', sentence: expect.stringContaining('nothing holds back') },
    ],
    [
      'wait for reviews that are required of all',
      {},
      { level: 'warn', sentence: expect.stringContaining('waits for 1') },
    ],
    [
      'are left to people where auto-merge is off',
      { main: NONE, world: { allowAutoMerge: false } },
      { level: 'warn', remedy: 'allow auto-merge in its settings' },
    ],
    [
      'are nothing where there are none',
      { autoRings: false, world: { allowAutoMerge: false } },
      { level: 'ok' },
    ],
  ])('%s', async (_case, setUp, expected) => {
    expect(await of(setUp, 'auto-merge')).toMatchObject(expected);
  });

  it('need no reviews of the branch, for the check counts them', async () => {
    expect(await of({ main: NONE }, 'reviews-required')).toMatchObject({ level: 'ok' });
    expect(await of({ main: NONE, autoRings: false }, 'reviews-required')).toMatchObject({ level: 'fail' });
    const open: Protection = { approvals: 0, ruleset: true };
    expect(await of({ main: open }, 'reviews-required')).toMatchObject({ level: 'fail' });
  });
});

describe('the set-up on GitHub', () => {
  it('is good with a ruleset and the token of the bot; what only administrators see stays unknown', async () => {
    const checks = await examine();
    expect(levels(checks, 'fail')).toEqual([]);
    expect(levels(checks, 'warn')).toEqual(['state-refs']);
    expect(levels(checks, 'unknown')).toEqual(['nobody-bypasses']);
    expect(checks.map(gravityOf).every((g) => g === 'fine')).toBe(true);
    expect(new Set(checks.map((c) => c.code)).size).toBe(checks.length);
  });

  it('is read from a branch protection by an administrator alone', async () => {
    const good = { roles: { ...roles, bot: { ...ROLES.bot, accounts: ['github:1001'] } }, token: 'ada' };
    const seen = await examine({ ...good, main: CLASSIC });
    expect(levels(seen, 'fail')).toEqual([]);
    expect(levels(seen, 'unknown')).toEqual([]);
    const hidden = await examine({ main: CLASSIC });
    const codes = ['branch-protected', 'pull-requests-required', 'reviews-required', 'stale-reviews'];
    expect(levels(hidden, 'unknown')).toEqual([
      ...codes,
      ...['check-required', 'branch-rewrites', 'nobody-bypasses', 'bot-bypass'],
    ]);
    expect(hidden.map(gravityOf)).toContain('unasked');
  });

  it.each<[string, DoctorCheck['code'], 'warn' | 'fail', RegExp, RegExp, SetUp]>([
    ['no protection', 'branch-protected', 'fail', /not protected/, /ruleset for main/, { main: null }],
    [
      'pushes past pull requests',
      'pull-requests-required',
      'fail',
      /without a pull request/,
      /require pull requests/,
      { main: { ruleset: true, checks: CHECKS } },
    ],
    [
      'fewer reviews than roles.json wants',
      'reviews-required',
      'fail',
      /needs 1 .* asks for 2/,
      /require 2/,
      { roles: { ...roles, approvals: { required: 2 } } },
    ],
    [
      'reviews of older commits',
      'stale-reviews',
      'fail',
      /stays/,
      /dismiss stale/,
      { main: { ...MAIN, dismissStale: false } },
    ],
    [
      'another check',
      'check-required',
      'fail',
      /need not pass/,
      /patchwarden\/change/,
      { main: { ...MAIN, checks: [{ context: 'ci' }] } },
    ],
    [
      'force-pushes',
      'branch-rewrites',
      'fail',
      /main can be rewritten$/,
      /forbid/,
      { main: { ...MAIN, allowForcePushes: true } },
    ],
    [
      'deletion',
      'branch-rewrites',
      'fail',
      /main can be deleted$/,
      /forbid/,
      { main: { ...MAIN, allowDeletions: true } },
    ],
    [
      'the bot on the bypass list',
      'bot-bypass',
      'fail',
      /past the rules/,
      /take it off/,
      { main: { ...MAIN, bypass: ['will'] } },
    ],
    [
      'administrators who are not included',
      'nobody-bypasses',
      'warn',
      /administrators/,
      /include administrators/,
      { main: { ...CLASSIC, enforceAdmins: false }, token: 'ada' },
    ],
    [
      'a bot that is an administrator',
      'bot-bypass',
      'fail',
      /past the rules/,
      /no administrator/,
      { main: { ...CLASSIC, enforceAdmins: false }, token: 'ada' },
    ],
    [
      'somebody on the bypass list of a protection',
      'nobody-bypasses',
      'warn',
      /on a list/,
      /empty the bypass/,
      { main: { ...CLASSIC, bypass: ['tess'] }, token: 'ada' },
    ],
    [
      'a log that can be rewritten',
      'evidence-rewrites',
      'fail',
      /patchwarden\/evidence can be rewritten and deleted/,
      /forbid/,
      { evidence: null },
    ],
    [
      'a log that the bot may not write',
      'evidence-writable',
      'fail',
      /keep the bot/,
      /rule of its own/,
      { evidence: { ...EVIDENCE, approvals: 1 } },
    ],
    [
      'the token of a person',
      'forge-account',
      'fail',
      /who is anna/,
      /bot\.accounts/,
      { roles: { ...roles, people: people.map((p) => ({ ...p, accounts: ['github:1001'] })) }, token: 'ada' },
    ],
    ['the token of a stranger', 'forge-account', 'fail', /knows no github:1001/, /App/, { token: 'ada' }],
    [
      'too many scopes',
      'token-grants',
      'warn',
      /admin:org, delete_repo/,
      /App/,
      {
        world: {
          tokens: { bot: { user: 'will', scopes: ['repo', 'read:org', 'admin:org', 'delete_repo'] } },
        },
      },
    ],
    [
      'an account that may only read',
      'token-grants',
      'fail',
      /may not push/,
      /role write/,
      { token: 'rita' },
    ],
    [
      'a token that soon ends',
      'token-expiry',
      'warn',
      /ends at 2024-11-01T00:00:00Z/,
      /next one/,
      {
        world: {
          tokens: { bot: { user: 'will', scopes: ['repo'], expiresAt: Date.UTC(2024, 10, 1) } },
        },
      },
    ],
    [
      'a token that has ended',
      'forge-token',
      'fail',
      /401/,
      /new token/,
      { world: { tokens: { bot: { user: 'will', scopes: ['repo'], expiresAt: START - 1 } } } },
    ],
    [
      'approvers without accounts',
      'approver-accounts',
      'fail',
      /anna, ben, cleo/,
      /github:<number>/,
      { roles: { ...roles, people: ROLES.people } },
    ],
    [
      'one approver without an account',
      'approver-accounts',
      'warn',
      /^cleo may/,
      /github:<number>/,
      { roles: { ...roles, people: people.map((p) => (p.id === 'cleo' ? { ...p, accounts: [] } : p)) } },
    ],
    ['a public repository', 'repository-public', 'warn', /public/, /private/, { world: { private: false } }],
    [
      'a public repository with names',
      'repository-public',
      'fail',
      /names/,
      /disclose/,
      { world: { private: false }, disclose: 'names' },
    ],
    ['a clock that is behind', 'clock', 'fail', /90 s|89 s|91 s/, /chrony/, { ours: START - 91_000 }],
    ['no answer', 'forge-answers', 'fail', /could not be asked/, /again/, { fault: { before: 'drop' } }],
    ['a 502', 'forge-answers', 'fail', /502/, /again/, { fault: { before: unavailable(502) } }],
  ])('%s: %s', async (_what, code, level, sentence, remedy, setUp) => {
    const found = (await examine(setUp)).find((c) => c.code === code);
    expect(found).toMatchObject({ code, level, sentence: expect.stringMatching(sentence) });
    expect(found).toMatchObject({ remedy: expect.stringMatching(remedy) });
  });

  it('agrees with the same rules as ruleset and as protection, whoever may see both', async () => {
    const told = async (main: Protection) =>
      (await examine({ main, token: 'ada' }))
        .filter((c) => c.code !== 'nobody-bypasses' && c.code !== 'bot-bypass')
        .map((c) => [c.code, c.level, c.sentence]);
    for (const change of [{}, { dismissStale: false }, { allowForcePushes: true }, { checks: [] }])
      expect(await told({ ...CLASSIC, ...change })).toEqual(await told({ ...MAIN, ...change }));
  });

  it('is bounded: minutes apart fail, a minute does not', async () => {
    const at = async (ours: number) => (await examine({ ours })).find((c) => c.code === 'clock')?.level;
    expect(await at(START - 60_000)).toBe('ok');
    expect(await at(START + 60_000)).toBe('ok');
    expect(await at(START + 120_000)).toBe('fail');
  });
});

describe('the exit that a check asks for', () => {
  it.each<[SetUp, ReturnType<typeof gravityOf>]>([
    [{ fault: { before: 'drop' } }, 'unasked'],
    [{ main: null }, 'refused'],
    [{ main: CLASSIC }, 'unasked'],
  ])('%j: %s', async (setUp, gravity) => {
    expect((await examine(setUp)).map(gravityOf)).toContain(gravity);
  });
});
