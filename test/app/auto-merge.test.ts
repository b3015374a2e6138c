import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadPolicyEngine } from '../../src/adapters/policy-opa-wasm.ts';
import { documentsAt } from '../../src/app/documents-at.ts';
import { exportMerges } from '../../src/app/export-merges.ts';
import { postChecks } from '../../src/app/post-checks.ts';
import { loggedObjects } from '../../src/audit/history/logged-objects.ts';
import { walkHistory } from '../../src/audit/history/walk.ts';
import type { HaltEvidence } from '../../src/contracts/generated/evidence-entry.ts';
import { branchOf } from '../../src/domain/proposal.ts';
import { TRAILER, trailerLines } from '../../src/domain/pull-trailers.ts';
import type { PolicyEngine } from '../../src/ports/policy-engine.ts';
import { halt } from '../support/builders/rings.ts';
import { fakeEvidenceLog } from '../support/fakes/evidence-log.ts';
import { lockText, NOW, ROLES, rawCommit, git as rawGit } from '../support/git-fixtures.ts';
import { type HostedWorld, hostedWorld } from '../support/github/hosted-world.ts';
import type { Protection } from '../support/github/state.ts';
import { client, repository as repo, WORLD } from '../support/github/table.ts';
import { CANARY_LOCK, PROD_LOCK } from '../support/history.ts';

const ROLES_JSON = `${JSON.stringify({ ...ROLES, bot: { ...ROLES.bot, accounts: ['github:5001'] } }, null, 2)}\n`;
const REQUIRED: Protection = { checks: [{ context: 'patchwarden/change' }], enforceAdmins: true };
/** Something else is missing, so that what was asked for stands. */
const WAITING: Protection = { ...REQUIRED, approvals: 1 };
const VERSION = '3.0.14-1~deb12u2';
const CANARY = { [CANARY_LOCK]: lockText('canary', VERSION) };

