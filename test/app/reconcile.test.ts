import { describe, expect, it } from 'vitest';
import { type ReconcileInput, reconcilePulls } from '../../src/app/reconcile.ts';
import { branchOf, type Proposal } from '../../src/domain/proposal.ts';
import { toldGrowth } from '../../src/review/pull-notes.ts';
import { digest, proposalEntry } from '../support/builders/evidence.ts';
import { fakeEvidenceLog, type SharedLog } from '../support/fakes/evidence-log.ts';
import { fakeForge, newForgeState } from '../support/fakes/forge.ts';

const bot = { name: 'Patchwarden', email: 'bot@example.org', key: 'k' };
const proposal = (kind: Proposal['kind'], scope: string, fill = '1'): Proposal => ({
  kind,
  scope,
  branch: branchOf(kind, scope),
  files: new Map([[`locks/${scope}.lock.json`, fill]]),
  contentDigest: digest(fill),
  title: `${kind} ${scope}`,
  body: 'B',
});

/** A forge, a log and the few things of Git that reconcile asks; every commit has its own id. */
function world() {
  const state = newForgeState('main', '0'.repeat(40));
  let commits = 0;
  let reads = 0;
  const conflicting = new Set<string>();
  const shared: SharedLog = { entries: [] };
  const log = fakeEvidenceLog(shared);
  const evidence = {
    ...log,
    entries: async () => {
      reads += 1;
      return log.entries();
    },
  };
  const git = {
    createCommit: async () => {
      commits += 1;
      return commits.toString(16).padStart(40, '0');
    },
    readCommit: async (id: string) => ({
      ...{ id, tree: id, parents: ['0'.repeat(40)], message: '', trailers: [] },
      ...{ author: { name: '', email: '', at: '' }, committer: { name: '', email: '', at: '' } },
    }),
    mergeTree: async (_base: string, head: string) =>
      conflicting.has(head) ? { conflicts: ['locks/x'] } : { tree: head },
  };
  const nothing = () => undefined;
  const run = async (proposals: readonly Proposal[], over: Partial<ReconcileInput> = {}) => {
    const actions = await reconcilePulls(
      { git, forge: fakeForge(state), evidence, log: { info: nothing, warn: nothing } },
      {
        head: '0'.repeat(40),
        proposals,
        digests: { policy: digest('a') },
        limits: {},
        botPrincipals: [bot.email],
        bot,
        now: '2024-10-24T12:00:00Z',
        ...over,
      },
    );
    return actions.map((a) => {
      const told = [a.action, a.kind, a.scope, a.reason];
      return a.detail !== undefined && a.action === 'defer' ? [...told, a.detail] : told;
    });
  };
  return { run, state, log, shared, conflicting, count: () => ({ commits, reads }) };
}

const ALL = [
  proposal('remediate', 'servers/canary'),
  proposal('promote', 'servers/prod'),
  proposal('rollback', 'servers/prod'),
  proposal('expedited', 'servers'),
  proposal('pins', 'all'),
];

