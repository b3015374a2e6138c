import { isoOf } from './answers.ts';
import type { Call } from './call.ts';
import type { App, User } from './state.ts';

/** Opaque, unique, the same for the same thing. @see https://docs.github.com/en/graphql/guides/using-global-node-ids */
export const nodeId = (kind: string, id: number | string): string =>
  `${kind}_${Buffer.from(`${kind}${id}`).toString('base64url')}`;

/** Pages for people live beside the API. */
export function web(call: Call): string {
  return call.api === 'https://api.github.com' ? 'https://github.com' : call.url.origin;
}

export function repoUrl(call: Call): string {
  return `${call.api}/repos/${call.world.owner}/${call.world.repo}`;
}

export const repoWeb = (call: Call): string => `${web(call)}/${call.world.owner}/${call.world.repo}`;

export function showUser(call: Call, user: User): Record<string, unknown> {
  const name = encodeURIComponent(user.login);
  const url = `${call.api}/users/${name}`;
  return {
    login: user.login,
    id: user.id,
    node_id: nodeId('U', user.id),
    avatar_url: `${web(call)}/avatars/u/${user.id}`,
    gravatar_id: '',
    url,
    html_url: `${web(call)}/${name}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: user.type,
    site_admin: false,
  };
}

export const showOwner = (call: Call): Record<string, unknown> => ({
  ...showUser(call, { id: 1000, login: call.world.owner, type: 'User', role: null }),
  type: 'Organization',
});

export function showApp(call: Call, slug: string | null): Record<string, unknown> | null {
  const app = call.world.apps.find((one) => one.slug === slug);
  return app ? showKnownApp(call, app) : null;
}

export function showKnownApp(call: Call, app: App): Record<string, unknown> {
  return {
    id: app.id,
    slug: app.slug,
    node_id: nodeId('A', app.id),
    owner: showOwner(call),
    name: app.slug,
    description: null,
    external_url: 'https://example.org',
    html_url: `${web(call)}/apps/${app.slug}`,
    created_at: isoOf(0),
    updated_at: isoOf(0),
    permissions: app.permissions,
    events: [],
  };
}

export function showTeam(call: Call, slug: string): Record<string, unknown> {
  const team = call.world.teams.get(slug);
  const id = team?.id ?? 0;
  const url = `${call.api}/organizations/1000/team/${id}`;
  return {
    id,
    node_id: nodeId('T', id),
    name: slug,
    slug,
    description: null,
    privacy: 'closed',
    permission: 'push',
    type: 'organization',
    url,
    html_url: `${web(call)}/orgs/${call.world.owner}/teams/${slug}`,
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    parent: null,
  };
}

export function showLabel(call: Call, name: string): Record<string, unknown> {
  const id = call.state.labels.get(name) ?? 0;
  return {
    id,
    node_id: nodeId('LA', id),
    url: `${repoUrl(call)}/labels/${encodeURIComponent(name)}`,
    name,
    description: '',
    color: 'ededed',
    default: false,
  };
}

/** @see https://docs.github.com/en/graphql/reference/enums#commentauthorassociation */
export function association(user: User): string {
  return user.role === null ? 'NONE' : 'COLLABORATOR';
}
