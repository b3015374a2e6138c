import type { Settings } from './call.ts';
import type { App, Permissions, Protection, Role, State, Token, User } from './state.ts';

/** One repository with its people, apps and rules. */
export interface World {
  readonly owner: string;
  readonly repo: string;
  readonly private?: boolean;
  readonly defaultBranch?: string;
  readonly allowAutoMerge?: boolean;
  readonly deleteBranchOnMerge?: boolean;
  /** What is told differently of GitHub: pull requests whose branch was deleted stay open. */
  readonly openWithoutHead?: boolean;
  readonly methods?: readonly ('merge' | 'squash' | 'rebase')[];
  /** Login → role in the repository; null: somebody with an account and nothing else. */
  readonly users: Readonly<Record<string, Role | null>>;
  /** Slug → logins. */
  readonly teams?: Readonly<Record<string, readonly string[]>>;
  readonly apps?: Readonly<Record<string, NewApp>>;
  readonly tokens: Readonly<Record<string, NewToken>>;
  readonly protection?: Readonly<Record<string, Protection>>;
}

interface NewApp {
  readonly permissions: Permissions;
  readonly publicKey?: string;
}

type NewToken =
  | { readonly user: string; readonly scopes: readonly string[]; readonly expiresAt?: number }
  | { readonly user: string; readonly permissions: Permissions }
  | { readonly app: string; readonly expiresAt?: number };

export function settingsOf(world: World, state: State, slim: boolean): Settings {
  // https://github.com/apps/github-merge-queue
  const queues = Object.values(world.protection ?? {}).some((p) => p.queue !== undefined);
  if (queues) state.users.push({ id: 118344674, login: 'github-merge-queue[bot]', type: 'Bot', role: null });
  const apps = Object.entries(world.apps ?? {}).map(([slug, app]): App => {
    const bot: User = { id: state.nextId++, login: `${slug}[bot]`, type: 'Bot', role: null };
    state.users.push(bot);
    return { ...app, slug, id: state.nextId++, installationId: state.nextId++, botId: bot.id };
  });
  const teams = Object.entries(world.teams ?? {}).map(
    ([slug, logins]) => [slug, { id: state.nextId++, logins: new Set(logins) }] as const,
  );
  const tokens = Object.entries(world.tokens).map(
    ([secret, token]) => [secret, tokenOf(token, apps, state)] as const,
  );
  return {
    ...world,
    apps,
    tokens: new Map(tokens),
    teams: new Map(teams),
    protection: new Map(Object.entries(world.protection ?? {})),
    slim,
  };
}

function tokenOf(token: NewToken, apps: readonly App[], state: State): Token {
  if ('app' in token) {
    const app = apps.find((one) => one.slug === token.app);
    if (!app) throw new Error(`the world has no app ${token.app}; add it to apps`);
    const ends = token.expiresAt === undefined ? {} : { expiresAt: token.expiresAt };
    return { userId: app.botId, app: app.slug, permissions: app.permissions, ...ends };
  }
  const user = state.users.find((one) => one.login === token.user);
  if (!user) throw new Error(`the world has no user ${token.user}; add it to users`);
  const { user: _login, ...rest } = token;
  return { userId: user.id, ...rest };
}

export function newState(world: World): State {
  const users = Object.entries(world.users).map(
    ([login, role], index): User => ({ id: 1001 + index, login, type: 'User', role }),
  );
  return {
    nextId: 5001,
    nextNumber: 1,
    branches: new Map(),
    users,
    issues: [],
    deleted: new Set(),
    statuses: [],
    checks: [],
    queue: [],
    labels: new Map(),
  };
}
