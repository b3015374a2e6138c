import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Forge, NewPull, PullRequest } from '../../src/ports/forge.ts';
import { testKeys } from '../support/keys.ts';

/** A forge under test, seen by two clients, and a way to make commits for it. */
export interface ForgeUnderTest {
  readonly forge: Forge;
  /** The same forge through another clone. */
  readonly other: Forge;
  /** The head of the protected branch at the start. */
  readonly base: string;
  head(text: string): Promise<string>;
  merge(base: string, head: string): Promise<string>;
  branches(): Promise<ReadonlyMap<string, string>>;
  /** Makes every further listing fail. */
  breakListing(): void;
  dispose(): void;
}

const AT = '2024-10-24T12:00:00Z';
const digest = (c: string): string => `sha256:${c.repeat(64)}`;

/** What every implementation of the Forge port must do. */
export function forgeConformance(name: string, make: () => Promise<ForgeUnderTest>): void {
  describe(`${name} as Forge`, () => {
    const { bot, approver, merger } = testKeys();
    let t: ForgeUnderTest;
    beforeEach(async () => {
      t = await make();
    });
    afterEach(() => t.dispose());

    const pullOf = async (over: Partial<NewPull> = {}): Promise<NewPull> => ({
      kind: 'remediate',
      scope: 'servers/prod',
      branch: 'patchwarden/remediate/servers/prod',
      head: await t.head('one'),
      expectedBranch: null,
      title: 'Patch servers/prod',
      body: '# Why\n\nBecause.\n',
      contentDigest: digest('a'),
      at: AT,
      ...over,
    });
    const listed = async (forge = t.forge): Promise<readonly PullRequest[]> => {
      const listing = await forge.list();
      if (!listing.complete) throw new Error(listing.reason);
      return listing.pulls;
    };

    it('is empty and complete at first', async () => {
      expect(await t.forge.list()).toEqual({ complete: true, pulls: [] });
    });

    it('opens, and everybody sees the same', async () => {
      const pull = await pullOf();
      const opened = await t.forge.open(pull, bot);
      const { kind, scope, branch, head, title, body, contentDigest } = pull;
      expect(opened).toEqual({
        ...{ kind, scope, branch, head, title, body, contentDigest },
        number: 1,
        base: 'main',
        state: 'open',
        openedBy: bot.email,
        openedAt: AT,
        approvals: [],
        merge: null,
        closeReason: null,
        closedBy: null,
      });
      expect(await listed()).toEqual([opened]);
      expect(await listed(t.other)).toEqual([opened]);
      expect((await t.branches()).get(pull.branch)).toBe(pull.head);
    });

    it('numbers in order, also when two clients open at once', async () => {
      const [a, b] = [
        await pullOf(),
        await pullOf({ branch: 'patchwarden/pins/all', kind: 'pins', scope: 'all' }),
      ];
      const opened = await Promise.all([t.forge.open(a, bot), t.other.open(b, bot)]);
      expect(opened.map((p) => p.number).sort()).toEqual([1, 2]);
      expect((await listed()).map((p) => p.number)).toEqual([1, 2]);
    });

    it('does not open on a branch that somebody else has', async () => {
      const pull = await pullOf();
      await t.other.open(pull, bot);
      const second = { ...pull, head: await t.head('two') };
      await expect(t.forge.open(second, bot)).rejects.toMatchObject({ code: 'lease-lost' });
      expect(await listed()).toHaveLength(1);
      expect((await t.branches()).get(pull.branch)).toBe(pull.head);
    });

    it('keeps approvals of equal content over a refresh, and drops those of other content', async () => {
      const pull = await pullOf();
      await t.forge.open(pull, bot);
      const approved = await t.forge.approve(1, digest('a'), AT, approver);
      expect(approved.approvals).toHaveLength(1);
      const head = await t.head('two');
      const same = { ...pull, head, expectedBranch: pull.head, title: 'Again' };
      expect(await t.other.refresh(1, same, bot)).toMatchObject({
        head,
        title: 'Again',
        approvals: approved.approvals,
      });
      const changed = {
        ...same,
        head: await t.head('three'),
        expectedBranch: head,
        contentDigest: digest('b'),
      };
      expect((await t.forge.refresh(1, changed, bot)).approvals).toEqual([]);
      expect((await t.branches()).get(pull.branch)).toBe(changed.head);
    });

    it('refreshes nothing when the branch has moved', async () => {
      const pull = await pullOf();
      const before = await t.forge.open(pull, bot);
      const stale = { ...pull, head: await t.head('two'), expectedBranch: await t.head('never there') };
      await expect(t.forge.refresh(1, stale, bot)).rejects.toMatchObject({ code: 'lease-lost' });
      expect(await listed()).toEqual([before]);
    });

    it('approves only the content that is there', async () => {
      await t.forge.open(await pullOf(), bot);
      await expect(t.forge.approve(1, digest('f'), AT, approver)).rejects.toMatchObject({
        code: 'digest-mismatch',
      });
      expect((await listed())[0]?.approvals).toEqual([]);
    });

    it.each([true, false])('closes with a reason, once; deletes the branch: %s', async (deleteBranch) => {
      const pull = await pullOf();
      await t.forge.open(pull, bot);
      expect(await t.forge.close(1, 'not now', AT, approver, { deleteBranch })).toMatchObject({
        state: 'closed',
        closeReason: 'not now',
        closedBy: approver.email,
      });
      expect((await t.branches()).has(pull.branch)).toBe(!deleteBranch);
      for (const again of [
        () => t.forge.close(1, 'again', AT, approver),
        () => t.forge.approve(1, digest('a'), AT, approver),
        () => t.forge.refresh(1, { ...pull, expectedBranch: pull.head }, bot),
      ])
        await expect(again()).rejects.toMatchObject({ code: 'refused' });
    });

    it('merges: the protected branch moves, the branch of the proposal goes', async () => {
      const pull = await pullOf();
      await t.forge.open(pull, bot);
      const merge = await t.merge(t.base, pull.head);
      expect(await t.forge.merge(1, merge, t.base, AT, merger)).toMatchObject({ state: 'merged', merge });
      const branches = await t.branches();
      expect(branches.get('main')).toBe(merge);
      expect(branches.has(pull.branch)).toBe(false);
      expect((await listed(t.other))[0]).toMatchObject({ state: 'merged', merge });
    });

    it('keeps the branch of a person over a merge', async () => {
      const pull = await pullOf({ branch: 'anna/roles', kind: 'manual', scope: 'anna/roles' });
      await t.forge.open(pull, bot);
      await t.forge.merge(1, await t.merge(t.base, pull.head), t.base, AT, merger);
      expect((await t.branches()).get('anna/roles')).toBe(pull.head);
    });

    it('merges nothing when the protected branch has moved', async () => {
      const [a, b] = [
        await pullOf(),
        await pullOf({ branch: 'patchwarden/pins/all', head: await t.head('two') }),
      ];
      await t.forge.open(a, bot);
      await t.forge.open(b, bot);
      const first = await t.merge(t.base, a.head);
      const second = await t.merge(t.base, b.head);
      await t.other.merge(1, first, t.base, AT, merger);
      await expect(t.forge.merge(2, second, t.base, AT, merger)).rejects.toMatchObject({
        code: 'lease-lost',
      });
      expect((await t.branches()).get('main')).toBe(first);
      expect((await listed())[1]).toMatchObject({ state: 'open', merge: null });
    });

    it('merges no commit that does not bring exactly the head of the pull request', async () => {
      const pull = await pullOf();
      await t.forge.open(pull, bot);
      const foreign = await t.merge(t.base, await t.head('foreign'));
      await expect(t.forge.merge(1, foreign, t.base, AT, merger)).rejects.toMatchObject({
        code: 'lease-lost',
      });
    });

    it('knows no pull request that is not there', async () => {
      await expect(t.forge.close(7, 'x', AT, approver)).rejects.toMatchObject({ code: 'usage' });
    });

    it('never passes off a listing that failed as an empty one', async () => {
      await t.forge.open(await pullOf(), bot);
      t.breakListing();
      expect(await t.forge.list()).toEqual({ complete: false, reason: expect.stringMatching(/./) });
    });
  });
}
