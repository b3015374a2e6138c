import { createSign, generateKeyPairSync } from 'node:crypto';
import { App, Octokit } from 'octokit';
import { expect, it } from 'vitest';
import { client, failure, githubTable, repository, WORLD } from './table.ts';

it.each([
  ['a wrong token', 'nonsense', 401, 'Bad credentials'],
  ['an account without a role', 'otto', 404, 'Not Found'],
])('refuses %s', async (_case, token, status, sentence) => {
  const { as } = githubTable();
  expect(await failure(as(token).rest.repos.get(repository))).toMatchObject({
    status,
    message: expect.stringContaining(sentence),
  });
});

it('hides another repository', async () => {
  const { as } = githubTable();
  expect(await failure(as('ada').rest.repos.get({ owner: 'acme', repo: 'secret' }))).toMatchObject({
    status: 404,
  });
});

it.each([
  ['rita', 403],
  ['tess', 200],
  ['will', 200],
])('lets %s add a label: %i', async (token, status) => {
  const { as } = githubTable();
  await as('app').rest.issues.create({ ...repository, title: 'Dashboard' });
  const wish = { ...repository, issue_number: 1, labels: ['hold'] };
  const got = as(token).rest.issues.addLabels(wish);
  expect(status === 200 ? (await got).status : (await failure(got)).status).toBe(status);
});

it('tells a classic token’s scopes, and what they leave out doesn’t exist', async () => {
  const world = { ...WORLD, tokens: { ...WORLD.tokens, narrow: { user: 'ada', scopes: ['gist'] } } };
  const { as } = githubTable({ world });
  const { headers } = await as('ada').rest.repos.get(repository);
  expect(headers['x-oauth-scopes']).toBe('repo, read:org');
  expect((await failure(as('narrow').rest.repos.get(repository))).status).toBe(404);
});

it('holds a fine-grained token to its permissions', async () => {
  const world = { ...WORLD, tokens: { fine: { user: 'ada', permissions: { issues: 'read' as const } } } };
  const { as } = githubTable({ world });
  expect((await as('fine').rest.issues.listForRepo(repository)).status).toBe(200);
  const refused = await failure(as('fine').rest.issues.create({ ...repository, title: 'x' }));
  expect(refused).toMatchObject({ status: 403, message: expect.stringContaining('personal access token') });
});

it('knows who asks, who is in a team and what role somebody has', async () => {
  const { as } = githubTable();
  expect((await as('will').rest.users.getAuthenticated()).data.login).toBe('will');
  expect((await failure(as('app').rest.users.getAuthenticated())).status).toBe(403);
  const team = { org: 'acme', team_slug: 'ops' };
  const members = (await as('app').rest.teams.listMembersInOrg(team)).data;
  expect(members.map((one) => one.login)).toEqual(['ada', 'will']);
  const asked = as('app').rest.teams.getMembershipForUserInOrg;
  expect((await asked({ ...team, username: 'will' })).data.state).toBe('active');
  expect((await failure(asked({ ...team, username: 'tess' }))).status).toBe(404);
  const level = await as('app').rest.repos.getCollaboratorPermissionLevel({
    ...repository,
    username: 'tess',
  });
  expect(level.data).toMatchObject({ permission: 'read', role_name: 'triage' });
});

it('finds people by name, under their new one after a rename', async () => {
  const { as, hub } = githubTable();
  const { data } = await as('app').rest.users.getByUsername({ username: 'will' });
  const will = hub.state.users.find((one) => one.id === data.id);
  if (will) will.login = 'william';
  expect((await failure(as('app').rest.users.getByUsername({ username: 'will' }))).status).toBe(404);
  expect((await as('app').rest.users.getByUsername({ username: 'william' })).data.id).toBe(data.id);
});

it('lets octokit’s own app client in, though its clock is another', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const permissions = { issues: 'write' as const, metadata: 'read' as const };
  const apps = { patchwarden: { permissions, publicKey: pem } };
  const { hub } = githubTable({ world: { ...WORLD, apps, tokens: {} } });
  const said: string[] = [];
  const quiet = () => undefined;
  const log = { debug: quiet, info: quiet, error: quiet, warn: (text: string) => void said.push(text) };
  const Ours = Octokit.defaults({
    log,
    request: { fetch: (url: string, init: RequestInit) => hub.handle(new Request(url, init)) },
    retry: { enabled: false },
    throttle: { enabled: false },
  });
  const secret = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const app = new App({ appId: hub.world.apps[0]?.id ?? 0, privateKey: secret, Octokit: Ours, log });
  const { data } = await app.octokit.rest.apps.getRepoInstallation(repository);
  expect(data.app_slug).toBe('patchwarden');
  expect((await app.octokit.rest.apps.getAuthenticated()).data?.slug).toBe('patchwarden');
  const octokit = await app.getInstallationOctokit(data.id);
  const made = await octokit.rest.issues.create({ ...repository, title: 'Dashboard' });
  expect(made.data).toMatchObject({
    user: { login: 'patchwarden[bot]' },
    performed_via_github_app: { slug: 'patchwarden' },
  });
  expect(said.join()).toContain('time');
});

it('gives an app a token for an hour, for a signed request of its own', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const apps = {
    patchwarden: { permissions: { contents: 'read' as const, metadata: 'read' as const }, publicKey: pem },
  };
  const { hub, clock } = githubTable({ world: { ...WORLD, apps, tokens: {} } });
  const app = hub.world.apps[0];
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const jwt = (key: typeof privateKey): string => {
    const seconds = clock.now / 1000;
    const text = `${part({ alg: 'RS256' })}.${part({ iss: app?.id, iat: seconds - 30, exp: seconds + 300 })}`;
    return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`;
  };
  const ask = (token: string) =>
    client(hub, token).request.defaults({ headers: { authorization: `bearer ${token}` } });
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const id = { installation_id: app?.installationId ?? 0 };
  const path = 'POST /app/installations/{installation_id}/access_tokens';
  expect((await failure(ask(jwt(stranger))(path, id))).status).toBe(401);
  expect(
    (await failure(ask(jwt(privateKey))(path, { ...id, permissions: { contents: 'write' } }))).status,
  ).toBe(422);
  const { data } = await ask(jwt(privateKey))(path, id);
  expect((await client(hub, data.token).rest.repos.get(repository)).status).toBe(200);
  clock.now += 3_600_000;
  expect((await failure(client(hub, data.token).rest.repos.get(repository))).status).toBe(401);
});
