import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadPolicyEngine } from '../../src/adapters/policy-opa-wasm.ts';
import { documentsAt } from '../../src/app/documents-at.ts';
import { exportMerges } from '../../src/app/export-merges.ts';
import { postChecks } from '../../src/app/post-checks.ts';
import { postQueueChecks } from '../../src/app/queue-checks.ts';
import { loggedObjects } from '../../src/audit/history/logged-objects.ts';
import { walkHistory } from '../../src/audit/history/walk.ts';
import type { HaltEvidence } from '../../src/contracts/generated/evidence-entry.ts';
import type { Roles } from '../../src/contracts/generated/roles.ts';
import { branchOf } from '../../src/domain/proposal.ts';
import { TRAILER, trailerLines } from '../../src/domain/pull-trailers.ts';
import type { PolicyEngine } from '../../src/ports/policy-engine.ts';
import { halt } from '../support/builders/rings.ts';
import { fakeEvidenceLog } from '../support/fakes/evidence-log.ts';
import { lockText, NOW, ROLES, rawCommit, git as rawGit } from '../support/git-fixtures.ts';
import { type HostedWorld, hostedWorld } from '../support/github/hosted-world.ts';
import type { Protection } from '../support/github/state.ts';
import { client, repository as repo } from '../support/github/table.ts';
import { CANARY_LOCK, PROD_LOCK } from '../support/history.ts';

/** Of the stand-in: `ada` approves as Ben, `will` merges as Mia. The queue's own account comes before that of the bot. */
const ACCOUNTS: Readonly<Record<string, string>> = { ben: 'github:1001', mia: 'github:1002' };
const WITH_ACCOUNTS: Roles = {
  ...ROLES,
  people: ROLES.people.map((p) => ({ ...p, accounts: ACCOUNTS[p.id] ? [ACCOUNTS[p.id] ?? ''] : [] })),
  bot: { ...ROLES.bot, accounts: ['github:5001'] },
};
const VERSION = '3.0.14-1~deb12u2';
const FILES = {
  prod: { [PROD_LOCK]: lockText('prod', VERSION, 2) },
  canary: { [CANARY_LOCK]: lockText('canary', '3.0.15-1~deb12u1') },
} as const;

