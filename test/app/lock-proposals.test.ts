import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGit } from '../../src/adapters/git-simple-git.ts';
import { loadPolicyEngine } from '../../src/adapters/policy-opa-wasm.ts';
import { documentsAt } from '../../src/app/documents-at.ts';
import { type AskedLane, askedLanes, openExpedited, readGenerations } from '../../src/app/generations.ts';
import { type FleetAnswers, lockProposals } from '../../src/app/lock-proposals.ts';
import { contentBetween } from '../../src/audit/history/content.ts';
import { walkHistory } from '../../src/audit/history/walk.ts';
import type { EvidenceEntry } from '../../src/contracts/generated/evidence-entry.ts';
import type { Proposal } from '../../src/domain/proposal.ts';
import type { WantedPatch } from '../../src/domain/wanted-patch.ts';
import type { Git } from '../../src/ports/git.ts';
import type { PolicyEngine } from '../../src/ports/policy-engine.ts';
import type { InstalledVersion } from '../../src/reconcile/drift.ts';
import { digest } from '../support/builders/evidence.ts';
import { packageRow, wantedPatch } from '../support/builders/packages.ts';
import { halt, key, proven, STREAM } from '../support/builders/rings.ts';
import { BASELINE, CONFIG, createWorld, NOW, type World } from '../support/git-fixtures.ts';
import { type HistoryWriter, historyWriter } from '../support/history.ts';
import type { Who } from '../support/keys.ts';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const NEXT = '3.0.15-1~deb12u1';
const openssl = (over: Partial<WantedPatch> = {}) =>
  wantedPatch({ candidate: packageRow({ name: 'openssl', version: NEXT }), ring: 'prod', ...over });

/** What the fleet says; the tables behind it have their own tests. */
const answers = (wanted: readonly WantedPatch[], had: readonly InstalledVersion[] = []): FleetAnswers => ({
  wanted: async () => wanted,
  offer: () => async () => [],
  facts: async () => ({ status: null, components: [] }),
  firstSeen: () => '2024-10-01',
  forbids: () => null,
  fleet: 40,
  hosts: async () =>
    ['p-1', 'p-2', 'p-3'].map((asset) => ({
      ...{ asset, ring: 'prod', stream: 'debian:12:amd64', kernel: null, set: 1 },
      labels: { unit: 'shop', env: 'prod' },
    })),
  versions: async () => [{ set: 1, name: 'openssl', arch: 'amd64', version: '3.0.11-1' }],
  urgent: async () => [],
  installed: async () => new Map(['canary', 'prod'].map((ring) => [ring, new Set([key('openssl')])])),
  installedVersions: async () => had,
  selectedPackages: async () => ({ known: 0, unknown: 0, installed: [] }),
  sourcesAreNewer: true,
  digests: { fleet: digest('1'), intel: digest('2'), packages: digest('3'), policy: digest('4') },
});

