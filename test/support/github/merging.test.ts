import { expect, it } from 'vitest';
import { failure, githubTable, repository, type Table, WORLD } from './table.ts';

const pull = { ...repository, pull_number: 1 };

async function opened(options: Parameters<typeof githubTable>[0] = {}): Promise<Table & { sha: string }> {
  const table = githubTable(options);
  const sha = table.push('patch/web');
  const wish = { ...repository, title: 'Patch web', head: 'patch/web', base: 'main' };
  await table.as('app').rest.pulls.create(wish);
  return { ...table, sha };
}

const guarded = {
  world: {
    ...WORLD,
    protection: { main: { approvals: 1, dismissStale: true, checks: [{ context: 'patchwarden/change' }] } },
  },
};

it.each([
  ['merge', 2],
  ['squash', 1],
  ['rebase', 1],
] as const)('merges by %s', async (method, parents) => {
  const { as, git } = await opened();
  const { data } = await as('will').rest.pulls.merge({ ...pull, merge_method: method });
  const commit = await git.commit(data.sha);
  expect(commit?.parents).toHaveLength(parents);
  expect(git.refs.get('refs/heads/main')).toBe(data.sha);
  const after = await as('app').rest.pulls.get(pull);
  expect(after.data).toMatchObject({ state: 'closed', merged: true, merged_by: { login: 'will' } });
  expect(after.data.merge_commit_sha).toBe(data.sha);
});

it('computes whether it can be merged after somebody has asked', async () => {
  const { as } = await opened();
  expect((await as('app').rest.pulls.get(pull)).data.mergeable).toBe(null);
  expect((await as('app').rest.pulls.get(pull)).data.mergeable).toBe(true);
});

it('refuses another head with 409 and a conflict with 405', async () => {
  const { as, push, sha } = await opened();
  push('patch/web', { 'a.txt': 'ours\n' });
  expect((await failure(as('will').rest.pulls.merge({ ...pull, sha }))).status).toBe(409);
  push('main', { 'a.txt': 'theirs\n' });
  expect((await failure(as('will').rest.pulls.merge(pull))).status).toBe(405);
  await as('app').rest.pulls.get(pull);
  expect((await as('app').rest.pulls.get(pull)).data).toMatchObject({
    mergeable: false,
    mergeable_state: 'dirty',
  });
});

it('wants the approvals and checks of the branch, and an administrator may pass', async () => {
  const { as, sha } = await opened(guarded);
  const reason = async (): Promise<string> => (await failure(as('will').rest.pulls.merge(pull))).message;
  expect(await reason()).toContain('At least 1 approving review is required');
  await as('rita').rest.pulls.createReview({ ...pull, event: 'APPROVE' });
  expect(await reason()).toContain('At least 1 approving review is required');
  await as('will').rest.pulls.createReview({ ...pull, event: 'APPROVE' });
  expect(await reason()).toContain('Required status check "patchwarden/change" is expected.');
  await as('app').rest.repos.createCommitStatus({
    ...repository,
    sha,
    state: 'success',
    context: 'patchwarden/change',
  });
  expect((await as('will').rest.pulls.merge(pull)).data.merged).toBe(true);
});

it('lets an administrator pass', async () => {
  const { as } = await opened(guarded);
  expect((await as('ada').rest.pulls.merge(pull)).data.merged).toBe(true);
});

it('dismisses approvals of what was pushed over', async () => {
  const { as, push } = await opened(guarded);
  await as('will').rest.pulls.createReview({ ...pull, event: 'APPROVE' });
  push('patch/web', { 'c.txt': 'c\n' });
  expect((await as('app').rest.pulls.listReviews(pull)).data[0]?.state).toBe('DISMISSED');
});

it('merges by itself once everything is there', async () => {
  const { as, sha, git } = await opened(guarded);
  const { data } = await as('app').rest.pulls.get(pull);
  const query =
    'mutation($id: ID!, $way: PullRequestMergeMethod!) { enablePullRequestAutoMerge(input: ' +
    '{ pullRequestId: $id, mergeMethod: $way }) { pullRequest { number } } }';
  await as('app').graphql(query, { id: data.node_id, way: 'SQUASH' });
  expect((await as('app').rest.pulls.get(pull)).data.auto_merge?.merge_method).toBe('squash');
  await as('will').rest.pulls.createReview({ ...pull, event: 'APPROVE' });
  await as('app').rest.repos.createCommitStatus({
    ...repository,
    sha,
    state: 'success',
    context: 'patchwarden/change',
  });
  expect((await as('app').rest.pulls.get(pull)).data.merged).toBe(true);
  expect((await git.branches()).get('main')).not.toBe(sha);
  await expect(as('app').graphql(query, { id: data.node_id, way: 'SQUASH' })).rejects.toThrow('closed');
});

