import { expect, it } from 'vitest';
import { ContractViolation, checkRequest, checkResponse } from './contract.ts';
import { githubTable, repository } from './table.ts';

const params = { owner: 'acme', repo: 'fleet' };
const wish = { title: 'x', head: 'patch/web', base: 'main' };

it.each([
  ['a missing field', { title: 'x', head: 'patch/web' }, '', 'required'],
  ['a field of the wrong type', { ...wish, title: 7 }, '', '/title type'],
  ['a field that GitHub would ignore', { ...wish, labels: ['hold'] }, '', '/labels additionalProperties'],
  ['no body at all', undefined, '', 'required'],
  ['an unknown parameter', wish, 'draft=true', 'draft additionalProperties'],
])('refuses a request with %s', (_case, body, query, sentence) => {
  const request = { params, query: new URLSearchParams(query), body };
  expect(() => checkRequest('pulls/create', request)).toThrow(sentence);
});

it.each([
  ['a state out of the list', 'state=merged', 'query-state: / enum'],
  ['a page that is no number', 'page=first', 'query-page: / type'],
])('refuses a listing with %s', (_case, query, sentence) => {
  const request = { params, query: new URLSearchParams(query), body: undefined };
  expect(() => checkRequest('pulls/list', request)).toThrow(sentence);
});

it('accepts what octokit sends', () => {
  const query = new URLSearchParams('state=all&head=acme%3Apatch%2Fweb&per_page=100&page=2');
  expect(() => checkRequest('pulls/list', { params, query, body: undefined })).not.toThrow();
  expect(() =>
    checkRequest('pulls/create', { params, query: new URLSearchParams(), body: wish }),
  ).not.toThrow();
});

it.each([
  ['a field short', 200, [{ number: 1 }], 'required'],
  ['another status', 418, {}, 'status 418 is not described'],
  ['a refusal without its form', 422, 'no', 'type'],
])('refuses a response with %s', (_case, status, body, sentence) => {
  expect(() => checkResponse('pulls/list', status, body)).toThrow(sentence);
});

it('fails whoever sends or gets something wrong, and remembers it', async () => {
  const { as, hub, push } = githubTable();
  push('patch/web');
  const slip = { ...repository, ...wish, labels: ['hold'] };
  await expect(as('app').rest.pulls.create(slip)).rejects.toThrow('/labels additionalProperties');
  expect(hub.state.issues).toEqual([]);
  await as('app').rest.pulls.create({ ...repository, ...wish });
  const [issue] = hub.state.issues;
  if (issue) issue.title = 7 as unknown as string;
  await expect(as('app').rest.pulls.list(repository)).rejects.toThrow('/0/title type');
  expect(hub.violations.map((one) => one.name)).toEqual(['ContractViolation', 'ContractViolation']);
});

it('has no answer for what it does not model', async () => {
  const { as, hub } = githubTable();
  await expect(as('app').rest.repos.listTags(repository)).rejects.toThrow("the stand-in doesn't have this");
  expect(hub.violations[0]).toBeInstanceOf(ContractViolation);
});

it('checks nothing when told so, and shows repositories short', async () => {
  const { as, hub, push } = githubTable({ validate: false });
  push('patch/web');
  await as('app').rest.pulls.create({ ...repository, ...wish });
  const { data } = await as('app').rest.pulls.list({ ...repository, colour: 'green' } as typeof repository);
  expect(Object.keys(data[0]?.head.repo ?? {})).toEqual([
    'id',
    'name',
    'full_name',
    'private',
    'default_branch',
    'fork',
    'owner',
  ]);
  expect(hub.violations).toEqual([]);
});
