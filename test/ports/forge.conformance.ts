import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TRAILER, trailerLines } from '../../src/domain/pull-trailers.ts';
import type { Forge, GitForge, NewPull, PullRequest } from '../../src/ports/forge.ts';
import { testKeys } from '../support/keys.ts';

/** A forge under test, seen by two clients, and what people do to it. */
export interface ForgeUnderTest {
  readonly forge: Forge;
  /** The same forge through another clone. */
  readonly other: Forge;
  /** The head of the protected branch at the start. */
  readonly base: string;
  /** Who the forge says that the bot is. */
  readonly bot: string;
  /** A commit of the bot on `base`; `message` is whole. */
  head(text: string, message: string): Promise<string>;
  /** Commits to a branch in somebody else's name. @returns the commit */
  personPushes(branch: string): Promise<string>;
  /** Missing where nobody but the bot has an account. @returns what the forge calls this person */
  readonly personCloses: ((number: number) => Promise<string>) | undefined;
  branches(): Promise<ReadonlyMap<string, string>>;
  /** Makes every further listing fail. */
  breakListing(): void;
  dispose(): void | Promise<void>;
}

/** The embedded forge in addition has what people do. */
export interface GitForgeUnderTest extends ForgeUnderTest {
  readonly forge: GitForge;
  readonly other: GitForge;
  merge(base: string, head: string): Promise<string>;
}

const AT = '2024-10-24T12:00:00Z';
const digest = (c: string): string => `sha256:${c.repeat(64)}`;

/** The message of the bot's commit, as reconcile writes it. */
const messageOf = ({
  kind,
  scope,
  contentDigest,
}: Pick<NewPull, 'kind' | 'scope' | 'contentDigest'>): string =>
  `Patch ${scope}\n\n${trailerLines([
    [TRAILER.kind, kind],
    [TRAILER.scope, scope],
    [TRAILER.content, contentDigest],
  ])}`;

const pullOn = async (t: ForgeUnderTest, over: Partial<NewPull> = {}, text = 'one'): Promise<NewPull> => {
  const pull = {
    kind: 'remediate' as const,
    scope: 'servers/prod',
    branch: 'patchwarden/remediate/servers/prod',
    expectedBranch: null,
    title: 'Patch servers/prod',
    body: '# Why\n\nBecause.\n',
    contentDigest: digest('a'),
    at: AT,
    ...over,
  };
  return { head: await t.head(text, messageOf(pull)), ...pull };
};

const pins = { branch: 'patchwarden/pins/all', kind: 'pins', scope: 'all' } as const;

const listed = async (forge: Pick<Forge, 'list'>): Promise<readonly PullRequest[]> => {
  const listing = await forge.list();
  if (!listing.complete) throw new Error(listing.reason);
  return listing.pulls;
};

