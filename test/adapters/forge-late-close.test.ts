import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openHostedForge } from '../../src/adapters/forge-hosted.ts';
import { createPace } from '../../src/adapters/forge-pace.ts';
import { giteaApi } from '../../src/adapters/hosted-api-gitea.ts';
import { branchOf } from '../../src/domain/proposal.ts';
import { proposalCommitMessage } from '../../src/reconcile/commit-message.ts';
import { digest } from '../support/builders/evidence.ts';
import { NOW, git as rawGit } from '../support/git-fixtures.ts';
import { type HostedWorld, hostedWorld } from '../support/github/hosted-world.ts';

const AT = { kind: 'remediate', scope: 'servers/prod' } as const;
const BRANCH = branchOf(AT.kind, AT.scope);

describe('who closed a pull request, by the timeline of Gitea', () => {
  const clock = { now: () => NOW, sleep: async () => undefined };
  const closedBy = (events: readonly (readonly [type: string, login: string])[]) =>
    giteaApi(
      { owner: 'acme', repo: 'fleet', baseUrl: 'https://git.example.org/api/v1' },
      {
        ...{ clock, pace: createPace({ clock }), log: { warn: () => undefined }, spacing: false },
        token: async () => 'x',
        fetch: async () => Response.json(events.map(([type, login]) => ({ type, user: { login } }))),
      },
    ).closedBy(1);

  it.each([
    [[['close', 'ben']], { account: 'ben', byDeletion: false }],
    [
      [
        ['close', 'ben'],
        ['delete_branch', 'ben'],
      ],
      { account: 'ben', byDeletion: true },
    ],
    [
      [
        ['close', 'ben'],
        ['delete_branch', 'anna'],
      ],
      { account: 'ben', byDeletion: false },
    ],
    [
      [
        ['close', 'ben'],
        ['delete_branch', 'ben'],
        ['reopen', 'anna'],
        ['close', 'anna'],
      ],
      { account: 'anna', byDeletion: false },
    ],
    [[['comment', 'ben']], undefined],
  ] as const)('%j', async (events, who) => {
    expect(await closedBy(events)).toEqual(who);
  });
});

describe('a close that follows the deletion of a branch', () => {
  let t: HostedWorld;
  beforeEach(async () => {
    t = await hostedWorld();
  });
  afterEach(() => t.world.dispose());

  it('of an earlier branch of the name is nobody’s, of this one the person’s', async () => {
    const { world, api, git } = t;
    const late = { ...api, closedBy: async () => ({ account: 'will', byDeletion: true }) };
    const bot = [world.keys.bot.email];
    const options = { remote: 'origin', base: 'main', bot, allowedSigners: world.allowedSigners };
    const forge = openHostedForge(git, late, options);
    const content = { ...AT, contentDigest: digest('a'), title: 'Patch servers/prod' };
    const head = await git.createCommit({
      ...{ base: world.anchor, parents: [world.anchor], files: new Map([['x', 'x\n']]), at: NOW },
      ...{ message: proposalCommitMessage({ ...content, evidence: `0:${'0'.repeat(64)}` }) },
      signer: world.keys.bot,
    });
    const wish = { ...content, branch: BRANCH, head, body: 'Why', expectedBranch: null, at: NOW };
    const { number } = await forge.open(wish, world.keys.bot);
    await (await t.as('will')).update(number, { state: 'closed' });
    const closer = async () => (await forge.branch(BRANCH)).pulls[0]?.closedBy;
    expect(await closer()).toBe(bot[0]);
    rawGit(world.origin, ['update-ref', '-d', `refs/heads/${BRANCH}`]);
    expect(await closer()).toBe('will');
  });
});