it('takes a pushed merge for a merge, and an emptied or deleted branch for a closure', async () => {
  const { as, push, git, hub, sha } = await opened();
  git.refs.set('refs/heads/main', sha);
  expect((await as('app').rest.pulls.get(pull)).data).toMatchObject({ merged: true, state: 'closed' });
  push('patch/db');
  await as('app').rest.pulls.create({ ...repository, title: 'Db', head: 'patch/db', base: 'main' });
  git.refs.set('refs/heads/patch/db', git.refs.get('refs/heads/main') ?? '');
  expect((await as('app').rest.pulls.get({ ...pull, pull_number: 2 })).data).toMatchObject({
    merged: false,
    state: 'closed',
  });
  push('patch/mail');
  await as('app').rest.pulls.create({ ...repository, title: 'Mail', head: 'patch/mail', base: 'main' });
  await git.deleteBranch('patch/mail');
  await hub.pushedBy('tess');
  const issue = await as('app').rest.issues.get({ ...repository, issue_number: 3 });
  expect(issue.data).toMatchObject({ state: 'closed', closed_by: { login: 'tess' } });
});

it.each([
  ['its branch was deleted', (t: Table) => t.git.deleteBranch('patch/web'), 'branch has been deleted'],
  [
    'its branch was forced',
    (t: Table) => t.push('patch/web', { 'z.txt': 'z\n' }, t.git.refs.get('refs/heads/main')),
    'was force-pushed or recreated',
  ],
  [
    'another took its place',
    (t: Table) =>
      t.as('app').rest.pulls.create({ ...repository, title: 'Again', head: 'patch/web', base: 'main' }),
    'There is already an open pull request',
  ],
])('is not reopened when %s', async (_case, happens, sentence) => {
  const table = await opened();
  await table.as('will').rest.pulls.update({ ...pull, state: 'closed' });
  await happens(table);
  const refused = await failure(table.as('app').rest.pulls.update({ ...pull, state: 'open' }));
  expect(refused).toMatchObject({ status: 422, message: expect.stringContaining(sentence) });
});

it('is reopened when its branch only went on', async () => {
  const { as, push } = await opened();
  await as('will').rest.pulls.update({ ...pull, state: 'closed' });
  const on = push('patch/web', { 'z.txt': 'z\n' });
  expect((await as('app').rest.pulls.update({ ...pull, state: 'open' })).data.head.sha).toBe(on);
});

it('deletes a branch by its ref, once', async () => {
  const { as } = await opened();
  const ref = { ...repository, ref: 'heads/patch/web' };
  expect((await as('app').rest.git.getRef(ref)).data.object.type).toBe('commit');
  await as('app').rest.git.deleteRef(ref);
  expect((await failure(as('app').rest.git.getRef(ref))).status).toBe(404);
  expect(await failure(as('app').rest.git.deleteRef(ref))).toMatchObject({ status: 422 });
  expect((await as('app').rest.git.getRef({ ...repository, ref: 'pull/1/head' })).data.ref).toBe(
    'refs/pull/1/head',
  );
});

it('tells a base that moved during the merge from a conflict', async () => {
  const { as, git } = await opened();
  git.merge = () => Promise.resolve(undefined);
  const refused = await failure(as('will').rest.pulls.merge(pull));
  expect(refused).toMatchObject({
    status: 405,
    message: expect.stringContaining('Base branch was modified'),
  });
});

it('moves the base of the others, and closes what loses its branch, at once', async () => {
  const { as, push, hub } = await opened();
  push('patch/db');
  await as('app').rest.pulls.create({ ...repository, title: 'Db', head: 'patch/db', base: 'main' });
  const { data } = await as('will').rest.pulls.merge(pull);
  expect((await as('app').rest.pulls.get({ ...pull, pull_number: 2 })).data.base.sha).toBe(data.sha);
  await as('app').rest.git.deleteRef({ ...repository, ref: 'heads/patch/db' });
  const issue = await as('rita').rest.issues.get({ ...repository, issue_number: 2 });
  expect(issue.data).toMatchObject({ state: 'closed', closed_by: { login: 'patchwarden[bot]' } });
  expect(hub.state.issues[1]?.events.map((one) => one.event)).toEqual(['head_ref_deleted', 'closed']);
});

it('moves to another base, with commits of its own only', async () => {
  const { as, git, push } = await opened();
  git.refs.set('refs/heads/next', git.refs.get('refs/heads/main') ?? '');
  git.refs.set('refs/heads/done', git.refs.get('refs/heads/patch/web') ?? '');
  expect((await as('app').rest.pulls.update({ ...pull, base: 'next' })).data.base.ref).toBe('next');
  expect((await failure(as('app').rest.pulls.update({ ...pull, base: 'done' }))).message).toContain(
    'no new commits',
  );
  expect((await failure(as('app').rest.pulls.update({ ...pull, base: 'none' }))).status).toBe(422);
  push('main', { 'm.txt': 'm\n' });
  expect((await as('app').rest.pulls.list({ ...repository, base: 'main' })).data).toEqual([]);
  expect((await as('app').rest.pulls.list({ ...repository, base: 'next' })).data).toHaveLength(1);
});

it('stays open without its branch where GitHub is told so', async () => {
  const { as, git } = await opened({ world: { ...WORLD, openWithoutHead: true } });
  await git.deleteBranch('patch/web');
  expect((await as('app').rest.pulls.get(pull)).data.state).toBe('open');
  const events = await as('app').rest.issues.listEvents({ ...repository, issue_number: 1 });
  expect(events.data.map((one) => one.event)).toEqual(['head_ref_deleted']);
});