describe('merging by the forge itself', () => {
  let t: HostedWorld;
  let policy: PolicyEngine;
  let warned: string[];
  beforeEach(async () => {
    policy ??= await loadPolicyEngine();
    warned = [];
  });
  afterEach(() => {
    expect(t.standIn.violations).toEqual([]);
    // The bot merges and approves nothing, whatever happens.
    const mine = t.standIn.log.filter((l) => l.user === 'patchwarden[bot]').map((l) => l.operation);
    expect(mine.filter((o) => o === 'pulls/merge' || o === 'pulls/create-review')).toEqual([]);
    t.world.dispose();
  });

  const start = async (
    main: Protection = REQUIRED,
    world: Partial<typeof WORLD> = {},
    app = false,
  ): Promise<void> => {
    t = await hostedWorld({ 'roles.json': ROLES_JSON }, { app, world: { protection: { main }, ...world } });
  };
  const commit = (
    files: Record<string, string>,
    parent: string,
    by: 'bot' | 'author' = 'bot',
    kind = 'remediate',
  ) =>
    rawCommit(t.world.origin, {
      ...{ base: parent, files, parents: [parent], signer: t.world.keys[by] },
      message: `Patch\n\n${trailerLines([
        [TRAILER.kind, kind],
        [TRAILER.scope, 'servers/canary'],
        [TRAILER.content, `sha256:${'a'.repeat(64)}`],
      ])}`,
    });
  const put = (branch: string, head: string) =>
    rawGit(t.world.origin, ['update-ref', `refs/heads/${branch}`, head]);
  const open = async (
    files: Record<string, string> = CANARY,
    kind: 'remediate' | 'expedited' = 'remediate',
  ): Promise<{ readonly number: number; readonly branch: string; readonly head: string }> => {
    const branch = branchOf(kind, 'servers/canary');
    const head = commit(files, t.world.anchor, 'bot', kind);
    put(branch, head);
    const pull = { ...repo, title: 'Patch', head: branch, base: 'main' };
    return { number: (await client(t.standIn, 'app').rest.pulls.create(pull)).data.number, branch, head };
  };
  const post = async (halts: readonly HaltEvidence[] = []): Promise<number> => {
    const listing = await t.forge.list();
    if (!listing.complete) throw new Error(listing.reason);
    const at = {
      remote: 'origin',
      branch: 'main',
      remedies: new Map(),
      log: { warn: (m: string) => void warned.push(m) },
    };
    const judge = { policyAt: async () => policy, halts: async () => halts };
    return postChecks({ ...at, ...judge, git: t.git, forge: t.forge }, listing.pulls);
  };
  const pull = () => t.standIn.state.issues.find((i) => i.pull)?.pull;
  const asked = (): boolean => (pull()?.autoMerge ?? null) !== null;
  const writes = () =>
    t.standIn.log.filter((l) => l.method !== 'GET' && !/token/.test(l.operation ?? '')).length;
  const label = (number: number, name: string) =>
    client(t.standIn, 'will').rest.issues.addLabels({ ...repo, issue_number: number, labels: [name] });
  const byHand = async (which: 'enable' | 'disable') => {
    const { data } = await client(t.standIn, 'will').rest.pulls.get({ ...repo, pull_number: 1 });
    const query = `mutation($id: ID!) { ${which}PullRequestAutoMerge(input: { pullRequestId: $id }) { clientMutationId } }`;
    await client(t.standIn, 'will').graphql(query, { id: data.node_id });
  };

  it.each(['merge', 'squash', 'rebase'] as const)(
    '%s: merges what needs nobody, and the walk accepts it',
    async (method) => {
      await start(REQUIRED, { methods: [method] });
      await open();
      await post();
      expect(pull()).toMatchObject({ mergedById: 5001 });
      const evidence = fakeEvidenceLog();
      await t.git.fetch('origin', ['+refs/heads/*:refs/remotes/origin/*']);
      const head = (await t.git.resolve('refs/remotes/origin/main')) ?? '';
      const openAt = async (at: string) => ({
        ...{ documents: await documentsAt(t.git, at), evidence, forge: t.forge, bot: t.world.keys.bot },
      });
      const deps = { git: t.git, policy, clock: { now: () => NOW }, openAt };
      const input = { anchor: t.world.anchor, head };
      expect(await exportMerges(deps, input)).toEqual([head]);
      const objects = loggedObjects(await evidence.entries());
      expect(await walkHistory({ git: t.git, policy }, { ...input, objects })).toMatchObject({
        ...{ kind: 'verified', merges: [{ commit: head, merger: 'bot', approvals: [] }] },
      });
    },
  );

  it('an App does it with its check run', async () => {
    await start(REQUIRED, {}, true);
    await open();
    await post();
    expect(pull()).toMatchObject({ mergedById: 5001 });
    expect(t.standIn.state.checks).toMatchObject([{ conclusion: 'success' }]);
    expect(t.standIn.state.statuses).toEqual([]);
  });

  it('asks before the check is green, once, and writes nothing the second time', async () => {
    await start(WAITING);
    await open();
    await post();
    expect(asked()).toBe(true);
    expect(t.standIn.state.statuses.map((s) => s.state)).toEqual(['pending', 'success']);
    const before = writes();
    expect(await post()).toBe(0);
    expect(writes()).toBe(before);
  });

  it.each<[string, () => Promise<unknown>, { readonly halts?: readonly HaltEvidence[] }?]>([
    ['a ring of people', () => open({ [PROD_LOCK]: lockText('prod', VERSION, 2) })],
    ['more than one ring', () => open({ ...CANARY, [PROD_LOCK]: lockText('prod', VERSION, 2) })],
    ['more than locks', () => open({ ...CANARY, 'README.md': 'Better.\n' })],
    ['the expedited lane', () => open(CANARY, 'expedited')],
    ['a version that is halted', () => open(), { halts: [halt('openssl', VERSION)] }],
    ['what is on hold', async () => label((await open()).number, 'patchwarden/hold')],
    [
      'a commit of a person',
      async () => {
        const { branch, head } = await open();
        put(branch, commit({ [CANARY_LOCK]: lockText('canary', '3.0.15-1~deb12u1') }, head, 'author'));
      },
    ],
    [
      'what a person opened',
      async () => {
        const head = commit(CANARY, t.world.anchor);
        put('patchwarden/remediate/servers/canary', head);
        await client(t.standIn, 'will').rest.pulls.create({
          ...{ ...repo, title: 'x', head: 'patchwarden/remediate/servers/canary', base: 'main' },
        });
      },
    ],
  ])('is not asked for with %s', async (_what, make, { halts } = {}) => {
    await start(WAITING);
    await make();
    await post(halts);
    await post(halts);
    expect(asked()).toBe(false);
    expect(
      t.standIn.log.filter((l) => l.operation === 'graphql' && l.user === 'patchwarden[bot]'),
    ).toHaveLength(
      // Who has the token of an App is asked by GraphQL.
      1,
    );
  });

  it.each<[string, Protection, Partial<typeof WORLD>]>([
    ['does not require the check', { approvals: 1 }, {}],
    ['requires another check', { approvals: 1, checks: [{ context: 'ci' }] }, {}],
    ['has no auto-merge', WAITING, { allowAutoMerge: false }],
  ])('is not asked for where the repository %s', async (_what, main, world) => {
    await start(main, world);
    await open();
    await post();
    expect(asked()).toBe(false);
    expect(t.standIn.state.statuses.map((s) => s.state)).toEqual(['success']);
    expect(await post()).toBe(0);
  });

  it('knows a check that a ruleset requires', async () => {
    await start({ ...WAITING, ruleset: true });
    await open();
    await post();
    expect(asked()).toBe(true);
  });

  it.each<
    [string, (at: { number: number; branch: string; head: string }) => Promise<readonly HaltEvidence[]>]
  >([
    ['it is halted', async () => [halt('openssl', VERSION)]],
    [
      'a person holds it',
      async ({ number }) => {
        await label(number, 'patchwarden/hold');
        return [];
      },
    ],
    [
      'a person commits to it',
      async ({ branch, head }) => {
        put(branch, commit({ [CANARY_LOCK]: lockText('canary', '3.0.15-1~deb12u1') }, head, 'author'));
        return [];
      },
    ],
  ])('is taken back when %s', async (_what, change) => {
    await start(WAITING);
    const at = await open();
    await post();
    expect(asked()).toBe(true);
    const halts = await change(at);
    await post(halts);
    expect(asked()).toBe(false);
  });

  it('is taken back before the content changes', async () => {
    await start(WAITING);
    const { number, branch, head } = await open();
    await post();
    const next = commit({ [CANARY_LOCK]: lockText('canary', '3.0.15-1~deb12u1') }, t.world.anchor);
    await t.git.fetch('origin', [`+${next}:refs/keep`]);
    const [title, body, contentDigest] = ['Patch', 'text', `sha256:${'a'.repeat(64)}`];
    const wanted = { kind: 'remediate', scope: 'servers/canary', branch, head: next, title, body } as const;
    await t.forge.refresh(
      number,
      { ...wanted, contentDigest, expectedBranch: head, at: NOW },
      t.world.keys.bot,
    );
    expect(asked()).toBe(false);
    await post();
    expect(asked()).toBe(true);
  });

  it('what could not be taken back does not turn green', async () => {
    await start(WAITING);
    const { number } = await open();
    await post();
    await label(number, 'patchwarden/hold');
    const failing = (r: Request) => r.url.endsWith('/graphql');
    t.fault((r) => (failing(r) ? { before: 'drop' } : 'none'));
    await post();
    expect(t.standIn.state.statuses.at(-1)).toMatchObject({
      ...{ state: 'pending', description: expect.stringContaining('does not take that back') },
    });
    expect(warned).toHaveLength(1);
  });

  it('leaves the wish of a person alone, and what a person took back', async () => {
    await start(WAITING);
    await open();
    await byHand('enable');
    await post();
    expect(pull()?.autoMerge?.byId).toBe(1002);
    await post([halt('openssl', VERSION)]);
    expect(pull()?.autoMerge?.byId).toBe(1002);
    await byHand('disable');
    await post();
    expect(asked()).toBe(false);
  });

  it('says once that the forge refused it, and then leaves it to people', async () => {
    await start(WAITING);
    await open();
    const refusal = {
      data: null,
      errors: [{ type: 'UNPROCESSABLE', message: 'Pull request is in clean status @ops' }],
    };
    const headers = { 'content-type': 'application/json' };
    t.fault((r) =>
      r.url.endsWith('/graphql') && t.standIn.state.statuses.length > 0
        ? { before: new Response(JSON.stringify(refusal), { status: 200, headers }) }
        : 'none',
    );
    await post();
    t.fault(() => 'none');
    expect(t.standIn.state.statuses.at(-1)).toMatchObject({ state: 'success' });
    const before = writes();
    expect(await post()).toBe(0);
    expect(writes()).toBe(before);
    const [issue] = t.standIn.state.issues;
    expect(issue?.comments.map((c) => c.body)).toEqual([
      expect.stringContaining('`the forge answered: Pull request'),
    ]);
  });

  it('goes on after an answer that got lost', async () => {
    await start();
    await open();
    let seen = 0;
    t.fault((r) => {
      seen += r.url.endsWith('/graphql') ? 1 : 0;
      // The second is the mutation: the first asks whose token it is, or for the number of the pull request.
      return r.url.endsWith('/graphql') && t.standIn.state.statuses.length > 0 && seen > 3
        ? { after: 'drop' }
        : 'none';
    });
    await post();
    t.fault(() => 'none');
    await post();
    await post();
    expect(pull()).toMatchObject({ mergedById: 5001 });
  });
});
