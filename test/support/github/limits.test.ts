import { expect, it } from 'vitest';
import { failure, githubTable, repository } from './table.ts';

const comment = { ...repository, issue_number: 1, body: 'x' };

async function writesUntilRefused(options: Parameters<typeof githubTable>[0], pause: number) {
  const table = githubTable({ validate: false, ...options });
  await table.as('app').rest.issues.create({ ...repository, title: 'Dashboard' });
  for (let done = 1; done <= 600; done++) {
    table.clock.now += pause;
    try {
      await table.as('app').rest.issues.createComment(comment);
    } catch {
      return { ...table, done, refused: await failure(table.as('app').rest.issues.createComment(comment)) };
    }
  }
  throw new Error('600 writes were let through');
}

it.each([
  ['the 81st of a minute', 0, 80],
  ['the 501st of an hour', 7_000, 500],
])('refuses %s content-creating request', async (_case, pause, writes) => {
  const { done, refused, hub } = await writesUntilRefused({}, pause);
  expect(done).toBe(writes);
  expect(refused).toMatchObject({ status: 403, message: expect.stringContaining('secondary rate limit') });
  expect(refused.headers['retry-after']).toBe('60');
  // The primary limit looks as if there were plenty left, as it does on GitHub.
  expect(Number(refused.headers['x-ratelimit-remaining'])).toBeGreaterThan(4000);
  expect(hub.log.at(-1)?.status).toBe(403);
});

it('may leave out retry-after, and answer 429', async () => {
  const { refused } = await writesUntilRefused({ limits: { retryAfter: null, status: 429 } }, 0);
  expect(refused.status).toBe(429);
  expect(refused.headers).not.toHaveProperty('retry-after');
});

it('lets go after a minute', async () => {
  const { as, clock } = await writesUntilRefused({}, 0);
  clock.now += 60_001;
  expect((await as('app').rest.issues.createComment(comment)).status).toBe(201);
});

it('counts 900 points a minute, five for a write', async () => {
  const { as } = githubTable({ validate: false, limits: { pointsAMinute: 7 } });
  await as('app').rest.issues.create({ ...repository, title: 'x' });
  await as('app').rest.repos.get(repository);
  await as('app').rest.repos.get(repository);
  expect((await failure(as('app').rest.repos.get(repository))).message).toContain('secondary rate limit');
});

it('refuses what is beyond the primary limit until the hour is over', async () => {
  const { as, hub, clock } = githubTable();
  await as('app').rest.repos.get(repository);
  hub.limiter.spend('patchwarden[bot]', 4999, clock.now);
  const refused = await failure(as('app').rest.repos.get(repository));
  expect(refused).toMatchObject({ status: 403, message: expect.stringContaining('API rate limit exceeded') });
  expect(refused.headers).toMatchObject({ 'x-ratelimit-remaining': '0', 'x-ratelimit-limit': '5000' });
  expect((await as('app').rest.rateLimit.get()).data.rate.remaining).toBe(0);
  expect((await as('will').rest.repos.get(repository)).status).toBe(200);
  clock.now = Number(refused.headers['x-ratelimit-reset']) * 1000;
  expect((await as('app').rest.repos.get(repository)).status).toBe(200);
});

it('answers 304 to a known tag without counting it', async () => {
  const { as } = githubTable();
  const first = await as('app').rest.issues.listForRepo(repository);
  const ask = { ...repository, headers: { 'if-none-match': first.headers.etag } };
  const known = await failure(as('app').rest.issues.listForRepo(ask));
  expect(known.status).toBe(304);
  // A tag is known to its token only.
  expect((await as('will').rest.issues.listForRepo(ask)).status).toBe(200);
  expect(known.headers['x-ratelimit-used']).toBe(first.headers['x-ratelimit-used']);
  await as('app').rest.issues.create({ ...repository, title: 'x' });
  expect((await as('app').rest.issues.listForRepo(ask)).data).toHaveLength(1);
});
