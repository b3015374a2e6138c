import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Api, basic, createApi, must } from './gitea-api.ts';
import { type LoggedRequest, readAccessLog } from './gitea-log.ts';
import { startGiteaServer } from './gitea-server.ts';

const ADMIN = 'site-admin';
/** Requests of this file, and those by which the hooks of a push ask their server. */
const OWN = /^\/api\/(healthz$|internal\/|v1\/version\?mark=)/;
const PASSWORD = 'of-a-test-1';

/** A real Gitea with accounts, for one suite. */
export interface Gitea {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  readonly pid: number;
  /** Calls the API as the administrator that is always there. */
  readonly admin: Api;
  /** Makes an account; an administrator may do everything everywhere. */
  readonly user: (name: string, options?: { readonly admin?: boolean }) => Promise<void>;
  /** A token of an account that {@link user} made. Default scopes: all. */
  readonly token: (user: string, scopes?: readonly string[]) => Promise<string>;
  /** Calls the API with a token; without one as nobody. */
  readonly api: (token?: string) => Api;
  /** Makes a repository whose branch `main` has one commit, or none when `empty`. */
  readonly repository: (owner: string, name: string, options?: { readonly empty?: boolean }) => Promise<void>;
  readonly collaborator: (
    repository: string,
    user: string,
    permission: 'read' | 'write' | 'admin',
  ) => Promise<void>;
  /** Protects branches: nobody pushes, but who is named in the fields of Gitea's own `CreateBranchProtectionOption`. */
  readonly protect: (
    repository: string,
    branch: string,
    rule?: Readonly<Record<string, unknown>>,
  ) => Promise<void>;
  /** Address for git over http, with a token as the password of its account. */
  readonly gitUrl: (repository: string, account?: { user: string; token: string }) => string;
  /** All requests from outside until now, in the order of their ends. */
  readonly accessLog: () => Promise<readonly LoggedRequest[]>;
  readonly stop: () => Promise<void>;
}

/** Starts Gitea (some seconds). `repository` in its methods is `owner/name`. */
export async function startGitea(): Promise<Gitea> {
  const server = await startGiteaServer();
  const { url } = server;
  try {
    const account = ['--username', ADMIN, '--password', PASSWORD, '--email', `${ADMIN}@example.org`];
    server.command('admin', 'user', 'create', '--admin', '--must-change-password=false', ...account);
  } catch (error) {
    await server.stop();
    throw error;
  }
  const admin = createApi(url, basic(ADMIN, PASSWORD));
  let tokens = 0;
  let marks = 0;
  const as = (user: string) => createApi(url, basic(user, PASSWORD));
  return {
    url,
    pid: server.pid,
    admin,
    user: async (name, options = {}) => {
      const account = { username: name, email: `${name}@example.org`, password: PASSWORD };
      await must(admin('POST', '/admin/users', { ...account, must_change_password: false }));
      if (!options.admin) return;
      await must(admin('PATCH', `/admin/users/${name}`, { login_name: name, source_id: 0, admin: true }));
    },
    token: async (user, scopes = ['all']) => {
      tokens += 1;
      const { sha1 } = await must<{ readonly sha1: string }>(
        as(user)('POST', `/users/${user}/tokens`, { name: `token-${tokens}`, scopes }),
      );
      return sha1;
    },
    api: (token) => createApi(url, token === undefined ? undefined : `token ${token}`),
    repository: async (owner, name, options = {}) => {
      const wanted = { name, default_branch: 'main', auto_init: options.empty !== true };
      await must(admin('POST', `/admin/users/${owner}/repos`, wanted));
    },
    collaborator: async (repository, user, permission) => {
      await must(admin('PUT', `/repos/${repository}/collaborators/${user}`, { permission }));
    },
    protect: async (repository, branch, rule = {}) => {
      await must(admin('POST', `/repos/${repository}/branch_protections`, { rule_name: branch, ...rule }));
    },
    gitUrl: (repository, account) => {
      const address = new URL(`${url}/${repository}.git`);
      if (account) Object.assign(address, { username: account.user, password: account.token });
      return address.href;
    },
    accessLog: async () => {
      // The log is written in the order of the requests, a little later: the last one is ours.
      marks += 1;
      const mark = `/api/v1/version?mark=${marks}`;
      await (await fetch(`${url}${mark}`)).arrayBuffer();
      for (let tries = 0; tries < 200; tries += 1) {
        const lines = readFileSync(join(server.dir, 'access.log'), 'utf8').replace(/[^\n]*$/, '');
        const log = readAccessLog(lines);
        if (log.some((r) => r.path === mark)) return log.filter((r) => !OWN.test(r.path));
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      throw new Error('Gitea wrote no line of a request into its access log for five seconds');
    },
    stop: server.stop,
  };
}
