import { type Answer, created, isoOf, notFound, ok, Refusal } from './answers.ts';
import { type Call, type Route, userByLogin } from './call.ts';
import { page } from './pages.ts';
import { nodeId, showKnownApp, showOwner, showUser } from './show-base.ts';
import { showRepo } from './show-repo.ts';
import type { App, Permissions, User } from './state.ts';

const details = (): Record<string, unknown> => ({
  ...Object.fromEntries(
    ['bio', 'blog', 'company', 'email', 'hireable', 'location', 'name'].map((one) => [one, null]),
  ),
  ...Object.fromEntries(['followers', 'following', 'public_gists', 'public_repos'].map((one) => [one, 0])),
  created_at: isoOf(0),
  updated_at: isoOf(0),
});

const publicUser = (call: Call, user: User): Record<string, unknown> => ({
  ...showUser(call, user),
  ...details(),
});

/** Installations are nobody. @see https://docs.github.com/en/rest/users/users#get-the-authenticated-user */
function me(call: Call): Answer {
  const { user, token } = call.actor;
  if (token?.app !== undefined) throw new Refusal(403, 'Resource not accessible by integration');
  const counts = [
    'collaborators',
    'disk_usage',
    'owned_private_repos',
    'private_gists',
    'total_private_repos',
  ];
  return ok({
    ...publicUser(call, user),
    ...Object.fromEntries(counts.map((one) => [one, 0])),
    two_factor_authentication: true,
  });
}

/** The number stays when somebody takes another name. @see https://docs.github.com/en/rest/users/users#get-a-user-using-their-id */
function byId(call: Call): Answer {
  const user = call.state.users.find((one) => one.id === Number(call.params.account_id));
  if (!user) throw notFound();
  return ok(publicUser(call, user));
}

function byName(call: Call): Answer {
  const user = userByLogin(call.state, call.params.username ?? '');
  if (!user) throw notFound();
  return ok(publicUser(call, user));
}

/** @see https://docs.github.com/en/rest/teams/members */
function team(call: Call): ReadonlySet<string> {
  const found = call.params.org === call.world.owner && call.world.teams.get(call.params.team_slug ?? '');
  const scopes = call.actor.token?.scopes;
  if (!found || (scopes && !scopes.includes('read:org') && !scopes.includes('admin:org'))) throw notFound();
  return found.logins;
}

function members(call: Call): Answer {
  const logins = team(call);
  return page(
    call,
    call.state.users.filter((one) => logins.has(one.login)),
    (one) => showUser(call, one),
  );
}

function membership(call: Call): Answer {
  const login = call.params.username ?? '';
  if (!team(call).has(login)) throw notFound();
  const url = `${call.api}/orgs/${call.world.owner}/teams/${call.params.team_slug}/memberships/${login}`;
  return ok({ role: 'member', state: 'active', url });
}

function asApp(call: Call): App {
  if (!call.actor.asApp) throw new Refusal(401, 'A JSON web token could not be decoded');
  return call.actor.asApp;
}

/** It ends after an hour and may be given less than the app has. @see https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app */
function createToken(call: Call): Answer {
  const app = asApp(call);
  if (Number(call.params.installation_id) !== app.installationId) throw notFound();
  const permissions = (call.body.permissions ?? app.permissions) as Permissions;
  for (const [resource, level] of Object.entries(permissions))
    if (!app.permissions[resource] || (level === 'write' && app.permissions[resource] !== 'write'))
      throw new Refusal(422, 'The permissions requested are not granted to this installation.');
  const repositories = call.body.repositories as string[] | undefined;
  if (repositories?.some((name) => name !== call.world.repo))
    throw new Refusal(
      422,
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    );
  const expiresAt = call.now + 3_600_000;
  const token = `ghs_standin${call.state.nextId++}`;
  call.world.tokens.set(token, { userId: app.botId, app: app.slug, permissions, expiresAt });
  return created({
    token,
    expires_at: isoOf(expiresAt),
    permissions,
    repository_selection: 'selected',
    ...(repositories ? { repositories: [showRepo(call)] } : {}),
  });
}

function installation(call: Call): Answer {
  const app = asApp(call);
  return ok({
    id: app.installationId,
    app_id: app.id,
    app_slug: app.slug,
    node_id: nodeId('IN', app.installationId),
    account: showOwner(call),
    target_id: 1000,
    target_type: 'Organization',
    single_file_name: null,
    repository_selection: 'selected',
    access_tokens_url: `${call.api}/app/installations/${app.installationId}/access_tokens`,
    repositories_url: `${call.api}/installation/repositories`,
    html_url: `https://github.com/organizations/${call.world.owner}/settings/installations/${app.installationId}`,
    events: [],
    permissions: app.permissions,
    created_at: isoOf(0),
    updated_at: isoOf(0),
    suspended_by: null,
    suspended_at: null,
  });
}

export const peopleRoutes: readonly Route[] = [
  { operation: 'users/get-authenticated', run: me },
  { operation: 'users/get-by-id', run: byId },
  { operation: 'users/get-by-username', run: byName },
  { operation: 'teams/list-members-in-org', permissions: ['members:read'], run: members },
  { operation: 'teams/get-membership-for-user-in-org', permissions: ['members:read'], run: membership },
  { operation: 'apps/get-authenticated', run: (call) => ok(showKnownApp(call, asApp(call))) },
  { operation: 'apps/get-repo-installation', run: installation },
  { operation: 'apps/create-installation-access-token', run: createToken },
];