/** What every implementation of the Forge port must do. */
export function forgeConformance(name: string, make: () => Promise<ForgeUnderTest>): void {
  describe(`${name} as Forge`, () => {
    const { bot } = testKeys();
    let t: ForgeUnderTest;
    beforeEach(async () => {
      t = await make();
    });
    afterEach(() => t.dispose());

    it('is empty and complete at first', async () => {
      expect(await t.forge.list()).toEqual({ complete: true, pulls: [] });
      expect(await t.forge.branch(pins.branch)).toEqual({ pulls: [], tip: null, ours: expect.any(Boolean) });
    });

    it('opens, and everybody sees the same', async () => {
      const pull = await pullOn(t);
      const opened = await t.forge.open(pull, bot);
      const { kind, scope, branch, head, title, body, contentDigest } = pull;
      expect(opened).toMatchObject({
        ...{ kind, scope, branch, head, title, contentDigest },
        body: expect.stringContaining(body.trim()),
        tip: head,
        foreign: false,
        base: 'main',
        state: 'open',
        openedBy: t.bot,
        merge: null,
        closedBy: null,
      });
      expect(await listed(t.forge)).toEqual([opened]);
      expect(await listed(t.other)).toEqual([opened]);
      expect(await t.other.branch(branch)).toEqual({ pulls: [opened], tip: head, ours: true });
      expect((await t.branches()).get(branch)).toBe(head);
    });

    it('gives each its number, also when two clients open at once', async () => {
      const [a, b] = [await pullOn(t), await pullOn(t, pins)];
      const opened = await Promise.all([t.forge.open(a, bot), t.other.open(b, bot)]);
      expect(new Set(opened.map((p) => p.number)).size).toBe(2);
      expect((await listed(t.forge)).map((p) => p.number)).toEqual(
        opened.map((p) => p.number).sort((x, y) => x - y),
      );
    });

    it('does not open on a branch that somebody else has', async () => {
      const pull = await pullOn(t);
      await t.other.open(pull, bot);
      const second = { ...pull, head: await t.head('two', messageOf(pull)) };
      await expect(t.forge.open(second, bot)).rejects.toMatchObject({ code: 'lease-lost' });
      expect(await listed(t.forge)).toHaveLength(1);
      expect((await t.branches()).get(pull.branch)).toBe(pull.head);
    });

    it('opens none on a branch of which one is open (again), and moves nothing', async () => {
      const pull = await pullOn(t);
      const before = await t.forge.open(pull, bot);
      const next = await pullOn(t, { contentDigest: digest('b'), expectedBranch: pull.head }, 'two');
      await expect(t.other.open(next, bot)).rejects.toMatchObject({ code: 'refused' });
      expect(await listed(t.forge)).toEqual([before]);
      expect((await t.branches()).get(pull.branch)).toBe(pull.head);
    });

    it('a branch of our name that a person made is not ours', async () => {
      const tip = await t.personPushes(pins.branch);
      expect(await t.forge.branch(pins.branch)).toEqual({ pulls: [], tip, ours: false });
      await expect(t.forge.open(await pullOn(t, pins), bot)).rejects.toMatchObject({ code: 'lease-lost' });
      expect((await t.branches()).get(pins.branch)).toBe(tip);
    });

    it('refreshes head, title and body in place', async () => {
      const pull = await pullOn(t);
      const { number } = await t.forge.open(pull, bot);
      const next = await pullOn(
        t,
        { contentDigest: digest('b'), title: 'Again', body: 'Other.\n', expectedBranch: pull.head },
        'two',
      );
      const refreshed = await t.other.refresh(number, next, bot);
      expect(refreshed).toMatchObject({
        number,
        head: next.head,
        title: 'Again',
        contentDigest: digest('b'),
      });
      expect(refreshed.body).toContain('Other.');
      expect(refreshed.body).not.toContain('Because.');
      expect(await listed(t.forge)).toEqual([refreshed]);
      expect((await t.branches()).get(pull.branch)).toBe(next.head);
    });

    it('refreshes nothing when the branch has moved', async () => {
      const pull = await pullOn(t);
      const before = await t.forge.open(pull, bot);
      const never = await t.head('never there', messageOf(pull));
      const stale = await pullOn(t, { expectedBranch: never, title: 'Never' }, 'two');
      await expect(t.forge.refresh(before.number, stale, bot)).rejects.toMatchObject({ code: 'lease-lost' });
      expect(await listed(t.forge)).toEqual([before]);
    });

    it('R3: what a person pushes to our branch is seen as theirs, and our last commit as ours', async () => {
      const pull = await pullOn(t);
      const { number } = await t.forge.open(pull, bot);
      const tip = await t.personPushes(pull.branch);
      expect(await listed(t.other)).toMatchObject([
        { number, foreign: true, tip, head: pull.head, contentDigest: digest('a') },
      ]);
      expect(await t.other.branch(pull.branch)).toMatchObject({ tip, ours: false });
    });

    it('a deleted branch is no foreign work, and a refresh puts it back', async () => {
      const pull = await pullOn(t);
      const { number } = await t.forge.open(pull, bot);
      const closed = await t.forge.close(number, 'obsolete', AT, bot, { deleteBranch: true });
      expect(closed).toMatchObject({ state: 'closed', tip: null, foreign: false });
      expect(await t.forge.branch(pull.branch)).toMatchObject({ tip: null, pulls: [{ number, tip: null }] });
      const again = await t.forge.open(pull, bot);
      expect(again.number).not.toBe(number);
      expect((await t.branches()).get(pull.branch)).toBe(pull.head);
    });

    it.each([true, false])('closes once; deletes the branch: %s', async (deleteBranch) => {
      const pull = await pullOn(t);
      const { number } = await t.forge.open(pull, bot);
      await t.forge.close(number, 'not now', AT, bot, { deleteBranch });
      expect(await listed(t.other)).toEqual([]);
      expect((await t.other.branch(pull.branch)).pulls).toMatchObject([
        { number, state: 'closed', closedBy: t.bot, contentDigest: digest('a') },
      ]);
      expect((await t.branches()).has(pull.branch)).toBe(!deleteBranch);
      for (const again of [
        () => t.forge.close(number, 'again', AT, bot),
        () => t.forge.refresh(number, { ...pull, expectedBranch: pull.head }, bot),
      ])
        await expect(again()).rejects.toMatchObject({ code: 'refused' });
    });

    it('keeps the branch that a person works on over a close, or does not close', async () => {
      const pull = await pullOn(t);
      const { number } = await t.forge.open(pull, bot);
      const tip = await t.personPushes(pull.branch);
      const end = await t.forge.close(number, 'not now', AT, bot, { deleteBranch: true }).then(
        () => 'closed',
        (error: { readonly code?: string }) => error.code,
      );
      expect(['closed', 'lease-lost']).toContain(end);
      expect(await listed(t.other)).toHaveLength(end === 'closed' ? 0 : 1);
      expect((await t.branches()).get(pull.branch)).toBe(tip);
    });

    it('tells who refused, and what, after the branch is gone', async ({ skip }) => {
      const { personCloses } = t;
      if (!personCloses) return skip('nobody but the bot has an account');
      const pull = await pullOn(t);
      const { number } = await t.forge.open(pull, bot);
      const person = await personCloses(number);
      expect(person).not.toBe(t.bot);
      expect((await t.other.branch(pull.branch)).pulls).toMatchObject([
        { number, state: 'closed', closedBy: person, contentDigest: digest('a') },
      ]);
    });

    it('knows no pull request that is not there', async () => {
      await expect(t.forge.close(7777, 'x', AT, bot)).rejects.toMatchObject({ code: 'usage' });
    });

    it('never passes off a listing that failed as an empty one', async () => {
      const { branch } = await t.forge.open(await pullOn(t), bot);
      t.breakListing();
      expect(await t.forge.list()).toEqual({ complete: false, reason: expect.stringMatching(/./) });
      await expect(t.forge.branch(branch)).rejects.toMatchObject({ code: 'forge-failed' });
    });
  });
}

