import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from './support/fleet-run.ts';
import { must } from './support/gitea-api.ts';
import { whyNoGitea } from './support/gitea-server.ts';
import { type GiteaWorld, giteaWorld, REPO, REPOSITORY } from './support/gitea-world.ts';

const why = whyNoGitea();
const NOWHERE = '1'.repeat(40);

describe.skipIf(why !== undefined)(`merges of Gitea${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  let w: GiteaWorld;
  beforeAll(async () => {
    w = await giteaWorld();
  });
  afterAll(() => w?.stop());
  const main = () => {
    w.clone.git('fetch', '-q', 'origin');
    return w.clone.git('rev-parse', 'origin/main');
  };

  it.each([
    ['merge', 2],
    ['squash', 1],
    ['rebase', 1],
  ] as const)('merges by %s', async (Do, parents) => {
    const head = w.clone.push(`by-${Do}`);
    const { number } = await w.open(`by-${Do}`);
    const wrong = { Do, head_commit_id: NOWHERE };
    expect(await w.merge(number, wrong)).toMatchObject({
      status: 409,
      body: { message: 'head out of date' },
    });
    const options = { Do, head_commit_id: head, MergeTitleField: 'A title', MergeMessageField: 'A body' };
    expect(await w.merge(number, options)).toMatchObject({ status: 200, body: null });
    const merged = await w.pull(number);
    expect(merged).toMatchObject({
      state: 'closed',
      merged: true,
      merged_by: { login: 'bot' },
      merge_commit_sha: main(),
      head: { label: `by-${Do}`, ref: `by-${Do}`, sha: head },
      closed_at: merged.merged_at,
    });
    const [, ...of] = w.clone.git('rev-list', '--parents', '-n', '1', main()).split(' ');
    expect(of.length).toBe(parents);
    const message = w.clone.git('log', '-1', '--format=%B', main());
    expect(message).toMatch(Do === 'rebase' ? /^by-rebase/ : /^A title\n\nA body/);
    expect(await w.timeline(number)).toEqual(['pull_push bot', 'merge_pull bot']);
    expect(await w.bot('GET', `${REPO}/pulls/${number}/merge`)).toMatchObject({ status: 204 });
    expect(await w.merge(number, { Do })).toMatchObject({
      status: 405,
      body: { message: 'The PR is already merged' },
    });
    expect(await w.bot('PATCH', `${REPO}/pulls/${number}`, { state: 'open' })).toMatchObject({
      status: 412,
      body: { message: expect.stringMatching(/already merged/) },
    });
  });

  it('answers a conflict as one that it has not looked at, for ever', async () => {
    w.clone.push('ours', { files: { same: 'a\n' } });
    w.clone.push('theirs', { files: { same: 'b\n' } });
    const [ours, theirs] = [await w.open('ours'), await w.open('theirs')];
    expect(await w.merge(ours.number, { Do: 'merge' })).toMatchObject({ status: 200 });
    await waitUntil('the conflict is seen', 30_000, async () => !(await w.pull(theirs.number)).mergeable);
    expect(await w.bot('POST', `${REPO}/pulls/${theirs.number}/merge`, { Do: 'merge' })).toMatchObject({
      status: 405,
      body: { message: 'Please try again later' },
    });
  });

  it('takes a merge commit that was pushed for the merge only when told so', async () => {
    w.clone.push('by-hand');
    const { number } = await w.open('by-hand');
    w.clone.git('checkout', '-q', '-B', 'main', 'origin/main');
    w.clone.git('merge', '-q', '--no-ff', '-m', 'by hand', 'by-hand');
    w.clone.git('push', '-q', 'origin', 'main');
    const told = { Do: 'manually-merged', MergeCommitID: main() };
    const tell = (options: object) => w.bot('POST', `${REPO}/pulls/${number}/merge`, options);
    expect(await tell(told)).toMatchObject({
      status: 405,
      body: { message: expect.stringMatching(/^manually-merged is not allowed/) },
    });
    await must(w.bot('PATCH', REPO, { has_pull_requests: true, allow_manual_merge: true }));
    expect(await w.pull(number)).toMatchObject({ state: 'open', merged: false });
    expect(await tell({ ...told, MergeCommitID: NOWHERE })).toMatchObject({ status: 409, body: {} });
    expect(await tell(told)).toMatchObject({ status: 200, body: null });
    expect(await w.pull(number)).toMatchObject({
      state: 'closed',
      merged: true,
      merge_commit_sha: main(),
      merged_by: { login: 'bot' },
    });
  });

  it.each(['--no-ff', '--ff-only'])(
    'notices a merge %s that was pushed, where it may, a moment later',
    async (how) => {
      const found = { has_pull_requests: true, autodetect_manual_merge: true };
      await must(w.bot('PATCH', REPO, found));
      const branch = `noticed${how}`;
      w.clone.push(branch);
      const { number } = await w.open(branch);
      w.clone.git('checkout', '-q', '-B', 'main', 'origin/main');
      w.clone.git('merge', '-q', how, '-m', 'by hand', branch);
      w.clone.git('push', '-q', 'origin', 'main');
      await waitUntil('the merge is noticed', 60_000, async () => (await w.pull(number)).merged, 200);
      expect(await w.pull(number)).toMatchObject({ merge_commit_sha: main(), merged_by: { login: 'bot' } });
    },
  );

  it('protects a branch from pushes, and from merges without review and status', async () => {
    await w.gitea.protect(REPOSITORY, 'main', {
      required_approvals: 1,
      enable_status_check: true,
      status_check_contexts: ['patchwarden'],
      block_admin_merge_override: true,
    });
    const head = w.clone.push('guarded');
    expect(w.clone.refused('push', 'origin', 'guarded:main')).toMatch(
      /Not allowed to push to protected branch main[\s\S]*pre-receive hook declined/,
    );
    const { number } = await w.open('guarded');
    const refused = (message: string) => ({ status: 405, body: { message } });
    const merge = () => w.merge(number, { Do: 'merge', head_commit_id: head });
    expect(await merge()).toMatchObject(refused('Not all required status checks successful'));
    await must(w.bot('POST', `${REPO}/statuses/${head}`, { state: 'success', context: 'patchwarden' }));
    expect(await merge()).toMatchObject(refused('Does not have enough approvals'));
    const approval = { event: 'APPROVED', commit_id: head };
    await must(w.mallory('POST', `${REPO}/pulls/${number}/reviews`, approval));
    expect(await merge()).toMatchObject(refused('Does not have enough approvals'));
    await must(w.alice('POST', `${REPO}/pulls/${number}/reviews`, approval));
    expect(await merge()).toMatchObject({ status: 200 });
    expect(w.clone.git('rev-list', '--parents', '-n', '1', main())).toContain(head);
    w.clone.git('push', '-q', 'origin', 'HEAD:refs/patchwarden/unprotected');
  });
});
