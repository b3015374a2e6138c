import { describe, expect, it } from 'vitest';
import { expediteAsks, expediteRefusal } from '../../src/app/expedite-asks.ts';
import type { Roles } from '../../src/contracts/generated/roles.ts';
import { branchOf } from '../../src/domain/proposal.ts';
import type { Asker, PullRequest } from '../../src/ports/forge.ts';
import { ringedBaseline } from '../support/builders/rings.ts';
import { ROLES } from '../support/git-fixtures.ts';

const roles: Roles = {
  ...ROLES,
  people: [
    { id: 'olga', principals: ['olga@example.org'], accounts: ['github:1', 'gitea:1'], teams: ['ops'] },
    { id: 'ravi', principals: ['ravi@example.org'], accounts: ['github:2'], teams: ['ops'] },
    { id: 'mei', principals: ['mei@example.org'], accounts: ['github:3'] },
  ],
  bot: { principals: ['bot@example.org'], accounts: ['github:9'] },
  roles: { ...ROLES.roles, approver: ['person:ravi'], operator: ['person:olga', 'person:mei'] },
};
const one = { ...ringedBaseline({ id: 'one' }), rings: ringedBaseline().rings.slice(0, 1) };
const pull = (over: Partial<PullRequest> = {}): PullRequest => ({
  ...{
    number: 7,
    kind: 'remediate',
    scope: 'servers/canary',
    branch: branchOf('remediate', 'servers/canary'),
  },
  ...{ base: 'main', head: 'h', tip: 'h', foreign: false, title: 't', body: 'b', contentDigest: 'd' },
  ...{ state: 'open', openedBy: 'bot', openedAt: '', asks: ['expedite'], approvals: [], merge: null },
  ...{ closeReason: null, closedBy: null },
  ...over,
});
/** Signatures of commits, by their id. */
const SIGNED: Readonly<Record<string, string>> = { c1: 'olga@example.org', c2: 'ravi@example.org' };
const ask = async (given: PullRequest, asker: Asker | undefined) => {
  const asked: number[] = [];
  const deps = {
    forge: {
      asker: async (number: number) => {
        asked.push(number);
        return asker;
      },
    },
    git: {
      verifyCommit: async (id: string) =>
        SIGNED[id] === undefined
          ? ({ valid: false, reason: 'unknown-key' } as const)
          : ({ valid: true, principal: SIGNED[id] } as never),
    },
    ...{ roles, allowedSigners: '', baselines: [ringedBaseline(), one] },
  };
  return { ...(await expediteAsks(deps, [given])), asked };
};

describe('expediteAsks', () => {
  it.each<[string, Partial<PullRequest>, Asker | undefined, string | RegExp]>([
    ['an operator of a team, by account', {}, { account: 'github:1' }, 'olga'],
    ['the same on another forge', {}, { account: 'gitea:1' }, 'olga'],
    ['the same, by signature', {}, { commit: 'c1' }, 'olga'],
    ['at a promotion', { kind: 'promote', scope: 'servers/prod' }, { account: 'github:1' }, 'olga'],
    ['an approver', {}, { account: 'github:2' }, /ravi does not have the role operator/],
    ['an operator of no team', {}, { account: 'github:3' }, /mei is in no team/],
    ['the bot', {}, { account: 'github:9' }, /the bot cannot/],
    ['an account of nobody', {}, { account: 'github:77' }, /github:77 is nobody/],
    ['a key of nobody', {}, { commit: 'c9' }, /c9 is nobody .* does not verify/],
    ['whom the forge does not tell', {}, undefined, /does not say who/],
    ['at what goes back', { kind: 'rollback' }, { account: 'github:1' }, /only patches and promotions/],
    ['where there is one ring', { scope: 'one/canary' }, { account: 'github:1' }, /one ring/],
    ['where there is no baseline', { scope: 'gone/canary' }, { account: 'github:1' }, /one ring/],
  ])('%s', async (_case, over, asker, expected) => {
    const { granted, refused } = await ask(pull(over), asker);
    if (typeof expected === 'string') {
      expect([granted.map((g) => g.person), refused]).toEqual([[expected], []]);
      return;
    }
    expect(granted).toEqual([]);
    expect(refused.map((r) => r.why)).toEqual([expect.stringMatching(expected)]);
    expect(refused.map(expediteRefusal)).toEqual([expect.stringContaining('`patchwarden/expedite`')]);
  });

  it.each<[string, Partial<PullRequest>]>([
    ['without the label', { asks: ['hold'] }],
    ['of a person', { kind: 'manual' }],
    ['with a commit of a person', { foreign: true }],
  ])('asks nobody about a pull request %s', async (_case, over) => {
    expect(await ask(pull(over), { account: 'github:1' })).toEqual({ granted: [], refused: [], asked: [] });
  });
});
