import { expect, it } from 'vitest';
import { failure, githubTable, repository } from './table.ts';

const wish = { ...repository, title: 'Patch web', head: 'patch/web', base: 'main' };

it('opens a pull request and finds it by its branch', async () => {
  const { as, push, git, hub } = githubTable();
  const sha = push('patch/web');
  const { data } = await as('app').rest.pulls.create({ ...wish, body: 'why' });
  expect(data).toMatchObject({ number: 1, state: 'open', user: { login: 'patchwarden[bot]', type: 'Bot' } });
  expect(git.refs.get('refs/pull/1/head')).toBe(sha);
  const found = await as('app').rest.pulls.list({ ...repository, head: 'acme:patch/web', state: 'all' });
  expect(found.data.map((one) => one.head.sha)).toEqual([sha]);
  const none = await as('app').rest.pulls.list({ ...repository, head: 'acme:patch/db', state: 'all' });
  expect(none.data).toEqual([]);
  const ignored = await as('app').rest.pulls.list({ ...repository, head: 'patch/db', state: 'all' });
  expect(ignored.data).toHaveLength(1);
  expect(hub.violations).toEqual([]);
});

it.each([
  ['a second one for the same branch', 'patch/web', 'A pull request already exists for acme:patch/web.'],
  ['a branch that is gone', 'patch/gone', '"field":"head","code":"invalid"'],
  ['a branch without commits', 'patch/empty', 'No commits between main and patch/empty'],
  ['a branch of a fork', 'somebody:patch/web', '"field":"head","code":"invalid"'],
])('refuses %s', async (_case, head, sentence) => {
  const { as, push, git } = githubTable();
  push('patch/web');
  git.refs.set('refs/heads/patch/empty', git.refs.get('refs/heads/main') ?? '');
  await as('app').rest.pulls.create(wish);
  const refused = await failure(as('app').rest.pulls.create({ ...wish, head }));
  expect(refused).toMatchObject({ status: 422, message: expect.stringContaining(sentence) });
});

it('follows the branch while open and keeps its last commit when closed', async () => {
  const { as, push, git } = githubTable();
  push('patch/web');
  await as('app').rest.pulls.create(wish);
  const second = push('patch/web', { 'more.txt': 'x\n' });
  expect((await as('app').rest.pulls.get({ ...repository, pull_number: 1 })).data.head.sha).toBe(second);
  await as('will').rest.pulls.update({ ...repository, pull_number: 1, state: 'closed' });
  push('patch/web', { 'late.txt': 'x\n' });
  expect((await as('app').rest.pulls.get({ ...repository, pull_number: 1 })).data.head.sha).toBe(second);
  expect(git.refs.get('refs/pull/1/head')).toBe(second);
  const issue = await as('app').rest.issues.get({ ...repository, issue_number: 1 });
  expect(issue.data.closed_by?.login).toBe('will');
});
