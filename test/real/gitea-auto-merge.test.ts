import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { git } from '../support/git-fixtures.ts';
import { buildPaperFleet, printed } from '../support/paper-fleet.ts';
import { waitUntil } from './support/fleet-run.ts';
import type { ForgeStage } from './support/forge-stage.ts';
import { giteaStage } from './support/forge-stage-gitea.ts';
import { must } from './support/gitea-api.ts';
import { type GiteaPeople, giteaPeople } from './support/gitea-people.ts';
import { whyNoGitea } from './support/gitea-server.ts';
import { type GiteaWorld, giteaWorld, REPO, REPOSITORY } from './support/gitea-world.ts';

const why = whyNoGitea();
const CONTEXT = 'patchwarden/change';
const REQUIRED = { enable_status_check: true, status_check_contexts: [CONTEXT] };
const CVE = { cve: 'CVE-2024-1000', name: 'app', epss: 0.9 };

describe.skipIf(why !== undefined)(
  `scheduled merges of Gitea${why === undefined ? '' : ` (skipped: ${why})`}`,
  () => {
    let w: GiteaWorld;
    beforeAll(async () => {
      w = await giteaWorld();
    });
    afterAll(() => w?.stop());
    const wish = (Do: string, head: string) => ({
      Do,
      merge_when_checks_succeed: true,
      head_commit_id: head,
    });
    const status = (head: string, state: string) =>
      must(w.bot('POST', `${REPO}/statuses/${head}`, { state, context: CONTEXT }));
    const merged = (number: number) =>
      waitUntil(`pull request ${number} is merged`, 30_000, async () => (await w.pull(number)).merged, 200);

    it('is merged on any green status where no check is required: then it must not be asked for', async () => {
      const head = w.clone.push('unguarded');
      const { number } = await w.open('unguarded');
      expect(await w.merge(number, wish('merge', head))).toMatchObject({ status: 201 });
      await must(w.bot('POST', `${REPO}/statuses/${head}`, { state: 'success', context: 'whatever' }));
      await merged(number);
    });

    describe('where the check is required', () => {
      beforeAll(() => w.gitea.protect(REPOSITORY, 'main', REQUIRED));

      it.each(['merge', 'squash', 'rebase'])(
        '%s waits for it, and then Gitea merges for who asked',
        async (Do) => {
          const head = w.clone.push(`later-${Do}`);
          const { number } = await w.open(`later-${Do}`);
          await status(head, 'pending');
          expect(await w.merge(number, wish(Do, head))).toMatchObject({ status: 201 });
          expect(await w.merge(number, wish(Do, head))).toMatchObject({ status: 409 });
          expect((await w.timeline(number)).at(-1)).toBe('pull_scheduled_merge bot');
          expect(await w.pull(number)).toMatchObject({ merged: false });
          await status(head, 'success');
          await merged(number);
          expect(await w.pull(number)).toMatchObject({ merged_by: { login: 'bot' } });
        },
      );

      it('is taken back, which says so, and once more says that there is nothing', async () => {
        const head = w.clone.push('back');
        const { number } = await w.open('back');
        await w.merge(number, wish('merge', head));
        const back = () => w.bot('DELETE', `${REPO}/pulls/${number}/merge`);
        expect(await back()).toMatchObject({ status: 204 });
        expect((await w.timeline(number)).at(-1)).toBe('pull_cancel_scheduled_merge bot');
        expect(await back()).toMatchObject({ status: 404 });
        await status(head, 'success');
        await new Promise((resolve) => setTimeout(resolve, 1000));
        expect(await w.pull(number)).toMatchObject({ merged: false });
      });

      it('is of whatever head there is, so that the head is looked at before', async () => {
        w.clone.push('other-head');
        const { number } = await w.open('other-head');
        expect(await w.merge(number, wish('merge', '1'.repeat(40)))).toMatchObject({ status: 201 });
      });
    });
  },
);

