import { createVerify } from 'node:crypto';
import { notFound, Refusal } from './answers.ts';
import type { Actor, Route, Settings } from './call.ts';
import { userById } from './call.ts';
import { type App, atLeast, type State } from './state.ts';

/** @see https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api#failed-login-limit */
const badCredentials = (): Refusal => new Refusal(401, 'Bad credentials');

/** Basic auth carries the token as its password, whatever the user name. */
export function secretOf(authorization: string | null): string | undefined {
  const [, scheme = '', value = ''] = /^(\w+)\s+(.+)$/.exec(authorization ?? '') ?? [];
  if (/^(token|bearer)$/i.test(scheme)) return value;
  if (!/^basic$/i.test(scheme)) return undefined;
  return Buffer.from(value, 'base64').toString('utf8').split(':').slice(1).join(':');
}

/** @returns who asks; undefined when nobody says who they are. @throws Refusal 401. */
export function actorOf(
  world: Settings,
  state: State,
  secret: string | undefined,
  now: number,
): Actor | undefined {
  if (secret === undefined) return undefined;
  if (secret.split('.').length === 3) return appActor(world, state, secret, now);
  const token = world.tokens.get(secret);
  // https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-an-installation-access-token-for-a-github-app
  if (!token || (token.expiresAt !== undefined && token.expiresAt <= now)) throw badCredentials();
  return { user: userById(state, token.userId), token };
}

/** @see https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app */
function appActor(world: Settings, state: State, secret: string, now: number): Actor {
  const [head = '', payload = '', signature = ''] = secret.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Record<
    string,
    number | string
  >;
  const app = world.apps.find((one) => String(one.id) === String(claims.iss));
  if (!app) throw new Refusal(401, 'Integration must generate a public key');
  if (!signed(app, `${head}.${payload}`, signature))
    throw new Refusal(401, 'A JSON web token could not be decoded');
  checkTimes(Number(claims.iat), Number(claims.exp), now / 1000);
  return { user: userById(state, app.botId), token: null, asApp: app };
}

/** The sentences are those by which octokit knows a clock that differs. All in seconds. */
function checkTimes(iat: number, exp: number, now: number): void {
  const wrong = (what: string): Refusal => new Refusal(401, what);
  if (!(iat <= now + 60))
    throw wrong(
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  if (!(exp > now))
    throw wrong(
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion " +
        'expires',
    );
  if (exp > now + 601) throw wrong("'Expiration time' claim ('exp') is too far in the future");
}

function signed(app: App, text: string, signature: string): boolean {
  if (!app.publicKey) return true;
  return createVerify('RSA-SHA256').update(text).verify(app.publicKey, signature, 'base64url');
}

/**
 * What is private doesn't exist for those who may not read it; what may be read but not written is forbidden.
 * @see https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#404-not-found-for-an-existing-resource
 * @see https://docs.github.com/en/organizations/managing-user-access-to-your-organizations-repositories/managing-repository-roles/repository-roles-for-an-organization
 */
export function permit(world: Settings, route: Route, actor: Actor | undefined): Actor {
  if (!actor) throw world.private === false ? new Refusal(401, 'Requires authentication') : notFound();
  const { token } = actor;
  if (actor.asApp) return actor;
  if (token?.permissions) permitFineGrained(token.permissions, route, token.app !== undefined);
  if (token?.app === undefined) permitPerson(world, route, actor);
  return actor;
}

/** @see https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps */
function permitFineGrained(granted: Readonly<Record<string, string>>, route: Route, app: boolean): void {
  const enough = (route.permissions ?? []).some((needed) => {
    const [resource = '', level] = needed.split(':');
    return granted[resource] === 'write' || (level === 'read' && granted[resource] === 'read');
  });
  if (enough || !route.permissions) return;
  const who = app ? 'integration' : 'personal access token';
  throw new Refusal(403, `Resource not accessible by ${who}`, undefined, {
    'x-accepted-github-permissions': route.permissions.map((one) => one.replace(':', '=')).join('; '),
  });
}

function permitPerson(world: Settings, route: Route, actor: Actor): void {
  const { role } = actor.user;
  if (!route.role) return;
  const open = world.private === false;
  // https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps#available-scopes
  const scopes = actor.token?.scopes;
  const scoped =
    !scopes || scopes.includes('repo') || (open && (scopes.includes('public_repo') || route.role === 'read'));
  if (!scoped || (role === null && !open)) throw notFound();
  if (!atLeast(role ?? 'read', route.role)) throw new Refusal(403, 'Must have admin rights to Repository.');
}

export interface GitAccess {
  readonly login: string;
  readonly admin: boolean;
  readonly mayRead: boolean;
  readonly mayWrite: boolean;
}

/** @see https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/authenticating-as-a-github-app-installation#about-authentication-as-a-github-app-installation */
export function gitAccess(world: Settings, { user, token }: Actor): GitAccess {
  const contents = token?.permissions?.contents;
  const role = token?.app === undefined ? user.role : 'write';
  const granted = token?.permissions === undefined;
  return {
    login: user.login,
    admin: role === 'admin',
    mayRead: (role !== null || world.private === false) && (granted || contents !== undefined),
    mayWrite: atLeast(role, 'write') && (granted || contents === 'write'),
  };
}