describe('the way of a patch through the rings, in real git', () => {
  let world: World;
  let git: Git;
  let policy: PolicyEngine;
  let h: HistoryWriter;
  let head: string;
  let pulls = 0;
  const evidence: EvidenceEntry[] = [];
  beforeAll(async () => {
    world = createWorld({ 'baselines/servers.json': json({ ...BASELINE, mode: 'apply' }) });
    git = await openGit(world.clone);
    policy = await loadPolicyEngine();
    h = historyWriter(world, git);
    head = world.anchor;
  });
  afterAll(() => world.dispose());

  const walk = async (to = head) => walkHistory({ git, policy }, { anchor: world.anchor, head: to });
  const generations = async () => {
    const walked = await walk();
    return walked.kind === 'verified' ? readGenerations(git, walked.merges) : [];
  };
  const propose = async (
    wanted: readonly WantedPatch[] = [],
    open: ReadonlyMap<string, ReadonlySet<string>> = new Map(),
    had: readonly InstalledVersion[] = [],
    asked: readonly AskedLane[] = [],
  ) => {
    const { proposals } = await lockProposals(
      {
        answers: answers(wanted, had),
        solver: { solve: async () => ({ kind: 'unavailable', message: 'no solver' }) },
        keepBytes: async () => null,
        isKept: async () => true,
      },
      await documentsAt(git, head),
      { head, evidence, generations: await generations(), openExpedited: open, asked, now: NOW },
    );
    return proposals;
  };
  const only = async (kind: Proposal['kind'], scope: string, wanted: readonly WantedPatch[] = []) => {
    const found = (await propose(wanted)).find((p) => p.kind === kind && p.scope === scope);
    if (!found) throw new Error(`no ${kind} ${scope}`);
    return found;
  };
  /** The bot commits a proposal, people approve what the trees really have, somebody merges. */
  const merge = async (proposal: Proposal, approvers: readonly Who[]) => {
    const { kind, scope } = proposal;
    pulls += 1;
    const branch = h.commit(head, Object.fromEntries(proposal.files));
    const content = await h.digest(head, branch, { kind, scope });
    expect(content).toBe(proposal.contentDigest);
    const approvals = approvers.map((who) => h.approval(content, who, { pull: pulls }));
    return h.merge(head, branch, { digest: content, approvals, kind, scope, pull: pulls });
  };

  it('remediate: the first ring merges by itself, and while it is in flight the next one waits', async () => {
    const first = await only('remediate', 'servers/canary', [openssl()]);
    expect(first.waits).toBeUndefined();
    const merged = await merge(first, []);
    expect(await walk(merged)).toMatchObject({ kind: 'verified', merges: [{ approvals: [] }] });
    head = merged;
    const newer = openssl({ candidate: packageRow({ name: 'openssl', version: '3.0.16-1' }) });
    expect(await only('remediate', 'servers/canary', [newer])).toMatchObject({ waits: 'in-flight' });
    expect((await propose([openssl()])).map((p) => p.kind)).toEqual([]);
  });

  it('promote: only what is proven, from the merge that brought it, and by people where the ring says so', async () => {
    const [generation] = await generations();
    if (!generation) throw new Error('no generation');
    expect(generation).toMatchObject({ ring: 'canary', generation: 1, merge: head });
    evidence.push(proven(generation));
    const promote = await only('promote', 'servers/prod', [openssl()]);
    expect(promote.branch).toBe('patchwarden/promote/servers/prod');
    expect(promote.body).toContain('Generation 1 of ring `canary` is proven: 3 hosts patched');
    expect(promote.body).toContain('**Effect:** 3 of 40 hosts would be touched.');
    expect(promote.body).toContain('| prod | shop | prod | 3 |');
    expect(promote.body).toContain('### Rollout preview\n\n- Ring `prod`: 3 hosts in ');
    expect(promote.body).toBe((await only('promote', 'servers/prod', [openssl()])).body);
    expect(await walk(await merge(promote, []))).toMatchObject({ refusal: { rule: 'history/no-approvals' } });
    head = await merge(promote, ['approver']);
    expect(await walk()).toMatchObject({ kind: 'verified', merges: [{}, { kind: 'promote' }] });
    expect((await propose([openssl()])).map((p) => p.kind)).toEqual([]);
  });

  it('drift: what is foreign goes back in both rings, by two people of two teams, and is wanted no more', async () => {
    const had = ['canary', 'prod'].map((ring) => ({
      ...{ ring, stream: STREAM, name: 'openssl', arch: 'amd64', version: '9', assets: 2 },
      ...{ offered: false, offers: ['3.0.14-1~deb12u2'] },
    }));
    expect(await propose([], new Map(), had)).toMatchObject([{ kind: 'drift', waits: 'in-flight' }]);
    evidence.push(...(await generations()).map((g) => proven(g)));
    const [drift, ...others] = await propose([], new Map(), had);
    if (!drift) throw new Error('none');
    expect(others).toEqual([]);
    expect(drift).toMatchObject({ kind: 'drift', scope: 'servers', branch: 'patchwarden/drift/servers' });
    expect(drift.title).toBe('Take servers back to its lock: 1 package');
    expect(await propose([], new Map(), [...had].reverse())).toEqual([drift]);
    expect(await walk(await merge(drift, ['approver']))).toMatchObject({
      refusal: { sentence: expect.stringContaining('change/two-teams') },
    });
    const branch = h.commit(head, Object.fromEntries(drift.files));
    const subject = { repository: CONFIG.repository, kind: 'drift', scope: 'servers' };
    const content = await contentBetween(git, subject, head, branch, head);
    const earlier = (content.ok && content.value.earlier) || '';
    const bound = (claimed: string, approved: string) => {
      const approvals = (['approver', 'approver2'] as const).map((who) =>
        h.approval(approved, who, { pull: 90 }),
      );
      return walk(h.merge(head, branch, { ...subject, digest: claimed, approvals, pull: 90 }));
    };
    expect(await bound(earlier, earlier)).toMatchObject({ kind: 'verified' });
    for (const mixed of [bound(earlier, drift.contentDigest), bound(drift.contentDigest, earlier)])
      expect(await mixed).toMatchObject({ refusal: { rule: 'history/approval-other-content' } });
    head = await merge(drift, ['approver', 'approver2']);
    expect(await walk()).toMatchObject({ kind: 'verified' });
    expect((await generations()).at(-1)?.lock.entries[key('openssl')]?.downgradeFrom).toContain('9');
    expect(await propose([], new Map(), had)).toEqual([]);
  });

  it('expedited: a deadline in three days goes to all rings at once, by two approvers of two teams', async () => {
    const urgent = openssl({
      candidate: packageRow({ name: 'openssl', version: '3.0.16-1' }),
      due: '2024-10-26',
    });
    const proposals = await propose([urgent]);
    expect(proposals.map((p) => [p.kind, p.scope, p.waits])).toEqual([
      ['expedited', 'servers', undefined],
      ['remediate', 'servers/canary', undefined],
    ]);
    const [expedited] = proposals;
    if (!expedited) throw new Error('none');
    expect([...expedited.files.keys()]).toEqual([
      'locks/servers/canary.lock.json',
      'locks/servers/prod.lock.json',
    ]);
    const refused = {
      refusal: { rule: 'history/policy', sentence: expect.stringContaining('change/two-teams') },
    };
    expect(await walk(await merge(expedited, ['author', 'approver']))).toMatchObject(refused);
    expect(await walk(await merge(expedited, ['approver', 'approver2']))).toMatchObject({ kind: 'verified' });

    const branch = h.commit(head, Object.fromEntries(expedited.files));
    const open = { kind: 'expedited', scope: 'servers', state: 'open', head: branch };
    const odd = { ...open, scope: '../..' };
    const forge = { list: async () => ({ complete: true, pulls: [open, odd] }) } as never;
    const sticky = await openExpedited(git, forge, await documentsAt(git, head));
    expect([...sticky.keys()]).toEqual(['servers']);
    expect([...(sticky.get('servers') ?? [])]).toEqual([`${key('openssl')} 3.0.16-1`]);
    const late = { ...urgent, due: '2024-10-01' };
    expect((await propose([late])).map((p) => p.kind)).not.toContain('expedited');
    expect((await propose([late], sticky)).map((p) => p.kind)).toContain('expedited');
  });

  it('expedited: what an operator asked for goes to all rings, whenever it is due, and says who asked', async () => {
    const later = openssl({
      candidate: packageRow({ name: 'openssl', version: '3.0.16-1' }),
      due: '2024-11-30',
    });
    const remediate = await only('remediate', 'servers/canary', [later]);
    expect(remediate).toMatchObject({ generation: 3, hosts: 0 });
    const branch = h.commit(head, Object.fromEntries(remediate.files));
    const pull = { number: 12, head: branch, scope: 'servers/canary' };
    const { locks } = await documentsAt(git, head);
    const lanes = await askedLanes(git, [{ pull, person: 'olga' }], locks);
    expect(lanes.map((l) => [l.baseline, ...l.entries])).toEqual([['servers', `${key('openssl')} 3.0.16-1`]]);
    const [expedited] = await propose([later], new Map(), [], lanes);
    expect(expedited).toMatchObject({ kind: 'expedited', scope: 'servers', askedBy: ['olga'] });
    expect(expedited?.body).toContain('`olga` asked for it with the label `patchwarden/expedite` at #12');
    const elsewhere = lanes.map((l) => ({ ...l, baseline: 'other' }));
    expect((await propose([later], new Map(), [], elsewhere)).map((p) => p.kind)).not.toContain('expedited');
    const newer = { ...later, candidate: packageRow({ name: 'openssl', version: '3.0.17-1' }) };
    expect((await propose([newer], new Map(), [], lanes)).map((p) => p.kind)).not.toContain('expedited');
  });

  it('rollback: a halt takes the version back in every ring that has it, with a hold, by people only', async () => {
    evidence.push(halt('openssl', NEXT));
    const newer = openssl({ candidate: packageRow({ name: 'openssl', version: '3.0.16-1' }), due: null });
    const proposals = await propose([newer]);
    expect(proposals.map((p) => [p.kind, p.scope, p.waits])).toEqual([
      ['rollback', 'servers/canary', undefined],
      ['rollback', 'servers/prod', undefined],
      ['remediate', 'servers/canary', 'rollback-first'],
    ]);
    const [canary] = proposals;
    if (!canary) throw new Error('none');
    const hold = [...canary.files.keys()].find((p) => p.startsWith('holds/'));
    expect(hold).toMatch(/^holds\/openssl-3\.0\.15-1-deb12u1-[0-9a-f]{12}\.json$/);
    expect(await walk(await merge(canary, []))).toMatchObject({ kind: 'refused' });
    head = await merge(canary, ['approver']);
    expect(await walk()).toMatchObject({ kind: 'verified' });
  });

  it('one ring back, the other still has it: the documents stay usable, the hold is not added twice', async () => {
    const proposals = await propose();
    expect(proposals.map((p) => [p.kind, p.scope])).toEqual([['rollback', 'servers/prod']]);
    expect([...(proposals[0]?.files.keys() ?? [])]).toEqual(['locks/servers/prod.lock.json']);
    head = await merge(proposals[0] as Proposal, ['approver']);
    expect(await propose()).toEqual([]);
  });

  it('a held version never enters a lock again, whoever approves', async () => {
    const [generation] = await generations();
    const branch = h.commit(head, {
      'locks/servers/prod.lock.json': json({ ...generation?.lock, id: 'prod', ring: 'prod' }),
    });
    const content = await h.digest(head, branch, { kind: 'promote' });
    const approvals = [h.approval(content, 'approver', { pull: 99 })];
    const merged = h.merge(head, branch, { digest: content, approvals, kind: 'promote', pull: 99 });
    expect(await walk(merged)).toMatchObject({
      refusal: { rule: 'history/policy', sentence: expect.stringContaining('change/bad-versions') },
    });
  });
});
