import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askForReviews } from '../../src/adapters/forge-hosted-reviewers.ts';
import { branchOf } from '../../src/domain/proposal.ts';
import { TRAILER, trailerLines } from '../../src/domain/pull-trailers.ts';
import type { NewPull, PullRequest, ReviewRequest } from '../../src/ports/forge.ts';
import { lockText, NOW, rawCommit } from '../support/git-fixtures.ts';
import { unavailable } from '../support/github/faults.ts';
import { type HostedWorld, hostedWorld } from '../support/github/hosted-world.ts';
import { client, repository as repo } from '../support/github/table.ts';
import { PROD_LOCK } from '../support/history.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('reviews that a new pull request asks for', () => {
  let t: HostedWorld;
  beforeEach(async () => {
    t = await hostedWorld();
  });
  afterEach(() => {
    expect(t.standIn.violations).toEqual([]);
    t.world.dispose();
  });

  const branch = branchOf('remediate', 'servers/prod');
  const wanted = (version: string, expectedBranch: string | null, reviewers?: ReviewRequest): NewPull => {
    const { anchor, clone, keys } = t.world;
    const trailers = trailerLines([
      [TRAILER.kind, 'remediate'],
      [TRAILER.scope, 'servers/prod'],
      [TRAILER.content, DIGEST],
    ]);
    const head = rawCommit(clone, {
      ...{ base: anchor, parents: [anchor], message: `Patch\n\n${trailers}`, signer: keys.bot },
      files: { [PROD_LOCK]: lockText('prod', version, 2) },
    });
    return {
      ...{
        kind: 'remediate',
        scope: 'servers/prod',
        branch,
        head,
        expectedBranch,
        title: 'Patch',
        body: 'x',
      },
      ...{ contentDigest: DIGEST, at: NOW, reviewers },
    };
  };
  const open = (...accounts: readonly string[]): Promise<PullRequest> =>
    t.forge.open(wanted('1', null, { accounts, unlessAsked: true }), t.world.keys.bot);
  const asked = () => {
    const { pull } = t.standIn.state.issues[0] ?? {};
    return t.standIn.state.users.filter((u) => pull?.requested.users.includes(u.id)).map((u) => u.login);
  };
  const requests = () =>
    t.standIn.log.filter((l) => l.operation === 'pulls/request-reviewers').map((l) => l.done);

  it('are asked of accounts by their numbers, whatever they are called now, in one request', async () => {
    Object.assign(t.standIn.state.users.find((u) => u.login === 'ada') ?? {}, { login: 'eve' });
    await open('github:1001', 'github:1002');
    expect(asked()).toEqual(['eve', 'will']);
    expect(requests()).toEqual([201]);
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['one who is no collaborator', ['github:1005', 'github:1002'], ['will']],
    ['an account that is gone', ['github:9999', 'github:1002'], ['will']],
    ['the one who opens it', ['github:5001', 'github:1002'], ['will']],
    ['nobody', [], []],
    ['only one who may not', ['github:1005'], []],
  ])('leave out %s, and it is open all the same', async (_what, accounts, expected) => {
    expect(await open(...accounts)).toMatchObject({ number: 1, state: 'open' });
    expect(asked()).toEqual(expected);
  });

  it.each(['/user/1001', '/requested_reviewers'])(
    'do not fail the opening when %s is not answered',
    async (path) => {
      t.fault((r) => (r.url.endsWith(path) ? { before: unavailable(502) } : 'none'));
      expect(await open('github:1001')).toMatchObject({ number: 1, state: 'open' });
      expect(asked()).toEqual([]);
    },
  );

  it('are asked for once: not of one that is open already, and not again when it is refreshed', async () => {
    const { head } = await open('github:1001');
    // A person removed them.
    t.standIn.state.issues[0]?.pull?.requested.users.splice(0);
    await open('github:1001');
    const request = { accounts: ['github:1001'], unlessAsked: true };
    await t.forge.refresh(1, wanted('2', head, request), t.world.keys.bot);
    expect(asked()).toEqual([]);
    expect(requests()).toEqual([201]);
  });

  it('are left to the forge where it asked somebody by itself, unless they are asked for in any case', async () => {
    const api = await t.as('will');
    const pulls = async (unlessAsked: boolean) => {
      await askForReviews(t.api, await api.pull(1), { accounts: ['github:1001'], unlessAsked });
    };
    await t.forge.open(wanted('1', null), t.world.keys.bot);
    expect(requests()).toEqual([]);
    await client(t.standIn, 'ada').rest.pulls.requestReviewers({
      ...repo,
      pull_number: 1,
      team_reviewers: ['ops'],
    });
    await pulls(true);
    expect(asked()).toEqual([]);
    await pulls(false);
    expect(asked()).toEqual(['ada']);
  });
});