/** What the embedded forge does beside that. */
export function gitForgeConformance(name: string, make: () => Promise<GitForgeUnderTest>): void {
  forgeConformance(name, make);
  describe(`${name} as GitForge`, () => {
    const { bot, approver, merger } = testKeys();
    let t: GitForgeUnderTest;
    beforeEach(async () => {
      t = await make();
    });
    afterEach(() => t.dispose());

    const everything = async (): Promise<readonly PullRequest[]> => {
      const listing = await t.forge.all();
      if (!listing.complete) throw new Error(listing.reason);
      return listing.pulls;
    };

    it('numbers in order', async () => {
      const [a, b] = [await pullOn(t), await pullOn(t, pins)];
      await Promise.all([t.forge.open(a, bot), t.other.open(b, bot)]);
      expect((await everything()).map((p) => p.number)).toEqual([1, 2]);
    });

    it('keeps approvals of equal content over a refresh, and drops those of other content', async () => {
      const pull = await pullOn(t);
      await t.forge.open(pull, bot);
      const approved = await t.forge.approve(1, digest('a'), AT, approver);
      expect(approved.approvals).toHaveLength(1);
      const same = await pullOn(t, { expectedBranch: pull.head, title: 'Again' }, 'two');
      expect(await t.other.refresh(1, same, bot)).toMatchObject({
        head: same.head,
        title: 'Again',
        approvals: approved.approvals,
      });
      const changed = await pullOn(t, { expectedBranch: same.head, contentDigest: digest('b') }, 'three');
      expect((await t.forge.refresh(1, changed, bot)).approvals).toEqual([]);
      expect((await t.branches()).get(pull.branch)).toBe(changed.head);
    });

    it('knows what people ask for, who asked last, and what they took back', async () => {
      await t.forge.open(await pullOn(t), bot);
      expect(await t.other.asker?.(1, 'expedite')).toBeUndefined();
      await t.forge.label(1, 'expedite', true, AT, approver);
      expect(await t.other.label(1, 'hold', true, AT, merger)).toMatchObject({ asks: ['hold', 'expedite'] });
      const first = await t.other.asker?.(1, 'expedite');
      expect(first).toEqual({ commit: expect.stringMatching(/^[0-9a-f]{40}$/) });
      expect(await t.other.asker?.(1, 'rebase')).toBeUndefined();
      await t.forge.label(1, 'expedite', true, '2024-10-24T13:00:00Z', merger);
      expect(await t.other.asker?.(1, 'expedite')).not.toEqual(first);
      expect(await t.forge.label(1, 'expedite', false, AT, merger)).toMatchObject({ asks: ['hold'] });
      expect(await t.forge.asker?.(1, 'expedite')).toBeUndefined();
      await t.forge.close(1, 'no', AT, approver);
      await expect(t.forge.label(1, 'hold', false, AT, merger)).rejects.toMatchObject({ code: 'refused' });
    });

    it('made anew, it forgets approvals of equal content and that it was asked for', async () => {
      const pull = await pullOn(t);
      await t.forge.open(pull, bot);
      await t.forge.approve(1, digest('a'), AT, approver);
      await t.forge.label(1, 'rebase', true, AT, approver);
      const next = await pullOn(t, { expectedBranch: pull.head, asked: true, anew: true }, 'two');
      expect(await t.other.refresh(1, next, bot)).toMatchObject({ approvals: [], asks: [] });
      const again = await t.forge.approve(1, digest('a'), '2024-10-24T14:00:00Z', approver);
      expect(again.approvals).toHaveLength(1);
    });

    it('changes the text alone where the head stays', async () => {
      const pull = await pullOn(t);
      const before = await t.forge.open(pull, bot);
      const { approvals } = await t.forge.approve(1, digest('a'), AT, approver);
      const told = await t.other.refresh(1, { ...pull, expectedBranch: pull.head, body: 'Told\n' }, bot);
      expect(told).toMatchObject({ head: before.head, tip: before.tip, body: 'Told\n', approvals });
    });

    it('approves only the content that is there', async () => {
      await t.forge.open(await pullOn(t), bot);
      await expect(t.forge.approve(1, digest('f'), AT, approver)).rejects.toMatchObject({
        code: 'digest-mismatch',
      });
      expect((await listed(t.forge))[0]?.approvals).toEqual([]);
    });

    it('takes no approval of a closed one, and keeps the reason', async () => {
      await t.forge.open(await pullOn(t), bot);
      expect(await t.forge.close(1, 'not now', AT, approver)).toMatchObject({ closeReason: 'not now' });
      await expect(t.forge.approve(1, digest('a'), AT, approver)).rejects.toMatchObject({ code: 'refused' });
    });

    it('merges: the protected branch moves, the branch of the proposal goes', async () => {
      const pull = await pullOn(t);
      await t.forge.open(pull, bot);
      const merge = await t.merge(t.base, pull.head);
      expect(await t.forge.merge(1, merge, t.base, AT, merger)).toMatchObject({ state: 'merged', merge });
      const branches = await t.branches();
      expect(branches.get('main')).toBe(merge);
      expect(branches.has(pull.branch)).toBe(false);
      expect((await everything())[0]).toMatchObject({ state: 'merged', merge });
    });

    it('keeps the branch of a person over a merge', async () => {
      const pull = await pullOn(t, { branch: 'anna/roles', kind: 'manual', scope: 'anna/roles' });
      await t.forge.open(pull, bot);
      await t.forge.merge(1, await t.merge(t.base, pull.head), t.base, AT, merger);
      expect((await t.branches()).get('anna/roles')).toBe(pull.head);
    });

    it('merges nothing when the protected branch has moved', async () => {
      const [a, b] = [await pullOn(t), await pullOn(t, pins, 'two')];
      await t.forge.open(a, bot);
      await t.forge.open(b, bot);
      const first = await t.merge(t.base, a.head);
      const second = await t.merge(t.base, b.head);
      await t.other.merge(1, first, t.base, AT, merger);
      await expect(t.forge.merge(2, second, t.base, AT, merger)).rejects.toMatchObject({
        code: 'lease-lost',
      });
      expect((await t.branches()).get('main')).toBe(first);
      expect((await everything())[1]).toMatchObject({ state: 'open', merge: null });
    });

    it('merges no commit that does not bring exactly the head of the pull request', async () => {
      const pull = await pullOn(t);
      await t.forge.open(pull, bot);
      const foreign = await t.merge(t.base, await t.head('foreign', messageOf(pull)));
      await expect(t.forge.merge(1, foreign, t.base, AT, merger)).rejects.toMatchObject({
        code: 'lease-lost',
      });
    });
  });
}