describe.skipIf(why !== undefined)(
  `a ring that merges by itself on Gitea${why === undefined ? '' : ` (skipped: ${why})`}`,
  () => {
    let people: GiteaPeople;
    let stage: ForgeStage;
    beforeAll(async () => {
      people = await giteaPeople();
    });
    afterAll(() => people?.stop());
    beforeEach(async () => {
      stage = await giteaStage(people)((options) =>
        buildPaperFleet([CVE], {
          ...options,
          baseline: {
            mode: 'apply',
            approve: [{ id: 'likely', match: { epss: 0.5 } }],
            rings: [{ id: 'all', select: {}, merge: 'auto' }],
          },
        }),
      );
      for (const verb of ['scan', 'sync']) printed(await stage.fleet.run([verb, '--format', 'json']));
    });
    afterEach(() => stage?.dispose());

    const protect = (rule: object) => people.gitea.protect(stage.repository ?? '', 'main', { ...rule });
    const reconcile = async () => {
      const result = printed<{
        readonly actions: readonly { readonly action: string; readonly number: number }[];
      }>(await stage.fleet.bot('reconcile', '--format', 'json'));
      git(stage.fleet.clone, ['pull', '-q']);
      return result.actions;
    };
    const api = (path: string) => people.who.bot.api('GET', `/repos/${stage.repository}${path}`);
    const pull = (number: number) =>
      must<{ merged: boolean; merged_by: { login: string } | null }>(api(`/pulls/${number}`));
    const lock = async () => {
      const found = await must<readonly { number: number; head: { ref: string } }[]>(api('/pulls?state=all'));
      return found.find((p) => p.head.ref === 'patchwarden/remediate/servers/all')?.number ?? 0;
    };
    const scheduled = async (number: number): Promise<readonly string[]> => {
      const events = await must<readonly { type: string }[]>(api(`/issues/${number}/timeline`));
      return events.map((e) => e.type).filter((t) => /scheduled/.test(t));
    };
    const merges = async () =>
      (await people.gitea.accessLog())
        .filter((r) => r.user === 'bot' && r.method === 'POST' && /\/merge$/.test(r.path))
        .filter((r) => r.path.includes(`/${stage.repository}/`))
        .map((r) => r.status)
        // Until Gitea has looked at it, it says to try again.
        .filter((s) => s !== 405);

    it('is merged by Gitea, becomes evidence, and verifies without anybody’s approval', async () => {
      await protect(REQUIRED);
      await reconcile();
      const number = await lock();
      await waitUntil('it is merged', 30_000, async () => (await pull(number)).merged, 200);
      expect((await pull(number)).merged_by).toMatchObject({ login: 'bot' });
      expect(await scheduled(number)).toEqual(['pull_scheduled_merge']);
      expect(await merges()).toEqual([201]);
      await reconcile();
      const args = ['audit', 'verify', '--trust-anchor', stage.fleet.anchor, '--format', 'json'];
      expect(printed(await stage.fleet.run(args))).toMatchObject({ ok: true });
      const written = await stage.writes(reconcile);
      expect(written).toEqual([]);
    });

    it('is left to people where the protected branch does not require the check', async () => {
      await protect({});
      await reconcile();
      const number = await lock();
      expect(number).toBeGreaterThan(0);
      expect(await merges()).toEqual([]);
      expect(await stage.writes(reconcile)).toEqual([]);
      expect(await pull(number)).toMatchObject({ merged: false });
    });

    it('is taken back when a person commits to it, and when a person holds it', async () => {
      await protect({ ...REQUIRED, required_approvals: 1 });
      await reconcile();
      const number = await lock();
      expect(await scheduled(number)).toEqual(['pull_scheduled_merge']);
      expect(await stage.writes(reconcile)).toEqual([]);
      await stage.pages?.label(number, 'patchwarden/hold');
      await reconcile();
      expect(await scheduled(number)).toEqual(['pull_scheduled_merge', 'pull_cancel_scheduled_merge']);
      expect(await stage.writes(reconcile)).toEqual([]);
      await stage.people.push('patchwarden/remediate/servers/all');
      await reconcile();
      expect(await scheduled(number)).toHaveLength(2);
      expect(await pull(number)).toMatchObject({ merged: false });
    });
  },
);
