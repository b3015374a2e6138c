import { describe, expect, it } from 'vitest';
import { reviewRequests } from '../../src/app/review-requests.ts';
import type { Config } from '../../src/contracts/generated/config.ts';
import { branchOf, type Proposal } from '../../src/domain/proposal.ts';
import { BASELINE, CONFIG, ROLES } from '../support/git-fixtures.ts';

const roles = {
  ...ROLES,
  people: ROLES.people.map((p, i) => ({ ...p, accounts: [`github:${i + 1}`, `gitea:${i + 1}`] })),
};
const PROPOSAL: Proposal = {
  ...{
    kind: 'remediate',
    scope: 'servers/prod',
    branch: branchOf('remediate', 'servers/prod'),
    title: 't',
    body: 'b',
  },
  files: new Map([['locks/servers/prod.lock.json', '{}']]),
  contentDigest: `sha256:${'1'.repeat(64)}`,
};
type Forge = NonNullable<Config['forge']>;
const GITHUB: Forge = { kind: 'github', owner: 'acme', repo: 'fleet' };
const GITEA: Forge = {
  kind: 'gitea',
  owner: 'acme',
  repo: 'fleet',
  baseUrl: 'https://git.example.org/api/v1',
};
const asked = async (forge: Forge, files: Readonly<Record<string, string>> = {}) => {
  const git = { readFile: async (_commit: string, path: string) => files[path] };
  const documents = { config: { ...CONFIG, forge }, roles, baselines: [BASELINE] };
  return (await reviewRequests(git, 'head', documents))(PROPOSAL);
};
const ROLES_ASK = { accounts: [expect.stringMatching(/^git/), expect.stringMatching(/^git/)] };

describe('reviewRequests', () => {
  it('asks nobody on the git forge', async () => {
    expect(await asked({ kind: 'git' })).toBeUndefined();
  });

  it.each<[string, Forge, Readonly<Record<string, string>>, boolean]>([
    ['there is no CODEOWNERS', GITHUB, {}, true],
    ['the owners of what changes are asked by GitHub', GITHUB, { CODEOWNERS: 'locks/ @a' }, false],
    ['CODEOWNERS is about other paths', GITHUB, { CODEOWNERS: 'docs/ @a' }, true],
    ['CODEOWNERS gives what changes to nobody', GITHUB, { CODEOWNERS: '* @a\nlocks/' }, true],
    ['the first CODEOWNERS counts alone', GITHUB, { '.github/CODEOWNERS': 'x @a', CODEOWNERS: '* @a' }, true],
    ['docs has it', GITHUB, { 'docs/CODEOWNERS': '* @a' }, false],
    ['Gitea says itself whom it asked', GITEA, { CODEOWNERS: '.* @a' }, true],
  ])('by default, when %s', async (_case, forge, files, roles) => {
    const found = await asked(forge, files);
    if (roles) expect(found).toEqual({ ...ROLES_ASK, unlessAsked: true });
    else expect(found).toBeUndefined();
  });

  it.each(['none', 'codeowners'] as const)('asks nobody for %s', async (reviewers) => {
    expect(await asked({ ...GITHUB, reviewers })).toBeUndefined();
  });

  it('asks approvers beside code owners where it is told to', async () => {
    const found = await asked({ ...GITHUB, reviewers: 'roles' }, { CODEOWNERS: '* @a' });
    expect(found).toEqual({ ...ROLES_ASK, unlessAsked: false });
  });
});
