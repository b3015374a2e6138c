import { expect, it } from 'vitest';
import { type Fault, unavailable } from './faults.ts';
import { failure, githubTable, repository } from './table.ts';

/** A table whose next request meets a fault; the ones after it don't. */
function faulty(options: Parameters<typeof githubTable>[0] = {}) {
  let next: Fault = 'none';
  const meet = (fault: Fault): void => {
    next = fault;
  };
  const fault = (): Fault => {
    const met = next;
    next = 'none';
    return met;
  };
  return { ...githubTable({ ...options, fault }), meet };
}

const wish = { ...repository, title: 'Patch web', head: 'patch/web', base: 'main' };

it.each([
  ['502 after the work', { after: unavailable(502) }, 502, 1],
  ['a connection lost after the work', { after: 'drop' }, 500, 1],
  ['502 before the work', { before: unavailable(502) }, 502, 0],
  ['a connection lost before the work', { before: 'drop' }, 500, 0],
] as const)('%s', async (_case, fault, status, opened) => {
  const { as, push, meet, hub } = faulty();
  push('patch/web');
  meet(fault);
  expect((await failure(as('app').rest.pulls.create(wish))).status).toBe(status);
  expect(hub.state.issues).toHaveLength(opened);
  expect(hub.log.at(-1)?.done).toBe(opened === 1 ? 201 : null);
  expect((await as('app').rest.pulls.list(repository)).data).toHaveLength(opened);
});

it('reads what was there before the last change', async () => {
  const { as, push, meet } = faulty({ history: 5 });
  push('patch/web');
  await as('app').rest.pulls.create(wish);
  meet({ stale: 1 });
  expect((await as('app').rest.pulls.list(repository)).data).toEqual([]);
  meet({ stale: 1 });
  expect((await failure(as('app').rest.pulls.get({ ...repository, pull_number: 1 }))).status).toBe(404);
  const before = (await as('app').rest.git.getRef({ ...repository, ref: 'heads/patch/web' })).data.object.sha;
  const pushed = push('patch/web', { 'b.txt': 'b\n' });
  meet({ stale: 1 });
  const stale = await as('app').rest.git.getRef({ ...repository, ref: 'heads/patch/web' });
  expect(stale.data.object.sha).toBe(before);
  expect((await as('app').rest.pulls.list(repository)).data[0]?.head.sha).toBe(pushed);
});

async function manyIssues(table: ReturnType<typeof faulty>, count: number): Promise<void> {
  for (let one = 0; one < count; one++)
    await table.as('app').rest.issues.create({ ...repository, title: `issue ${one}` });
}

it('pages through everything, a hundred at most', async () => {
  const table = faulty({ limits: { writesAMinute: 1000, pointsAMinute: 10_000 } });
  await manyIssues(table, 7);
  const { as, hub } = table;
  const ask = { ...repository, per_page: 3 };
  const all = await as('app').paginate(as('app').rest.issues.listForRepo, ask);
  expect(all.map((one) => one.number)).toEqual([7, 6, 5, 4, 3, 2, 1]);
  expect(hub.log.filter((one) => one.operation === 'issues/list-for-repo')).toHaveLength(3);
  const first = await as('app').rest.issues.listForRepo(ask);
  expect(first.headers.link).toBe(
    '<https://api.github.com/repos/acme/fleet/issues?per_page=3&page=2>; rel="next", ' +
      '<https://api.github.com/repos/acme/fleet/issues?per_page=3&page=3>; rel="last"',
  );
  await manyIssues(table, 95);
  expect((await as('app').rest.issues.listForRepo({ ...repository, per_page: 500 })).data).toHaveLength(100);
});

it.each([
  ['misses what slipped to an earlier page', 1, [6, 5, 4, 2, 1]],
  ['sees twice what slipped to a later page', -1, [6, 5, 4, 4, 3, 2, 1]],
])('%s', async (_case, shift, numbers) => {
  let page = 0;
  const hook = (request: Request): Fault =>
    request.url.includes('per_page=3') && page++ > 0 ? { shift } : 'none';
  const table = githubTable({ fault: hook });
  for (let one = 0; one < 6; one++)
    await table.as('app').rest.issues.create({ ...repository, title: `issue ${one}` });
  const all = await table
    .as('app')
    .paginate(table.as('app').rest.issues.listForRepo, { ...repository, per_page: 3 });
  expect(all.map((one) => one.number)).toEqual(numbers);
});

it('fails a page in the middle', async () => {
  const hook = (request: Request): Fault =>
    new URL(request.url).searchParams.get('page') === '2' ? { before: unavailable(502) } : 'none';
  const table = githubTable({ fault: hook });
  for (let one = 0; one < 6; one++)
    await table.as('app').rest.issues.create({ ...repository, title: `issue ${one}` });
  const all = table
    .as('app')
    .paginate(table.as('app').rest.issues.listForRepo, { ...repository, per_page: 2 });
  expect((await failure(all)).status).toBe(502);
});

it('gives the same answers to the same requests', async () => {
  const run = async (): Promise<string> => {
    const { as, push } = githubTable();
    push('patch/web');
    await as('app').rest.pulls.create(wish);
    const { data, headers } = await as('app').rest.pulls.list(repository);
    return JSON.stringify([data, headers]);
  };
  expect(await run()).toBe(await run());
});
