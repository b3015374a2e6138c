import { Octokit } from 'octokit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadPolicyEngine } from '../../src/adapters/policy-opa-wasm.ts';
import { documentsAt } from '../../src/app/documents-at.ts';
import { type ExportDeps, exportMerges } from '../../src/app/export-merges.ts';
import { loggedObjects } from '../../src/audit/history/logged-objects.ts';
import { walkHistory } from '../../src/audit/history/walk.ts';
import type { Roles } from '../../src/contracts/generated/roles.ts';
import { exportMessage, type MergeExport, parseExport } from '../../src/domain/merge-export.ts';
import { branchOf } from '../../src/domain/proposal.ts';
import { TRAILER, trailerLines } from '../../src/domain/pull-trailers.ts';
import type { PolicyEngine } from '../../src/ports/policy-engine.ts';
import { fakeEvidenceLog } from '../support/fakes/evidence-log.ts';
import { BASELINE, lockText, ROLES, rawCommit, git as rawGit } from '../support/git-fixtures.ts';
import { type HostedWorld, hostedWorld } from '../support/github/hosted-world.ts';
import { CANARY_LOCK, PROD_LOCK } from '../support/history.ts';
import type { Who } from '../support/keys.ts';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const NOW = '2024-10-24T12:00:00Z';
/** Their accounts have the numbers 1001 to 1005 on the stand-in; the bot's is 5001. */
type Login = 'ada' | 'will' | 'tess' | 'rita' | 'otto' | 'bot';
const WITH_ACCOUNTS: Roles = {
  ...ROLES,
  people: [
    { ...ROLES.people[0], accounts: ['github:1003', 'github:1004'] },
    { ...ROLES.people[1], accounts: ['github:1001'] },
    { ...ROLES.people[2] },
    { ...ROLES.people[3], accounts: ['github:1002'] },
  ] as Roles['people'],
  bot: { ...ROLES.bot, accounts: ['github:5001'] },
};
const NEW_PROD = { [PROD_LOCK]: lockText('prod', '3.0.14-1~deb12u2', 2) };

type Method = 'merge' | 'squash' | 'rebase';

