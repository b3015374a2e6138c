import { beforeEach, expect, it } from 'vitest';
import { failure, githubTable, repository, type Table } from './table.ts';

const issue = { ...repository, issue_number: 1 };
const pull = { ...repository, pull_number: 1 };
let table: Table;

beforeEach(async () => {
  table = githubTable();
  table.push('patch/web');
  const wish = { ...repository, title: 'Patch web', head: 'patch/web', base: 'main' };
  await table.as('app').rest.pulls.create(wish);
});

it('tells who labelled, renamed, closed and reopened', async () => {
  const { as } = table;
  await as('app').rest.issues.addLabels({ ...issue, labels: ['ring/canary', 'hold'] });
  await as('tess').rest.issues.removeLabel({ ...issue, name: 'ring/canary' });
  await as('will').rest.pulls.update({ ...pull, title: 'Patch the web' });
  await as('tess').rest.issues.update({ ...issue, state: 'closed' });
  await as('ada').rest.pulls.update({ ...pull, state: 'open' });
  const events = await as('app').rest.issues.listEvents(issue);
  expect(events.data.map((one) => `${one.event} ${one.actor?.login}`)).toEqual([
    'labeled patchwarden[bot]',
    'labeled patchwarden[bot]',
    'unlabeled tess',
    'renamed will',
    'closed tess',
    'reopened ada',
  ]);
  const { data } = await as('app').rest.issues.get(issue);
  expect(data).toMatchObject({ state: 'open', closed_by: null, labels: [{ name: 'hold' }] });
});

it('keeps comments, and who may write may edit them', async () => {
  const { as, clock } = table;
  const { data: made } = await as('app').rest.issues.createComment({ ...issue, body: 'first' });
  clock.now += 60_000;
  const comment = { ...repository, comment_id: made.id, body: 'second' };
  expect((await failure(as('rita').rest.issues.updateComment(comment))).status).toBe(403);
  await as('will').rest.issues.updateComment(comment);
  const { data } = await as('app').rest.issues.listComments(issue);
  expect(data).toMatchObject([{ body: 'second', user: { login: 'patchwarden[bot]' } }]);
  expect(data[0]?.updated_at).not.toBe(data[0]?.created_at);
  const { data: timeline } = await as('app').rest.issues.listEventsForTimeline(issue);
  expect(timeline.map((one) => one.event)).toEqual(['commented']);
});

it('lists issues and pull requests together, by state, label and creator', async () => {
  const { as } = table;
  await as('app').rest.issues.create({ ...repository, title: 'Dashboard', labels: ['patchwarden'] });
  await as('rita').rest.issues.create({ ...repository, title: 'Question', labels: ['patchwarden'] });
  const titles = async (query: object): Promise<string[]> =>
    (await as('app').rest.issues.listForRepo({ ...repository, ...query })).data.map((one) => one.title);
  expect(await titles({})).toEqual(['Question', 'Dashboard', 'Patch web']);
  expect(await titles({ labels: 'patchwarden' })).toEqual(['Dashboard']);
  expect(await titles({ creator: 'rita', state: 'all' })).toEqual(['Question']);
  table.hub.state.deleted.add(2);
  expect((await failure(as('app').rest.issues.get({ ...issue, issue_number: 2 }))).status).toBe(410);
});

it('binds a review to a commit, and dismissal to the review', async () => {
  const { as, push } = table;
  const first = table.git.refs.get('refs/heads/patch/web') ?? '';
  const second = push('patch/web', { 'b.txt': 'b\n' });
  await as('will').rest.pulls.createReview({ ...pull, event: 'APPROVE', commit_id: first });
  const { data: newest } = await as('ada').rest.pulls.createReview({ ...pull, event: 'APPROVE' });
  await as('ada').rest.pulls.dismissReview({ ...pull, review_id: newest.id, message: 'too early' });
  await as('rita').rest.pulls.createReview({ ...pull });
  const { data } = await as('app').rest.pulls.listReviews(pull);
  expect(data.map((one) => [one.user?.login, one.state, one.commit_id])).toEqual([
    ['will', 'APPROVED', first],
    ['ada', 'DISMISSED', second],
  ]);
});

it('sends no review of one’s own, no empty words, no strangers', async () => {
  const { as } = table;
  const own = await failure(as('app').rest.pulls.createReview({ ...pull, event: 'APPROVE' }));
  expect(own).toMatchObject({ status: 422, message: expect.stringContaining('approve your own') });
  expect((await failure(as('will').rest.pulls.createReview({ ...pull, event: 'COMMENT' }))).status).toBe(422);
  const strangers = await failure(as('app').rest.pulls.requestReviewers({ ...pull, reviewers: ['otto'] }));
  expect(strangers).toMatchObject({ status: 422, message: expect.stringContaining('not a collaborator') });
  const asked = { ...pull, reviewers: ['will'], team_reviewers: ['ops'] };
  const { data } = await as('app').rest.pulls.requestReviewers(asked);
  expect(data.requested_reviewers?.map((one) => one.login)).toEqual(['will']);
  expect(data.requested_teams?.map((one) => one.slug)).toEqual(['ops']);
  expect((await as('app').rest.issues.listEvents(issue)).data.map((one) => one.event)).toEqual([
    'review_requested',
    'review_requested',
  ]);
});

it.each([
  ['a body without end', { body: 'x'.repeat(65_537) }, 'body is too long'],
  ['a title without end', { title: 'x'.repeat(257) }, 'title is too long'],
  ['a blank title', { title: ' ' }, "title can't be blank"],
])('refuses %s', async (_case, texts, sentence) => {
  const refused = await failure(table.as('app').rest.pulls.update({ ...pull, ...texts }));
  expect(refused).toMatchObject({ status: 422, message: expect.stringContaining(sentence) });
});

it('shows a renamed person under the new name and the old id', async () => {
  const { as, hub } = table;
  await as('will').rest.pulls.createReview({ ...pull, event: 'APPROVE' });
  const will = hub.state.users.find((one) => one.login === 'will');
  if (will) will.login = 'william';
  const { data } = await as('app').rest.pulls.listReviews(pull);
  expect(data[0]?.user).toMatchObject({ login: 'william', id: will?.id });
});
