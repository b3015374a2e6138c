import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from './support/fleet-run.ts';
import { type GiteaPull, messageOf, must } from './support/gitea-api.ts';
import { whyNoGitea } from './support/gitea-server.ts';
import { type GiteaWorld, giteaWorld, REPO } from './support/gitea-world.ts';

const why = whyNoGitea();
const NOWHERE = '1'.repeat(40);

describe.skipIf(why !== undefined)(
  `pull requests of Gitea${why === undefined ? '' : ` (skipped: ${why})`}`,
  () => {
    let w: GiteaWorld;
    beforeAll(async () => {
      w = await giteaWorld();
      w.clone.push('taken');
      await w.open('taken');
    });
    afterAll(() => w?.stop());
    const at = (number: number, rest = '') => `${REPO}/pulls/${number}${rest}`;
    const setState = (number: number, state: string) => w.bot('PATCH', at(number), { state });

    it('opens one', async () => {
      const head = w.clone.push('opened');
      expect(await w.open('opened')).toMatchObject({
        state: 'open',
        merged: false,
        merged_at: null,
        merge_commit_sha: null,
        merged_by: null,
        closed_at: null,
        title: 'opened',
        body: 'why',
        user: { login: 'bot' },
        head: { label: 'opened', ref: 'opened', sha: head },
        base: { label: 'main', ref: 'main', sha: w.clone.git('rev-parse', 'origin/main') },
        content_version: 0,
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      });
    });

    const wanted = { head: 'taken', base: 'main', title: 't' };
    it.each([
      ['a second one of the same branches', 'bot', 'POST', '', wanted, 409, /already exists/],
      ['a branch that is not there', 'bot', 'POST', '', { ...wanted, head: 'nope' }, 404, /^not found$/],
      ['a base that is not there', 'bot', 'POST', '', { ...wanted, base: 'nope' }, 404, /^not found$/],
      ['a branch into itself', 'bot', 'POST', '', { ...wanted, head: 'main' }, 422, /no changes/],
      ['no title', 'bot', 'POST', '', { ...wanted, title: '' }, 422, /\[Title\]: Required/],
      ['nobody', 'nobody', 'POST', '', wanted, 401, /token is required/],
      ['a wrong token', 'stranger', 'POST', '', wanted, 401, /invalid username, password or token/],
      ['a token for reading', 'reader', 'POST', '', wanted, 403, /required scope.*write:repository/],
      ['an edit by who may not', 'mallory', 'PATCH', '/1', { title: 'x' }, 403, /^$/],
      ['a close by who may not', 'mallory', 'PATCH', '/1', { state: 'closed' }, 403, /^$/],
      ['a merge by who may not', 'mallory', 'POST', '/1/merge', { Do: 'merge' }, 405, /not allowed to merge/],
      ['a merge in no known way', 'bot', 'POST', '/1/merge', { Do: 'magic' }, 422, /\[Do\]: In/],
      ['an unknown number, read', 'bot', 'GET', '/999', undefined, 404, /^not found$/],
      ['an unknown number, edited', 'bot', 'PATCH', '/999', { title: 'x' }, 404, /^not found$/],
      [
        'an unknown number, merged',
        'bot',
        'POST',
        '/999/merge',
        { Do: 'merge' },
        404,
        /GetPullRequestByIndex/,
      ],
    ] as const)('refuses %s', async (_, who, method, path, body, status, message) => {
      const api = {
        bot: w.bot,
        mallory: w.mallory,
        nobody: w.gitea.api(),
        stranger: w.gitea.api(NOWHERE),
        reader: w.gitea.api(who === 'reader' ? await w.gitea.token('bot', ['read:repository']) : ''),
      }[who];
      const answer = await api(method, `${REPO}/pulls${path}`, body);
      expect(answer.status).toBe(status);
      expect(messageOf(answer)).toMatch(message);
    });

    it('edits title and body, and refuses an edit of a body that changed meanwhile', async () => {
      w.clone.push('edited');
      const { number } = await w.open('edited');
      expect(await w.bot('PATCH', at(number), { title: 'a', body: 'b', content_version: 0 })).toMatchObject({
        status: 201,
        body: { title: 'a', body: 'b', content_version: 1 },
      });
      expect(await w.bot('PATCH', at(number), { body: 'c', content_version: 0 })).toMatchObject({
        status: 409,
        body: { message: 'the issue is already changed' },
      });
    });

    it('takes reviews at any commit of the repository, and says which are stale or not official', async () => {
      const head = w.clone.push('reviewed');
      const { number } = await w.open('reviewed');
      const review = (api: GiteaWorld['bot'], event: string, commit_id: string) =>
        api('POST', at(number, '/reviews'), { event, commit_id, body: 'b' });
      const fresh = { state: 'APPROVED', commit_id: head, stale: false, official: true, dismissed: false };
      expect(await review(w.alice, 'APPROVED', head)).toMatchObject({ status: 200, body: fresh });
      expect(await review(w.mallory, 'APPROVED', head)).toMatchObject({
        body: { ...fresh, official: false },
      });
      const main = w.clone.git('rev-parse', 'origin/main');
      expect(await review(w.alice, 'APPROVED', main)).toMatchObject({
        body: { commit_id: main, stale: true },
      });
      expect(await review(w.mallory, 'APPROVE', head)).toMatchObject({
        status: 200,
        body: { state: 'PENDING' },
      });
      expect(await review(w.bot, 'APPROVED', head)).toMatchObject({
        status: 422,
        body: { message: 'approve your own pull is not allowed' },
      });
      expect(await review(w.alice, 'APPROVED', NOWHERE)).toMatchObject({ status: 500 });
      const reviews = async () => {
        const list = await must<readonly Record<string, unknown>[]>(w.bot('GET', at(number, '/reviews')));
        return list.map((r) => [r.state, r.stale, r.official, r.dismissed]);
      };
      const before = [
        ['APPROVED', false, false, true],
        ['APPROVED', false, false, false],
        ['APPROVED', true, true, false],
      ];
      expect(await reviews()).toEqual(before);
      w.clone.push('reviewed', { from: 'reviewed', files: { more: 'x\n' } });
      await waitUntil('the push is noticed', 20_000, async () => (await reviews())[1]?.[1] === true);
      expect(await reviews()).toEqual(before.map(([state, _, ...rest]) => [state, true, ...rest]));
    });

    it('says in the timeline who closed it, and only there', async () => {
      w.clone.push('closed');
      const { number } = await w.open('closed');
      expect(await w.alice('PATCH', at(number), { state: 'closed' })).toMatchObject({
        status: 201,
        body: { state: 'closed', merged: false, closed_at: expect.any(String) },
      });
      const issue = await must<object>(w.bot('GET', `${REPO}/issues/${number}`));
      expect(Object.keys(issue)).not.toContain('closed_by');
      const events = await must<readonly object[]>(w.bot('GET', `${REPO}/issues/${number}/timeline`));
      expect(events.at(-1)).toMatchObject({ type: 'close', user: { login: 'alice' }, body: '' });
      expect(await setState(number, 'closed')).toMatchObject({ status: 201 });
      expect(await setState(number, 'open')).toMatchObject({ status: 201, body: { state: 'open' } });
      expect(await setState(number, 'closed')).toMatchObject({ status: 201 });
      expect(await w.timeline(number)).toEqual(['pull_push bot', 'close alice', 'reopen bot', 'close bot']);
      const page = await w.bot('GET', `${REPO}/issues/${number}/timeline?limit=3&page=2`);
      expect(page.body).toHaveLength(1);
      expect(page.headers.get('x-total-count')).toBe('1');
      expect((await w.bot('GET', `${REPO}/issues/${number}/timeline?limit=3&page=3`)).body).toBeNull();
    });

    it('closes it in the name of who deletes its branch, a moment later, and keeps its commits', async () => {
      const head = w.clone.push('vanished');
      const { number } = await w.open('vanished');
      w.clone.git('push', '-q', 'origin', ':vanished');
      await waitUntil('it is closed', 20_000, async () => (await w.timeline(number)).length === 3);
      expect(await w.timeline(number)).toEqual(['pull_push bot', 'close bot', 'delete_branch bot']);
      const gone = { label: 'vanished', ref: `refs/pull/${number}/head`, sha: head };
      expect(await w.pull(number)).toMatchObject({ state: 'closed', merged: false, head: gone });
      w.clone.git('fetch', '-q', 'origin', `refs/pull/${number}/head:refs/kept/${number}`);
      expect(w.clone.git('rev-parse', `refs/kept/${number}`)).toBe(head);
      expect(w.clone.refused('push', '-f', 'origin', `origin/main:refs/pull/${number}/head`)).toMatch(
        /hook declined to update/,
      );
      expect(await w.bot('POST', at(number, '/merge'), { Do: 'merge' })).toMatchObject({ status: 404 });
      expect(await setState(number, 'open')).toMatchObject({ status: 201, body: { state: 'open' } });
      expect(await setState(number, 'closed')).toMatchObject({ status: 201 });
    });

    it('finds the oldest one by base and head, whatever its state, and reopens it beside a younger one', async () => {
      w.clone.push('twice');
      const first = (await w.open('twice')).number;
      await setState(first, 'closed');
      const second = (await w.open('twice')).number;
      const found = async () => (await must<GiteaPull>(w.bot('GET', `${REPO}/pulls/main/twice`))).number;
      expect(await found()).toBe(first);
      expect(await setState(first, 'open')).toMatchObject({ status: 201 });
      expect(await w.pull(second)).toMatchObject({ state: 'open' });
      await setState(first, 'closed');
      expect(await found()).toBe(first);
      expect(await w.bot('GET', `${REPO}/pulls/main/nope`)).toMatchObject({ status: 404 });
    });
  },
);