describe('exportMerges', () => {
  let t: HostedWorld;
  let policy: PolicyEngine;
  let evidence: ReturnType<typeof fakeEvidenceLog>;
  beforeEach(async () => {
    policy ??= await loadPolicyEngine();
    t = await hostedWorld({ 'roles.json': json(WITH_ACCOUNTS) });
    evidence = fakeEvidenceLog();
    account('tess', { role: 'write' });
  });
  afterEach(() => t.world.dispose());

  const account = (login: Login, change: object): void => {
    Object.assign(t.standIn.state.users.find((u) => u.login === login) ?? {}, change);
  };
  const as = (login: Login): Octokit =>
    new Octokit({
      auth: login === 'bot' ? 'app' : login,
      request: { fetch: (url: string, init: RequestInit) => t.standIn.handle(new Request(url, init)) },
      throttle: { enabled: false },
      retry: { enabled: false },
    });
  const repo = { owner: 'acme', repo: 'fleet' };

  /** A pull request of one commit; the bot's own unless told. */
  const open = async (
    over: {
      readonly files?: Record<string, string>;
      readonly branch?: string;
      readonly by?: Who;
      readonly base?: string;
    } = {},
  ) => {
    const { files = NEW_PROD, by = 'bot', base = t.world.anchor } = over;
    const branch = over.branch ?? branchOf('remediate', 'servers/prod');
    const message = `Patch\n\n${trailerLines([
      [TRAILER.kind, 'remediate'],
      [TRAILER.scope, branch.split('/').slice(2).join('/')],
      [TRAILER.content, `sha256:${'a'.repeat(64)}`],
    ])}`;
    const head = rawCommit(t.world.origin, {
      ...{
        base,
        files,
        parents: [base],
        message: by === 'bot' ? message : 'Mine\n\nReason: tested by hand\n',
      },
      signer: t.world.keys[by],
    });
    rawGit(t.world.origin, ['update-ref', `refs/heads/${branch}`, head]);
    const { data } = await as(by === 'bot' ? 'bot' : 'tess').rest.pulls.create({
      ...{ ...repo, title: 'Patch', head: branch, base: 'main' },
    });
    return { number: data.number, head, branch };
  };
  const review = (
    login: Login,
    pull: { readonly number: number; readonly head: string },
    event = 'APPROVE',
  ) =>
    as(login).rest.pulls.createReview({
      ...{ ...repo, pull_number: pull.number, commit_id: pull.head, body: 'x' },
      event: event as 'APPROVE',
    });
  const merge = async (login: Login, { number }: { readonly number: number }, method: Method = 'merge') => {
    const which = { ...repo, pull_number: number, merge_method: method };
    return (await as(login).rest.pulls.merge(which)).data.sha;
  };
  const deps = (): ExportDeps => ({
    git: t.git,
    policy,
    clock: { now: () => NOW },
    openAt: async (commit) => ({
      documents: await documentsAt(t.git, commit),
      ...{ evidence, forge: t.forge, bot: t.world.keys.bot },
    }),
  });
  const fetched = async () => {
    await t.git.fetch('origin', ['+refs/heads/*:refs/remotes/origin/*']);
    return (await t.git.resolve('refs/remotes/origin/main')) ?? '';
  };
  const exported = async () => exportMerges(deps(), { anchor: t.world.anchor, head: await fetched() });
  const walked = async () =>
    walkHistory(
      { git: t.git, policy },
      { anchor: t.world.anchor, head: await fetched(), objects: loggedObjects(await evidence.entries()) },
    );
  /** What export and walk say together: `verified`, or the rule that refuses. */
  const standing = async (): Promise<string> => {
    try {
      await exported();
    } catch (error) {
      if ((error as { code?: string }).code !== 'history-unverified') throw error;
      return /\((history\/[a-z-]+)\)/.exec((error as Error).message)?.[1] ?? '';
    }
    const result = await walked();
    return result.kind === 'verified' ? result.kind : result.refusal.rule;
  };
  it.each<Method>(['merge', 'squash', 'rebase'])(
    'a %s that was reviewed at its head stands',
    async (method) => {
      const pull = await open();
      await review('ada', pull);
      const commit = await merge('will', pull, method);
      expect(await exported()).toEqual([commit]);
      expect(await walked()).toMatchObject({
        kind: 'verified',
        merges: [
          { commit, head: pull.head, pull: 1, kind: 'remediate', scope: 'servers/prod', merger: 'mia' },
        ],
      });
      expect(await walked()).toMatchObject({ merges: [{ approvals: [{ person: 'ben' }] }] });
      // The second time there is nothing to export.
      expect(await exported()).toEqual([]);
      expect(await evidence.entries()).toHaveLength(1);
    },
  );

  it('a squash stands where only the evidence still has its commits', async () => {
    const pull = await open();
    await review('ada', pull);
    await merge('will', pull, 'squash');
    await exported();
    rawGit(t.world.dir, ['clone', '-q', t.world.origin, 'third']);
    const { openGit } = await import('../../src/adapters/git-simple-git.ts');
    const third = await openGit(`${t.world.dir}/third`);
    const head = (await third.resolve('refs/remotes/origin/main')) ?? '';
    rawGit(t.world.origin, ['update-ref', '-d', `refs/heads/${pull.branch}`]);
    const objects = loggedObjects(await evidence.entries());
    const input = { anchor: t.world.anchor, head };
    expect(await walkHistory({ git: third, policy }, { ...input, objects })).toMatchObject({
      kind: 'verified',
    });
    expect(await walkHistory({ git: third, policy }, input)).toMatchObject({
      refusal: { rule: 'history/not-a-merge' },
    });
  });

  it('the lock of a ring that merges by itself may be merged by the forge for the bot', async () => {
    const branch = branchOf('remediate', 'servers/canary');
    const files = { [CANARY_LOCK]: lockText('canary', '3.0.14-1~deb12u2') };
    await merge('bot', await open({ branch, files }));
    expect(await standing()).toBe('verified');
    expect(await walked()).toMatchObject({ merges: [{ approvals: [], merger: 'bot' }] });
  });

  it('an account that was renamed is the same account', async () => {
    const pull = await open();
    await review('ada', pull);
    account('ada', { login: 'eve' });
    await merge('will', pull);
    expect(await standing()).toBe('verified');
    expect(await walked()).toMatchObject({ merges: [{ approvals: [{ person: 'ben' }] }] });
  });

  it('merges one after another are exported in their order, each with the roles before it', async () => {
    const first = await open();
    await review('ada', first);
    const one = await merge('will', first, 'squash');
    const second = await open({
      ...{ base: one, branch: branchOf('remediate', 'servers/canary') },
      files: { [CANARY_LOCK]: lockText('canary', '3.0.14-1~deb12u2') },
    });
    await review('ada', second);
    const two = await merge('will', second);
    expect(await exported()).toEqual([one, two]);
    expect(await walked()).toMatchObject({ kind: 'verified', merges: [{ commit: one }, { commit: two }] });
  });

  const prod = async (...reviews: readonly (readonly [Login, string])[]) => {
    const pull = await open();
    for (const [login, event] of reviews) await review(login, pull, event);
    return pull;
  };
  const pushed = (files: Record<string, string>, on = t.world.anchor): string => {
    const commit = rawCommit(t.world.origin, {
      ...{ base: on, files, parents: [on], message: 'x\n', signer: t.world.keys.approver },
    });
    rawGit(t.world.origin, ['update-ref', 'refs/heads/main', commit]);
    return commit;
  };

  it.each<readonly [string, string, () => Promise<unknown>]>([
    ['an admin merges without any review', 'history/no-approvals', async () => merge('ada', await open())],
    [
      'a review of an earlier head does not count',
      'history/no-approvals',
      async () => {
        const pull = await prod(['ada', 'APPROVE']);
        const head = rawCommit(t.world.origin, {
          ...{ base: pull.head, parents: [pull.head], message: 'More\n', signer: t.world.keys.author },
          files: { [PROD_LOCK]: lockText('prod', '3.0.15-1~deb12u1', 2) },
        });
        rawGit(t.world.origin, ['update-ref', `refs/heads/${pull.branch}`, head]);
        await merge('will', pull);
      },
    ],
    [
      'a review that was followed by another of the same person that asks for changes',
      'history/no-approvals',
      async () => merge('will', await prod(['ada', 'APPROVE'], ['ada', 'REQUEST_CHANGES'])),
    ],
    [
      'a review that was dismissed',
      'history/no-approvals',
      async () => {
        const pull = await open();
        const { data } = await review('ada', pull);
        const which = { ...repo, pull_number: pull.number, review_id: data.id, message: 'no' };
        await as('ada').rest.pulls.dismissReview(which);
        await merge('will', pull);
      },
    ],
    [
      'a comment that says approved is no review',
      'history/no-approvals',
      async () => {
        const pull = await prod(['ada', 'COMMENT']);
        const said = { ...repo, issue_number: pull.number, body: 'approved by @ada' };
        const { data } = await as('will').rest.issues.createComment(said);
        await as('will').rest.issues.updateComment({ ...repo, comment_id: data.id, body: 'APPROVED' });
        await merge('will', pull);
      },
    ],
    [
      'a green status that somebody wrote is no review',
      'history/no-approvals',
      async () => {
        const pull = await open();
        const status = { ...repo, sha: pull.head, context: 'patchwarden/change' };
        await as('will').rest.repos.createCommitStatus({ ...status, state: 'failure' });
        await as('will').rest.repos.createCommitStatus({ ...status, state: 'success' });
        await merge('will', pull);
      },
    ],
    [
      'the second account of the author approves',
      'history/policy',
      async () => {
        const files = { 'baselines/servers.json': json({ ...BASELINE, priority: 11 }) };
        const pull = await open({ by: 'author', branch: 'anna/priority', files });
        await review('rita', pull);
        await merge('will', pull);
      },
    ],
    [
      'an account that is nobody’s approves',
      'history/no-approvals',
      async () => {
        account('otto', { role: 'write' });
        await merge('will', await prod(['otto', 'APPROVE']));
      },
    ],
    [
      'somebody merges who may not',
      'history/policy',
      async () => {
        await merge('tess', await prod(['ada', 'APPROVE']));
      },
    ],
    [
      'an account that is nobody’s merges',
      'history/unknown-merger',
      async () => {
        account('otto', { role: 'write' });
        await merge('otto', await prod(['ada', 'APPROVE']));
      },
    ],
    [
      'the approver lost the role before the merge',
      'history/policy',
      async () => {
        const pull = await prod(['ada', 'APPROVE']);
        const roles = { ...WITH_ACCOUNTS.roles, approver: ['team:security'] };
        const change = await open({
          ...{ branch: 'mia/roles', by: 'approver2' as const },
          files: { 'roles.json': json({ ...WITH_ACCOUNTS, roles }) },
        });
        await review('ada', change);
        await merge('will', change);
        expect(await standing()).toBe('verified');
        await merge('will', pull);
      },
    ],
    [
      'the account of the bot merges what people must',
      'history/bot-merges',
      async () => merge('bot', await prod(['ada', 'APPROVE'])),
    ],
    ...(
      [
        ['the lock of a ring of people', { [PROD_LOCK]: lockText('prod', '3.0.14-1~deb12u2', 2) }],
        ['a hold', { 'holds/x.json': '{}\n' }],
        ['a file that nobody governs', { 'README.md': 'Better.\n' }],
      ] as const
    ).map(
      ([what, more]) =>
        [
          `the account of the bot merges ${what} beside the lock of a ring that merges by itself`,
          'history/bot-merges',
          async () =>
            merge(
              'bot',
              await open({
                branch: branchOf('remediate', 'servers/canary'),
                files: { [CANARY_LOCK]: lockText('canary', '3.0.14-1~deb12u2'), ...more },
              }),
            ),
        ] as const,
    ),
    [
      'the account of the bot merges a commit of a person to such a lock',
      'history/bot-merges',
      async () => {
        const branch = branchOf('remediate', 'servers/canary');
        const lock = (version: string) => ({ [CANARY_LOCK]: lockText('canary', version) });
        const pull = await open({ branch, files: lock('3.0.14-1~deb12u2') });
        const head = rawCommit(t.world.origin, {
          ...{ base: pull.head, parents: [pull.head], message: 'More\n', signer: t.world.keys.author },
          files: lock('3.0.15-1~deb12u1'),
        });
        rawGit(t.world.origin, ['update-ref', `refs/heads/${branch}`, head]);
        await merge('bot', pull);
      },
    ],
    [
      'a push straight to the protected branch is no merge of the forge',
      'history/not-a-merge',
      async () => pushed(NEW_PROD),
    ],
    [
      'a force-push that drops the anchor',
      'history/anchor',
      async () => {
        const orphan = rawCommit(t.world.origin, {
          files: NEW_PROD,
          parents: [],
          message: 'x\n',
          signer: null,
        });
        rawGit(t.world.origin, ['update-ref', 'refs/heads/main', orphan]);
      },
    ],
  ])('%s: refused', async (_case, rule, attack) => {
    await attack();
    expect(await standing()).toBe(rule);
  });

  it.each<readonly [string, string, (e: MergeExport) => readonly [MergeExport, Who]]>([
    ['signed by a person', 'history/export-signature', (e) => [e, 'merger']],
    ['signed by nobody known', 'history/export-signature', (e) => [e, 'outsider']],
    ['about another merge', 'history/export-other-merge', (e) => [{ ...e, merge: e.head }, 'bot']],
    ['of another head', 'history/export-head', (e) => [{ ...e, head: 'b'.repeat(40) }, 'bot']],
    [
      'of other content',
      'history/wrong-content',
      (e) => [{ ...e, contentDigest: `sha256:${'f'.repeat(64)}` }, 'bot'],
    ],
    ['of no kind', 'history/export-form', (e) => [{ ...e, kind: 'bless' }, 'bot']],
  ])('an export %s is not believed', async (_case, rule, change) => {
    const pull = await open();
    await review('ada', pull);
    const commit = await merge('will', pull);
    await exported();
    const [entry] = await evidence.entries();
    if (entry?.type !== 'export') throw new Error('there is no export');
    const id = await t.git.storeCommit(entry.object);
    const said = parseExport((await t.git.readCommit(id)).trailers);
    if (!said.ok) throw new Error(said.error);
    const [forged, who] = change(said.value);
    const made = await t.git.createCommit({
      ...{ base: null, files: new Map(), parents: [], message: exportMessage(forged) },
      ...{ signer: t.world.keys[who], at: NOW },
    });
    const object = await t.git.rawCommit(made);
    const objects = {
      approval: async () => undefined,
      exported: async (id: string) =>
        id === commit ? { commit: made, object, commits: entry.commits } : undefined,
    };
    const head = await fetched();
    expect(
      await walkHistory({ git: t.git, policy }, { anchor: t.world.anchor, head, objects }),
    ).toMatchObject({
      refusal: { commit, rule },
    });
  });
});
