import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openForge } from '../../src/adapters/forge-git.ts';
import { openGit } from '../../src/adapters/git-simple-git.ts';
import { loadPolicyEngine } from '../../src/adapters/policy-opa-wasm.ts';
import { dryRunGitForge } from '../../src/app/dry-run.ts';
import { approvePull, closePull, labelPull, mergePull, openPull, showPull } from '../../src/app/pr.ts';
import { listPulls, type PullPorts } from '../../src/app/pr-context.ts';
import { walkHistory } from '../../src/audit/history/walk.ts';
import type { NewPull } from '../../src/ports/forge.ts';
import { pullBody } from '../../src/review/pull-notes.ts';
import { halt } from '../support/builders/rings.ts';
import { createWorld, lockText, NOW, rawCommit, git as rawGit, type World } from '../support/git-fixtures.ts';
import { CANARY_LOCK, type HistoryWriter, historyWriter, PROD_LOCK } from '../support/history.ts';
import type { Who } from '../support/keys.ts';

const EVIDENCE = `0:${'e'.repeat(64)}`;
const BRANCH = 'patchwarden/remediate/servers/prod';

const policy = await loadPolicyEngine();

describe('pull requests of people', () => {
  let world: World;
  let ports: PullPorts;
  let h: HistoryWriter;
  beforeEach(async () => {
    world = createWorld();
    const git = await openGit(world.clone);
    h = historyWriter(world, git);
    ports = {
      ...{ git, remote: 'origin', branch: 'main' },
      forge: openForge(git, { remote: 'origin', base: 'main' }),
      policyAt: async () => policy,
      clock: { now: () => NOW },
      evidenceHead: async () => EVIDENCE,
      halts: async () => [],
    };
  });
  afterEach(() => world.dispose());

  const by = (who: Who) => world.keys[who];
  const main = () => rawGit(world.origin, ['rev-parse', 'refs/heads/main']);
  /** The bot's proposal for the prod ring, pull request 1. */
  const propose = async (message = 'Change\n', claimed?: string) => {
    const lock = { [PROD_LOCK]: lockText('prod', '3.0.14-1~deb12u2', 2) };
    const head = h.commit(world.anchor, lock, 'bot', { message });
    const contentDigest = claimed ?? (await h.digest(world.anchor, head));
    await ports.forge.open(
      {
        ...{ kind: 'remediate', scope: 'servers/prod', branch: BRANCH, head, expectedBranch: null },
        ...{ title: 'Patch servers/prod', body: 'B\n', contentDigest, at: NOW },
      },
      by('bot'),
    );
    return head;
  };
  const push = (branch: string, commit: string) =>
    rawGit(world.clone, ['push', '-q', 'origin', `${commit}:refs/heads/${branch}`]);

  it('go from proposal over approval to a merge that the history walk accepts', async () => {
    const head = await propose();
    expect((await showPull(ports, 1)).verdict).toMatchObject({ allowed: false });
    const approved = await approvePull(ports, 1, by('approver'));
    expect(approved).toMatchObject({
      written: true,
      verdict: { allowed: true },
      pull: { approvals: [expect.any(String)] },
    });
    const view = await showPull(ports, 1);
    expect(view.judged?.approvals).toMatchObject([{ person: 'ben' }]);
    const { pull } = await mergePull(ports, 1, by('merger'));
    expect(main()).toBe(pull.merge);
    const commit = await ports.git.readCommit(pull.merge ?? '');
    expect(commit.parents).toEqual([world.anchor, head]);
    expect(commit.trailers).toContainEqual({ key: 'Patchwarden-Evidence', value: EVIDENCE });
    expect(commit.trailers).toContainEqual({
      key: 'Patchwarden-Approval',
      value: approved.pull.approvals[0],
    });
    const walked = await walkHistory(
      { git: ports.git, policy },
      { anchor: world.anchor, head: pull.merge ?? '' },
    );
    expect(walked).toMatchObject({
      kind: 'verified',
      merges: [{ pull: 1, merger: 'mia', evidence: EVIDENCE }],
    });
    expect(await ports.git.workTree()).toMatchObject({ head: world.anchor, dirty: [] });
  });

  it('what has outgrown its approvals is neither approved nor merged until it is made anew', async () => {
    const head = await propose();
    await approvePull(ports, 1, by('approver'));
    const [before] = await listPulls(ports);
    if (!before) throw new Error('there is no pull request');
    const tell = (over: Partial<NewPull>) =>
      ports.forge.refresh(1, { ...before, expectedBranch: head, at: NOW, ...over }, by('bot'));
    await tell({ body: pullBody({ ...before, files: new Map() } as never, { growth: { from: 4, to: 9 } }) });
    for (const act of [approvePull, mergePull])
      await expect(act(ports, 1, by('merger'))).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringMatching(/touch 9 hosts now, and 4 .*\(change\/growth\).*pr label 1 rebase/),
      });
    expect(await labelPull(ports, 1, { ask: 'rebase', set: true }, by('author'))).toMatchObject({
      written: true,
      pull: { asks: ['rebase'] },
    });
    expect(await labelPull(ports, 1, { ask: 'rebase', set: true }, by('author'))).toMatchObject({
      written: false,
    });
    await expect(labelPull(ports, 1, { ask: 'hold', set: true }, by('outsider'))).rejects.toMatchObject({
      code: 'signature-invalid',
    });
    await tell({ anew: true });
    await expect(mergePull(ports, 1, by('merger'))).rejects.toMatchObject({
      message: expect.stringContaining('0 of 1 needed approvals'),
    });
    await approvePull(ports, 1, by('approver'));
    expect((await mergePull(ports, 1, by('merger'))).pull.state).toBe('merged');
  });

  it('an approval twice by one person is one', async () => {
    await propose();
    await approvePull(ports, 1, by('approver'));
    const again = await approvePull(ports, 1, by('approver'));
    expect(again).toMatchObject({ written: false, pull: { approvals: [expect.any(String)] } });
  });

  it.each<[Who, string, RegExp]>([
    ['bot', 'refused', /bot approves nothing.*separation-of-duties/],
    ['merger', 'refused', /mia does not have the role approver/],
    ['outsider', 'signature-invalid', /not in allowed-signers/],
  ])('%s cannot approve', async (who, code, message) => {
    await propose();
    await expect(approvePull(ports, 1, by(who))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
    expect((await showPull(ports, 1)).pull.approvals).toEqual([]);
  });

  it('a co-author cannot approve, under no address and no key', async () => {
    await propose('Change\n\nCo-authored-by: Anna <anna@example.org>\n');
    for (const who of ['author', 'alias'] as const)
      await expect(approvePull(ports, 1, by(who))).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringContaining('anna worked on the change'),
      });
  });

  it('somebody cannot approve in the name of another', async () => {
    await propose();
    await expect(
      approvePull(ports, 1, { ...by('author'), email: by('approver').email }),
    ).rejects.toMatchObject({
      code: 'signature-invalid',
      message: expect.stringMatching(/ben.*anna/),
    });
  });

  it('content that is not what the pull request claims is neither approved nor merged', async () => {
    await propose(undefined, `sha256:${'c'.repeat(64)}`);
    for (const act of [approvePull, mergePull])
      await expect(act(ports, 1, by('approver'))).rejects.toMatchObject({ code: 'digest-mismatch' });
    expect((await showPull(ports, 1)).trouble).toContain('refresh it');
  });

  it.each<[Who, string, RegExp]>([
    ['merger', 'refused', /0 of 1 needed approvals/],
    ['bot', 'refused', /bot merges nothing/],
    ['outsider', 'signature-invalid', /allowed-signers/],
  ])('an unapproved proposal is not merged by %s', async (who, code, message) => {
    await propose();
    await expect(mergePull(ports, 1, by(who))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
    expect(main()).toBe(world.anchor);
  });

  it('an approved proposal is merged only by who has the role', async () => {
    await propose();
    await approvePull(ports, 1, by('approver'));
    await expect(mergePull(ports, 1, by('approver2'))).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('merger'),
    });
  });

  it('an approval that somebody put into the chain without a valid key is seen and does not count', async () => {
    await propose();
    await ports.forge.approve(1, (await showPull(ports, 1)).pull.contentDigest, NOW, by('outsider'));
    const view = await showPull(ports, 1);
    expect(view).toMatchObject({
      verdict: { allowed: false },
      judged: { approvals: [], discarded: [{ rule: 'history/approval-signature' }] },
    });
    await expect(mergePull(ports, 1, by('merger'))).rejects.toMatchObject({ code: 'refused' });
    await approvePull(ports, 1, by('approver'));
    expect((await mergePull(ports, 1, by('merger'))).pull.state).toBe('merged');
  });

  it('a proposal that conflicts with the protected branch is a sentence, not a merge', async () => {
    await propose();
    const other = rawCommit(world.origin, {
      base: world.anchor,
      files: { [PROD_LOCK]: lockText('prod', '9') },
      parents: [world.anchor],
      message: 'x\n',
      signer: world.keys.merger,
    });
    rawGit(world.origin, ['update-ref', 'refs/heads/main', other]);
    await expect(mergePull(ports, 1, by('merger'))).rejects.toMatchObject({
      code: 'forge-failed',
      message: expect.stringContaining(PROD_LOCK),
    });
  });

  it('the bot’s change of a ring that merges by itself needs no approval, and a person to run the merge', async () => {
    const head = h.commit(world.anchor, { [CANARY_LOCK]: lockText('canary', '3.0.14-1~deb12u2') });
    const scope = 'servers/canary';
    const contentDigest = await h.digest(world.anchor, head, { scope });
    const pull = { kind: 'remediate', scope, branch: `patchwarden/remediate/${scope}`, head } as const;
    await ports.forge.open(
      { ...pull, expectedBranch: null, title: 'T', body: '', contentDigest, at: NOW },
      by('bot'),
    );
    await expect(mergePull(ports, 1, by('bot'))).rejects.toMatchObject({ code: 'refused' });
    const merged = (await mergePull(ports, 1, by('merger'))).pull.merge ?? '';
    expect(
      await walkHistory({ git: ports.git, policy }, { anchor: world.anchor, head: merged }),
    ).toMatchObject({
      merges: [{ approvals: [], merger: 'mia' }],
    });
  });

  it('a proposal that brings a halted version is not green, whoever approves, and the verdict names it', async () => {
    await propose();
    await approvePull(ports, 1, by('approver'));
    const halted = { ...ports, halts: async () => [halt('openssl', '3.0.14-1~deb12u2')] };
    expect((await showPull(ports, 1)).verdict).toMatchObject({ allowed: true });
    expect((await showPull(halted, 1)).verdict).toMatchObject({
      allowed: false,
      reasons: expect.arrayContaining([
        expect.objectContaining({ rule: 'change/bad-versions', subject: 'openssl 3.0.14-1~deb12u2' }),
      ]),
    });
    await expect(mergePull(halted, 1, by('merger'))).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('openssl 3.0.14-1~deb12u2, which was halted'),
    });
  });

  it('a dry run checks everything and writes nothing', async () => {
    await propose();
    const said: string[] = [];
    const dry = { ...ports, forge: dryRunGitForge(ports.forge, { info: (m) => said.push(m) }) };
    const refs = () => rawGit(world.origin, ['for-each-ref']);
    const before = refs();
    await approvePull(dry, 1, by('approver'));
    await expect(mergePull(dry, 1, by('merger'))).rejects.toMatchObject({ code: 'refused' });
    await closePull(dry, 1, 'no', by('approver'));
    expect(refs()).toBe(before);
    expect(said).toHaveLength(2);
  });

  it('is closed by somebody known, with a reason; its branch goes', async () => {
    await propose();
    await expect(closePull(ports, 1, 'x', by('outsider'))).rejects.toMatchObject({
      code: 'signature-invalid',
    });
    expect((await closePull(ports, 1, 'not this week', by('approver'))).pull).toMatchObject({
      state: 'closed',
      closeReason: 'not this week',
      closedBy: 'ben@example.org',
    });
    expect(rawGit(world.origin, ['for-each-ref', `refs/heads/${BRANCH}`])).toBe('');
    for (const act of [approvePull, mergePull])
      await expect(act(ports, 1, by('approver'))).rejects.toMatchObject({ code: 'refused' });
    await expect(approvePull(ports, 2, by('approver'))).rejects.toMatchObject({ code: 'usage' });
  });

  it('a branch that a person pushed is opened, refreshed when it moves, approved and merged', async () => {
    const first = h.commit(world.anchor, { 'calendars/a.json': '{}\n' }, 'author', {
      message: 'Add a calendar\n',
    });
    push('anna/calendar', first);
    const opened = await openPull(ports, 'anna/calendar', undefined, by('author'));
    expect(opened).toMatchObject({
      written: true,
      pull: { number: 1, kind: 'manual', scope: 'anna/calendar', title: 'Add a calendar', head: first },
    });
    expect((await openPull(ports, 'anna/calendar', undefined, by('author'))).written).toBe(false);
    await approvePull(ports, 1, by('approver'));
    const second = h.commit(first, { 'calendars/b.json': '{}\n' }, 'author');
    push('anna/calendar', second);
    const refreshed = await openPull(ports, 'anna/calendar', undefined, by('author'));
    expect(refreshed.pull).toMatchObject({ number: 1, head: second, approvals: [] });
    await expect(approvePull(ports, 1, by('alias'))).rejects.toMatchObject({ code: 'refused' });
    await approvePull(ports, 1, by('approver'));
    const { pull } = await mergePull(ports, 1, by('merger'));
    expect(
      await walkHistory({ git: ports.git, policy }, { anchor: world.anchor, head: pull.merge ?? '' }),
    ).toMatchObject({
      kind: 'verified',
    });
    await expect(openPull(ports, 'none', undefined, by('author'))).rejects.toMatchObject({ code: 'usage' });
  });

  it('a branch with an unsigned commit is not opened', async () => {
    push('x', h.commit(world.anchor, { 'holds/x.json': '{}\n' }, null));
    await expect(openPull(ports, 'x', undefined, by('author'))).rejects.toMatchObject({
      code: 'signature-invalid',
    });
  });
});