describe('a merge queue', () => {
  let t: HostedWorld;
  let policy: PolicyEngine;
  beforeEach(async () => {
    policy ??= await loadPolicyEngine();
  });
  afterEach(() => {
    expect(t.standIn.violations).toEqual([]);
    t.world.dispose();
  });

  const start = async (queue: NonNullable<Protection['queue']> = 'merge') => {
    const main: Protection = { checks: [{ context: 'patchwarden/change' }], enforceAdmins: true, queue };
    const roles = `${JSON.stringify(WITH_ACCOUNTS, null, 2)}\n`;
    t = await hostedWorld({ 'roles.json': roles }, { world: { protection: { main } } });
  };
  const open = async (ring: keyof typeof FILES) => {
    const branch = branchOf('remediate', `servers/${ring}`);
    const { anchor, origin, keys } = t.world;
    const message = `Patch\n\n${trailerLines([
      [TRAILER.kind, 'remediate'],
      [TRAILER.scope, `servers/${ring}`],
      [TRAILER.content, `sha256:${'a'.repeat(64)}`],
    ])}`;
    const head = rawCommit(origin, {
      base: anchor,
      files: FILES[ring],
      parents: [anchor],
      message,
      signer: keys.bot,
    });
    rawGit(origin, ['update-ref', `refs/heads/${branch}`, head]);
    const { data } = await client(t.standIn, 'app').rest.pulls.create({
      ...repo,
      title: 'Patch',
      head: branch,
      base: 'main',
    });
    return { number: data.number, id: data.node_id, head };
  };
  const approve = ({ number, head }: { readonly number: number; readonly head: string }) =>
    client(t.standIn, 'ada').rest.pulls.createReview({
      ...repo,
      pull_number: number,
      commit_id: head,
      event: 'APPROVE',
    });
  const enqueue = ({ id }: { readonly id: string }) =>
    client(t.standIn, 'will').graphql(
      'mutation ($id: ID!) { enqueuePullRequest(input: { pullRequestId: $id }) { clientMutationId } }',
      { id },
    );
  const ports = (halts: readonly HaltEvidence[] = []) => ({
    ...{ git: t.git, forge: t.forge, remote: 'origin', branch: 'main', remedies: new Map<string, string>() },
    ...{ policyAt: async () => policy, halts: async () => halts, log: { warn: () => undefined } },
  });
  const listed = async () => {
    const listing = await t.forge.list();
    if (!listing.complete) throw new Error(listing.reason);
    return listing.pulls;
  };
  const post = async () => postChecks(ports(), await listed());
  const postQueue = async (halts: readonly HaltEvidence[] = []) =>
    postQueueChecks(ports(halts), await listed());
  const queued = () => t.standIn.state.queue.map((q) => q.number);
  const statuses = () =>
    t.standIn.state.queue.map((q) => {
      const last = t.standIn.state.statuses.findLast((s) => s.sha === q.head);
      return last && [last.state, last.description];
    });
  const exported = async () => {
    const evidence = fakeEvidenceLog();
    await t.git.fetch('origin', ['+refs/heads/*:refs/remotes/origin/*']);
    const head = (await t.git.resolve('refs/remotes/origin/main')) ?? '';
    const openAt = async (at: string) => ({
      ...{ documents: await documentsAt(t.git, at), evidence, forge: t.forge, bot: t.world.keys.bot },
    });
    const input = { anchor: t.world.anchor, head };
    await exportMerges({ git: t.git, policy, clock: { now: () => NOW }, openAt }, input);
    return walkHistory(
      { git: t.git, policy },
      { ...input, objects: loggedObjects(await evidence.entries()) },
    );
  };

  it.each(['merge', 'squash', 'rebase'] as const)(
    'of method %s gets the check, and what it merges stands',
    async (method) => {
      await start(method);
      const pull = await open('prod');
      await approve(pull);
      await post();
      await enqueue(pull);
      expect(queued()).toEqual([1]);
      expect(await postQueue()).toBe(1);
      expect(queued()).toEqual([]);
      expect(await postQueue()).toBe(0);
      expect(t.standIn.state.issues[0]?.pull?.mergedById).toBe(118344674);
      // Who put it there is who merged it.
      expect(await exported()).toMatchObject({
        ...{ kind: 'verified', merges: [{ pull: 1, merger: 'mia', approvals: [{ person: 'ben' }] }] },
      });
    },
  );

  it('lands several at once, of people and of the machine, each in its own right', async () => {
    await start();
    const prod = await open('prod');
    await approve(prod);
    await open('canary');
    await post();
    // The bot asked the forge to merge it, which put it into the queue.
    expect(queued()).toEqual([2]);
    await enqueue(prod);
    expect(queued()).toEqual([2, 1]);
    await postQueue();
    expect(queued()).toEqual([]);
    expect(await exported()).toMatchObject({
      kind: 'verified',
      merges: [
        { pull: 2, merger: 'bot', approvals: [] },
        { pull: 1, merger: 'mia' },
      ],
    });
  });

  it('is not green behind what may not land, and writes that once', async () => {
    await start();
    const prod = await open('prod');
    await approve(prod);
    await open('canary');
    await post();
    await enqueue(prod);
    const stopped = [halt('openssl', '3.0.15-1~deb12u1')];
    expect(await postQueue(stopped)).toBe(2);
    expect(statuses()).toEqual([
      ['failure', expect.stringContaining('openssl')],
      ['failure', expect.stringContaining('openssl')],
    ]);
    expect(await postQueue(stopped)).toBe(0);
    expect(queued()).toEqual([2, 1]);
  });

  it('is not green behind what is of no open pull request', async () => {
    await start();
    const prod = await open('prod');
    await approve(prod);
    await open('canary');
    await post();
    await enqueue(prod);
    const pulls = (await listed()).filter((p) => p.number === 1);
    await postQueueChecks(ports(), pulls);
    expect(statuses()).toEqual([undefined, ['failure', expect.stringContaining('of no open pull request')]]);
  });

  it('is not green where the queue merged something else than the head', async () => {
    await start();
    const prod = await open('prod');
    await approve(prod);
    await post();
    await enqueue(prod);
    const [pull] = await listed();
    if (!pull) throw new Error('it is not open');
    const moved = { ...pull, tip: t.world.anchor };
    await postQueueChecks(ports(), [moved]);
    expect(statuses()).toEqual([['failure', expect.stringContaining('does not merge the head')]]);
  });

  it('that does not say for whom it merged is believed nothing', async () => {
    await start();
    const prod = await open('prod');
    await approve(prod);
    await post();
    await enqueue(prod);
    await postQueue();
    const events = t.standIn.state.issues[0]?.events ?? [];
    events.splice(0, events.length, ...events.filter((e) => e.event !== 'added_to_merge_queue'));
    await expect(exported()).rejects.toMatchObject({
      message: expect.stringContaining('(history/unknown-merger)'),
    });
  });
});
