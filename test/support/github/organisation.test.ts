import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Octokit } from 'octokit';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { githubOrganisation, type Organisation } from './organisation.ts';
import { failure } from './table.ts';

const scratch = mkdtempSync(join(tmpdir(), 'patchwarden-organisation-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let organisation: Organisation;
beforeEach(() => {
  const user = (login: string, ...more: string[]) => ({ user: login, scopes: ['repo', ...more] });
  const tokens = {
    robot: user('robot', 'delete_repo'),
    weak: user('robot'),
    ben: user('ben', 'delete_repo'),
  };
  const world = { owner: 'acme', users: ['robot', 'ben'], tokens };
  organisation = githubOrganisation(world, mkdtempSync(join(scratch, 'home-')), () => Date.now());
});

const as = (auth: string) =>
  new Octokit({
    auth,
    request: { fetch: (url: string, init: RequestInit) => organisation.handle(new Request(url, init)) },
    retry: { enabled: false },
    throttle: { enabled: false },
  }).rest;
const one = { owner: 'acme', repo: 'one' };
const made = () => as('robot').repos.createInOrg({ org: 'acme', name: 'one', private: true });

it('makes a private repository that only who made it sees, until others are let in', async () => {
  expect((await made()).data).toMatchObject({ full_name: 'acme/one', private: true });
  expect((await as('robot').repos.get(one)).data.permissions?.admin).toBe(true);
  expect((await failure(as('ben').repos.get(one))).status).toBe(404);
  const ben = { ...one, username: 'ben', permission: 'push' };
  expect((await as('robot').repos.addCollaborator(ben)).status).toBe(204);
  expect((await as('ben').repos.get(one)).data.permissions).toMatchObject({ push: true, admin: false });
  expect(organisation.violations()).toEqual([]);
});

it.each([
  ['who may only push', () => as('ben').repos.delete(one), 403],
  ['a token without the scope', () => as('weak').repos.delete(one), 403],
  ['what is not there', () => as('robot').repos.delete({ ...one, repo: 'two' }), 404],
])('deletes nothing for %s', async (_case, attempt, status) => {
  await made();
  await as('robot').repos.addCollaborator({ ...one, username: 'ben', permission: 'push' });
  expect((await failure(attempt())).status).toBe(status);
  expect(organisation.repositories()).toEqual(['one']);
});

it('deletes a repository with all that is in it', async () => {
  await made();
  const dir = organisation.repository('one')?.dir ?? '';
  expect(existsSync(dir)).toBe(true);
  expect((await as('robot').repos.delete(one)).status).toBe(204);
  expect(existsSync(dir)).toBe(false);
  expect(organisation.repositories()).toEqual([]);
  expect((await failure(as('robot').repos.get(one))).status).toBe(404);
});

it.each([
  ['a name that is taken', { org: 'acme', name: 'one', private: true }, 'robot', 422],
  ['another organisation', { org: 'other', name: 'two', private: true }, 'robot', 404],
  ['a wrong token', { org: 'acme', name: 'two', private: true }, 'nonsense', 401],
])('makes none for %s', async (_case, wish, token, status) => {
  await made();
  expect((await failure(as(token).repos.createInOrg(wish))).status).toBe(status);
  expect(organisation.repositories()).toEqual(['one']);
});

it('makes no public one, and takes no field that GitHub does not know', async () => {
  await expect(as('robot').repos.createInOrg({ org: 'acme', name: 'two' })).rejects.toThrow('private');
  const slip = { org: 'acme', name: 'two', private: true, colour: 'green' };
  await expect(as('robot').repos.createInOrg(slip)).rejects.toThrow('/colour additionalProperties');
  expect(organisation.violations()).toHaveLength(2);
});
