import { expect, it } from 'vitest';
import { failure, githubTable, repository, WORLD } from './table.ts';

const status = (sha: string, state: 'success' | 'failure' | 'pending', context = 'patchwarden/change') => ({
  ...repository,
  sha,
  state,
  context,
});

it('combines the newest status of each context', async () => {
  const { as, push } = githubTable();
  const sha = push('patch/web');
  const combined = async (): Promise<string> =>
    (await as('app').rest.repos.getCombinedStatusForRef({ ...repository, ref: 'patch/web' })).data.state;
  expect(await combined()).toBe('pending');
  await as('app').rest.repos.createCommitStatus(status(sha, 'failure'));
  await as('will').rest.repos.createCommitStatus(status(sha, 'success', 'lint'));
  expect(await combined()).toBe('failure');
  // Anybody who may write overwrites a status; the list keeps who did.
  await as('will').rest.repos.createCommitStatus(status(sha, 'success'));
  expect(await combined()).toBe('success');
  const { data } = await as('app').rest.repos.listCommitStatusesForRef({ ...repository, ref: sha });
  expect(data.map((one) => `${one.context} ${one.state} ${one.creator?.login}`)).toEqual([
    'patchwarden/change success will',
    'lint success will',
    'patchwarden/change failure patchwarden[bot]',
  ]);
});

it('refuses a status of no commit, and the thousand-and-first of a context', async () => {
  const { as, push, hub } = githubTable();
  const sha = push('patch/web');
  const nowhere = await failure(as('app').rest.repos.createCommitStatus(status('0'.repeat(40), 'success')));
  expect(nowhere).toMatchObject({ status: 422, message: expect.stringContaining('No commit found for SHA') });
  await as('app').rest.repos.createCommitStatus(status(sha, 'success'));
  const [one] = hub.state.statuses;
  for (let more = 1; more < 1000; more++) if (one) hub.state.statuses.push(one);
  expect((await failure(as('app').rest.repos.createCommitStatus(status(sha, 'success')))).message).toContain(
    'maximum number of statuses',
  );
});

it('lets only an app write checks, and only its own', async () => {
  const { as, push } = githubTable();
  const head_sha = push('patch/web');
  const wish = { ...repository, name: 'patchwarden/change', head_sha };
  expect(await failure(as('ada').rest.checks.create(wish))).toMatchObject({ status: 403 });
  const { data: run } = await as('app').rest.checks.create({ ...wish, status: 'in_progress' });
  expect(run).toMatchObject({ status: 'in_progress', conclusion: null, app: { slug: 'patchwarden' } });
  const verdict = { ...repository, check_run_id: run.id, conclusion: 'failure' as const };
  expect(await failure(as('other').rest.checks.update(verdict))).toMatchObject({ status: 403 });
  expect((await as('app').rest.checks.update(verdict)).data).toMatchObject({
    status: 'completed',
    conclusion: 'failure',
  });
  await as('app').rest.checks.create({ ...wish, conclusion: 'success' });
  const list = async (filter: 'latest' | 'all') =>
    (await as('app').rest.checks.listForRef({ ...repository, ref: head_sha, filter })).data;
  expect((await list('latest')).check_runs.map((one) => one.conclusion)).toEqual(['success']);
  expect((await list('all')).total_count).toBe(2);
});

it('shows how a branch is protected, to administrators', async () => {
  const protection = {
    main: { approvals: 2, checks: [{ context: 'patchwarden/change' }], enforceAdmins: true },
  };
  const { as } = githubTable({ world: { ...WORLD, protection } });
  const branch = { ...repository, branch: 'main' };
  const { data } = await as('ada').rest.repos.getBranchProtection(branch);
  expect(data).toMatchObject({
    required_pull_request_reviews: { required_approving_review_count: 2 },
    required_status_checks: { contexts: ['patchwarden/change'] },
    enforce_admins: { enabled: true },
    allow_force_pushes: { enabled: false },
  });
  expect((await failure(as('will').rest.repos.getBranchProtection(branch))).status).toBe(403);
  expect((await failure(as('app').rest.repos.getBranchProtection(branch))).message).toContain(
    'not accessible',
  );
  expect((await as('will').rest.repos.getBranch(branch)).data).toMatchObject({
    name: 'main',
    protected: true,
  });
  expect((await as('will').rest.repos.getBranchRules(branch)).data).toEqual([]);
});

it('shows rulesets as rules of the branch, not as its protection', async () => {
  const protection = {
    main: { ruleset: true, approvals: 1, checks: [{ context: 'patchwarden/change', appId: 7 }] },
  };
  const { as } = githubTable({ world: { ...WORLD, protection } });
  const branch = { ...repository, branch: 'main' };
  const { data } = await as('will').rest.repos.getBranchRules(branch);
  expect(data.map((one) => one.type)).toEqual([
    'deletion',
    'non_fast_forward',
    'pull_request',
    'required_status_checks',
  ]);
  expect(await failure(as('ada').rest.repos.getBranchProtection(branch))).toMatchObject({
    status: 404,
    message: expect.stringContaining('Branch not protected'),
  });
  expect((await failure(as('ada').rest.repos.getBranch({ ...repository, branch: 'none' }))).status).toBe(404);
});

it('lists files and commits of a pull request', async () => {
  const { as, push } = githubTable();
  push('patch/web', { 'locks/web.json': '{}\n', 'a.txt': null });
  const head = push('patch/web', { 'locks/web.json': '{\n}\n' });
  await as('app').rest.pulls.create({ ...repository, title: 'Web', head: 'patch/web', base: 'main' });
  const pull = { ...repository, pull_number: 1 };
  const files = (await as('app').rest.pulls.listFiles(pull)).data;
  expect(files.map((one) => `${one.filename} ${one.status} ${one.changes}`)).toEqual([
    'a.txt removed 1',
    'locks/web.json added 2',
  ]);
  const commits = (await as('app').rest.pulls.listCommits(pull)).data;
  expect(commits).toHaveLength(2);
  expect(commits.at(-1)?.sha).toBe(head);
});