describe('reconcilePulls', () => {
  it('opens every kind, what goes back first, and enters each into the evidence', async () => {
    const { run, log } = world();
    expect((await run(ALL)).map(([action, kind]) => [action, kind])).toEqual([
      ['open', 'rollback'],
      ['open', 'expedited'],
      ['open', 'remediate'],
      ['open', 'promote'],
      ['open', 'pins'],
    ]);
    expect((await log.entries()).map((e) => e.type)).toEqual(Array(5).fill('proposal'));
  });

  it('R2: a second run writes nothing, and reads the evidence once', async () => {
    const { run, log, count } = world();
    await run(ALL);
    const before = count();
    expect((await run(ALL)).every(([action]) => action === 'keep')).toBe(true);
    expect(count()).toEqual({ commits: before.commits, reads: before.reads + 1 });
    expect(await log.entries()).toHaveLength(5);
  });

  describe('when somebody appends to the log meanwhile', () => {
    const wanted = [proposal('remediate', 'servers/canary')];
    const opened = async () => {
      const w = world();
      await w.run(wanted);
      const before = w.shared.entries;
      w.shared.entries = [];
      return { ...w, before };
    };

    it('what it is about to enter is not entered twice', async () => {
      const { run, log, shared, before } = await opened();
      shared.meanwhile = async () => {
        shared.entries = before;
      };
      expect(await run(wanted)).toEqual([['keep', 'remediate', 'servers/canary', 'same-content']]);
      expect(await log.entries()).toHaveLength(1);
    });

    it('something else, its own entry follows', async () => {
      const { run, log, shared } = await opened();
      shared.meanwhile = () => log.append([proposalEntry({ pull: 99 })]);
      await run(wanted);
      expect((await log.entries()).map((e) => e.type === 'proposal' && e.pull)).toEqual([99, 1]);
    });

    it('again and again, the next run enters it', async () => {
      const { run, log, shared } = await opened();
      const again = async () => {
        await log.append([proposalEntry({ pull: 99 })]);
        shared.meanwhile = again;
      };
      shared.meanwhile = again;
      expect(await run(wanted)).toEqual([['failed', 'remediate', 'servers/canary', 'lease-lost']]);
      shared.meanwhile = undefined;
      await run(wanted);
      expect((await log.entries()).filter((e) => e.type === 'proposal' && e.pull === 1)).toHaveLength(1);
    });
  });

  it('obsolete proposals of every kind close, and what changed is refreshed and recorded anew', async () => {
    const { run, log, state } = world();
    await run(ALL);
    const next = [proposal('promote', 'servers/prod', '2')];
    expect((await run(next)).map(([action, kind]) => [action, kind])).toEqual([
      ['refresh', 'promote'],
      ['close', 'rollback'],
      ['close', 'expedited'],
      ['close', 'remediate'],
      ['close', 'pins'],
    ]);
    expect(await log.entries()).toHaveLength(6);
    const reasons = [...state.pulls.values()].flatMap((p) => p.closeReason ?? []);
    expect(reasons).toHaveLength(4);
    for (const reason of reasons) expect(reason).toMatch(/^obsolete: .* Evidence: \d+ entries on branch /);
  });

  it('one that no longer merges is made anew from the new head, with the same content', async () => {
    const { run, state, conflicting } = world();
    const wanted = [proposal('remediate', 'servers/canary')];
    await run(wanted);
    const before = state.pulls.get(1)?.head ?? '';
    conflicting.add(before);
    expect(await run(wanted)).toEqual([['keep', 'remediate', 'servers/canary', 'same-content']]);
    expect(await run(wanted, { head: '1'.repeat(40) })).toEqual([
      ['refresh', 'remediate', 'servers/canary', 'conflict'],
    ]);
    expect(state.pulls.get(1)?.head).not.toBe(before);
  });

  it('R1, R2: what rivals opened at the same moment is closed as duplicates, and the branch stays', async () => {
    const { run, state } = world();
    state.rivals = 2;
    const wanted = [proposal('remediate', 'servers/canary')];
    await run(wanted);
    expect(state.pulls.size).toBe(3);
    state.rivals = 0;
    expect(await run(wanted)).toEqual([
      ['keep', 'remediate', 'servers/canary', 'same-content'],
      ['close', 'remediate', 'servers/canary', 'duplicate'],
      ['close', 'remediate', 'servers/canary', 'duplicate'],
    ]);
    expect([...state.pulls.values()].map((p) => [p.number, p.state])).toEqual([
      [1, 'open'],
      [2, 'closed'],
      [3, 'closed'],
    ]);
    expect(state.pulls.get(3)?.closeReason).toBe('duplicate: #1 is the same proposal');
    expect(state.branches.get('patchwarden/remediate/servers/canary')).toBe(state.pulls.get(1)?.head);
    expect(await run(wanted)).toEqual([['keep', 'remediate', 'servers/canary', 'same-content']]);
  });

  it('what waits is told and not opened', async () => {
    const { run, state } = world();
    expect(await run([{ ...proposal('promote', 'servers/prod'), waits: 'in-flight' }])).toEqual([
      ['defer', 'promote', 'servers/prod', 'in-flight'],
    ]);
    expect(state.pulls.size).toBe(0);
  });

  it('opens as many an hour as may be, the rest later, and what is due at once', async () => {
    const { run } = world();
    const wanted = ['a', 'b', 'c'].map((scope) => proposal('remediate', scope));
    const limits = { perHour: 2 };
    const first = await run(wanted, { limits });
    expect(first.map(([action, , , reason]) => [action, reason])).toEqual([
      ['open', null],
      ['open', null],
      ['defer', 'hour-limit'],
    ]);
    const due = { ...proposal('remediate', 'd'), due: '2024-10-25' };
    expect((await run([...wanted, due], { limits })).map(([, , scope, reason]) => [scope, reason])).toEqual([
      ['d', 'deadline'],
      ['a', 'same-content'],
      ['b', 'same-content'],
      ['c', 'hour-limit'],
    ]);
    const later = await run(wanted, { limits, now: '2024-10-24T13:00:01Z' });
    expect(later.find(([, , scope]) => scope === 'c')?.[0]).toBe('open');
  });

  it('what would touch too many more hosts is said once, and bounds approvals until it is made anew', async () => {
    const { run, state, log } = world();
    const KEPT = ['keep', 'remediate', 'servers/canary', 'same-content'];
    const of = (hosts: number) => [{ ...proposal('remediate', 'servers/canary'), hosts }];
    await run(of(10));
    const first = state.pulls.get(1);
    expect(await run(of(12))).toEqual([KEPT]);
    expect(state.pulls.get(1)).toEqual(first);
    expect(await run(of(13))).toMatchObject([['grown', 'remediate', 'servers/canary', 'growth']]);
    const grown = state.pulls.get(1);
    expect(grown?.head).toBe(first?.head);
    expect(toldGrowth(grown?.body ?? '')).toEqual({ from: 10, to: 13 });
    await run(of(15));
    expect(state.pulls.get(1)).toEqual(grown);
    await run(of(16));
    expect(toldGrowth(state.pulls.get(1)?.body ?? '')).toEqual({ from: 10, to: 16 });
    expect(await run(of(11))).toEqual([KEPT]);
    expect(state.pulls.get(1)?.body).toBe('B');
    await run(of(13));
    await fakeForge(state).label(1, 'rebase', true, '', bot);
    await fakeForge(state).approve(1, digest('1'), '', bot);
    expect(await run(of(14))).toMatchObject([['refresh', 'remediate', 'servers/canary', 'asked']]);
    expect(state.pulls.get(1)).toMatchObject({ body: 'B', asks: [], approvals: [] });
    expect(await run(of(16))).toEqual([KEPT]);
    expect((await log.entries()).map((e) => e.type === 'proposal' && e.hosts)).toEqual([10, 14]);
  });

  it('a conflict renews no approval: they end where it has grown, else their number stays', async () => {
    const { run, state, log, conflicting } = world();
    const of = (hosts: number) => [{ ...proposal('remediate', 'servers/canary'), hosts }];
    const again = async (hosts: number, head: string) => {
      await fakeForge(state).approve(1, digest('1'), head, bot);
      conflicting.add(state.pulls.get(1)?.head ?? '');
      expect(await run(of(hosts), { head: head.repeat(40) })).toEqual([
        ['refresh', 'remediate', 'servers/canary', 'conflict'],
      ]);
      return state.pulls.get(1)?.approvals.length;
    };
    await run(of(10));
    expect(await again(12, '1')).toBe(1);
    expect(await again(14, '2')).toBe(0);
    expect((await log.entries()).map((e) => e.type === 'proposal' && e.hosts)).toEqual([10, 10, 14]);
  });

  it('a generation that follows says which one it supersedes', async () => {
    const { run, state, log } = world();
    const of = (generation: number, fill: string) => [
      { ...proposal('promote', 'servers/prod', fill), generation },
    ];
    await run(of(5, '1'));
    await run(of(5, '2'));
    expect(state.pulls.get(1)?.body).toBe('B');
    await run(of(6, '3'));
    expect(state.pulls.get(1)?.body).toContain('supersedes generation 5');
    await run(of(6, '4'));
    expect(state.pulls.get(1)?.body).toContain('supersedes generation 5');
    expect((await log.entries()).map((e) => e.type === 'proposal' && e.supersedes)).toEqual([
      ...[undefined, undefined, 5, 5],
    ]);
  });

  it('outside of the schedule only refreshes and closes, and says when it opens', async () => {
    const { run, state } = world();
    await run([proposal('remediate', 'a'), proposal('remediate', 'b')]);
    const schedule = { calendar: 'office', open: false, next: '2024-10-25T07:00:00Z' };
    const wanted = [
      proposal('remediate', 'a', '2'),
      proposal('remediate', 'c'),
      proposal('rollback', 'd'),
      { ...proposal('remediate', 'e'), due: '2024-10-25' },
    ];
    expect(await run(wanted, { limits: { schedule } })).toEqual([
      ['open', 'rollback', 'd', 'rollback'],
      ['open', 'remediate', 'e', 'deadline'],
      ['refresh', 'remediate', 'a', 'content'],
      ['defer', 'remediate', 'c', 'schedule', 'the calendar office opens at 2024-10-25T07:00:00Z'],
      ['close', 'remediate', 'b', 'obsolete'],
    ]);
    const asked = new Set([branchOf('remediate', 'c')]);
    expect((await run(wanted, { limits: { schedule }, asked })).at(-1)).toEqual([
      ...['open', 'remediate', 'c', 'asked'],
    ]);
    expect(state.pulls.size).toBe(5);
  });

  it('one after the other for each owner, as far as urgency allows', async () => {
    const { run } = world();
    const owned = (scope: string, owner?: string, due?: string) => ({
      ...proposal('remediate', scope),
      ...(owner ? { owner } : {}),
      ...(due ? { due } : {}),
    });
    const wanted = [
      owned('a', 'team:x'),
      owned('b', 'team:y'),
      owned('c', 'team:x'),
      owned('d'),
      owned('e', 'team:y', '2024-11-30'),
    ];
    expect((await run(wanted)).map(([, , scope]) => scope)).toEqual(['e', 'a', 'c', 'b', 'd']);
  });

  it('R5: an incomplete listing changes nothing', async () => {
    const { run, state } = world();
    await run(ALL);
    state.incomplete = 'page 2 is missing';
    await expect(run([])).rejects.toMatchObject({ code: 'forge-failed' });
    expect([...state.pulls.values()].every((p) => p.state === 'open')).toBe(true);
  });
});
