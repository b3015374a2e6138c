import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Octokit } from 'octokit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { git, rawCommit } from '../support/git-fixtures.ts';
import { BareBackend } from '../support/github/bare-backend.ts';
import { githubStandIn, type StandIn } from '../support/github/stand-in.ts';
import { failure, repository, WORLD } from '../support/github/table.ts';
import { serveGithub } from './support/github-http.ts';

const run = promisify(execFile);
const scratch = mkdtempSync(join(tmpdir(), 'patchwarden-github-'));
const dir = join(scratch, 'fleet.git');
const work = join(scratch, 'work');
let hub: StandIn;
let web: Awaited<ReturnType<typeof serveGithub>>;
let lost = false;

const remote = (token: string): string => web.remote.replace('://', `://x-access-token:${token}@`);
const client = (auth: string): Octokit =>
  new Octokit({ auth, baseUrl: web.api, retry: { enabled: false }, throttle: { enabled: false } });

/** Git must not block the process that serves it. */
async function talk(args: readonly string[]): Promise<string> {
  const env = { PATH: process.env.PATH, HOME: scratch, GIT_TERMINAL_PROMPT: '0' };
  return (await run('git', args as string[], { cwd: work, env })).stdout;
}

beforeAll(async () => {
  git(scratch, ['init', '--bare', '--quiet', '-b', 'main', dir]);
  const root = rawCommit(dir, { files: { 'a.txt': 'a\n' }, parents: [], message: 'first', signer: null });
  git(dir, ['update-ref', 'refs/heads/main', root]);
  const world = { ...WORLD, protection: { main: { approvals: 1, enforceAdmins: true } } };
  const fault = () => (lost ? ({ before: 'drop' } as const) : 'none');
  hub = githubStandIn({ world, backend: new BareBackend(dir), now: () => Date.now(), fault });
  web = await serveGithub(hub, dir);
  git(scratch, ['init', '--quiet', '-b', 'main', work]);
});

afterAll(async () => {
  await web.close();
  rmSync(scratch, { recursive: true, force: true });
});

it('opens, reviews and merges over real HTTP and Git', async () => {
  await talk(['fetch', '--quiet', remote('app'), 'main']);
  const tip = git(work, ['rev-parse', 'FETCH_HEAD']);
  const sha = rawCommit(work, {
    base: tip,
    files: { 'b.txt': 'b\n' },
    parents: [tip],
    message: 'b',
    signer: null,
  });
  await talk(['push', '--quiet', remote('app'), `${sha}:refs/heads/patch/web`]);
  const wish = { ...repository, title: 'Web', head: 'patch/web', base: 'main' };
  const { data } = await client('app').rest.pulls.create(wish);
  expect(data.head.sha).toBe(sha);
  const pull = { ...repository, pull_number: data.number };
  await client('will').rest.pulls.createReview({ ...pull, event: 'APPROVE', commit_id: sha });
  const merged = await client('ada').rest.pulls.merge({ ...pull, sha });
  expect(git(dir, ['rev-parse', 'refs/heads/main'])).toBe(merged.data.sha);
  expect(git(dir, ['rev-parse', `refs/pull/${data.number}/head`])).toBe(sha);
  const pages = client('app').paginate(client('app').rest.pulls.listCommits, { ...pull, per_page: 1 });
  expect(await pages).toHaveLength(1);
  expect(hub.violations).toEqual([]);
});

it.each([
  ['a protected branch', 'ada', 'main', 'GH006'],
  ['a pull request’s own ref', 'ada', '../pull/1/head', 'hidden ref|denied|invalid'],
  ['somebody who only reads', 'rita', 'patch/db', '403'],
  ['a wrong token', 'nonsense', 'patch/db', 'Authentication failed|401'],
  ['somebody without a role', 'otto', 'patch/db', 'not found'],
])('refuses a push to or of %s', async (_case, token, branch, sentence) => {
  const tip = git(dir, ['rev-parse', 'refs/heads/main']);
  await talk(['fetch', '--quiet', remote('app'), 'main']);
  const sha = rawCommit(work, {
    base: tip,
    files: { 'x.txt': 'x\n' },
    parents: [tip],
    message: 'x',
    signer: null,
  });
  const ref = branch.startsWith('../') ? `refs/${branch.slice(3)}` : `refs/heads/${branch}`;
  await expect(talk(['push', '--quiet', remote(token), `+${sha}:${ref}`])).rejects.toThrow(
    new RegExp(sentence, 'i'),
  );
});

it('says who deleted a branch', async () => {
  const tip = git(dir, ['rev-parse', 'refs/heads/main']);
  const sha = rawCommit(work, {
    base: tip,
    files: { 'c.txt': 'c\n' },
    parents: [tip],
    message: 'c',
    signer: null,
  });
  await talk(['push', '--quiet', remote('app'), `${sha}:refs/heads/patch/mail`]);
  const wish = { ...repository, title: 'Mail', head: 'patch/mail', base: 'main' };
  const { data } = await client('app').rest.pulls.create(wish);
  await talk(['push', '--quiet', remote('will'), ':refs/heads/patch/mail']);
  const issue = await client('app').rest.issues.get({ ...repository, issue_number: data.number });
  expect(issue.data).toMatchObject({ state: 'closed', closed_by: { login: 'will' } });
});

it('loses a connection when told to', async () => {
  lost = true;
  expect((await failure(client('app').rest.repos.get(repository))).status).toBe(500);
  lost = false;
});
