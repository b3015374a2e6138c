import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Refusal } from '../../support/github/answers.ts';
import type { HostedRepository, Organisation } from '../../support/github/organisation.ts';
import type { StandIn } from '../../support/github/stand-in.ts';
import { serveGit } from './git-http.ts';

export interface GithubHttp {
  /** Root of the API, as octokit's `baseUrl` for an Enterprise server. */
  readonly api: string;
  /** Requests until now that can have changed something, refused ones among them, as `method path`. */
  readonly written: readonly string[];
  close(): Promise<void>;
}

/**
 * Protected branches take no pushes, pull request refs none from anybody.
 * @see https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-protected-branches/about-protected-branches
 */
const hook = `#!/bin/sh
while read -r old new ref; do
  case "$ref" in
    refs/pull/*) echo "error: deny updating a hidden ref" >&2; exit 1 ;;
  esac
  case " $GUARDED_REFS " in
    *" $ref "*) echo "error: GH006: Protected branch update failed for $ref." >&2; exit 1 ;;
  esac
  case " $FORWARD_REFS " in
    *" $ref "*) git merge-base --is-ancestor "$old" "$new" ||
      { echo "error: GH006: Protected branch update failed for $ref." >&2; exit 1; } ;;
  esac
done
`;

/** What is served: one repository or an organisation that makes and deletes some. */
interface Served {
  handle(request: Request): Promise<Response>;
  /** @param path `/owner/name` */
  at(path: string): HostedRepository | undefined;
}

/** One repository. @param dir of the bare repository that the stand-in's backend works on. */
export async function serveGithub(
  hub: StandIn,
  dir: string,
): Promise<GithubHttp & { readonly remote: string }> {
  const path = `/${hub.world.owner}/${hub.world.repo}`;
  const served: Served = {
    handle: (request) => hub.handle(request),
    at: (asked) => (asked === path ? { hub, dir } : undefined),
  };
  const web = await serve(served);
  return { ...web, remote: `${new URL(web.api).origin}${path}.git` };
}

export function serveOrganisation(organisation: Organisation, owner: string): Promise<GithubHttp> {
  return serve({
    handle: organisation.handle,
    at: (path) =>
      path.startsWith(`/${owner}/`) ? organisation.repository(path.split('/')[2] ?? '') : undefined,
  });
}

async function serve(served: Served): Promise<GithubHttp> {
  const written: string[] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://stand-in');
    const [, path = '', rest = ''] = /^(\/[^/]+\/[^/]+)\.git(\/.*)$/.exec(pathname) ?? [];
    const repository = path === '' ? undefined : served.at(path);
    if (!['GET', 'HEAD'].includes(request.method ?? '') && rest !== '/git-upload-pack')
      written.push(`${request.method} ${pathname}`);
    const answered = repository ? git(repository, rest, request, response) : api(served, request, response);
    answered.catch((error: unknown) => {
      // A lost connection is a fault that was asked for; anything else is told to the client's log.
      if (error instanceof TypeError || response.headersSent) response.destroy();
      else response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { api: `${origin}/api/v3`, written, close: () => closed(server) };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function api(served: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' && name !== 'connection' ? [[name, value]] : [],
  );
  const url = `http://${request.headers.host}${request.url}`;
  const method = request.method ?? 'GET';
  const answer = await served.handle(
    new Request(url, { method, headers, ...(body.length > 0 && method !== 'GET' ? { body } : {}) }),
  );
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(Buffer.from(await answer.arrayBuffer()));
}

async function git(
  { hub, dir }: HostedRepository,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const pushes = `${request.url}`.includes('git-receive-pack');
  const access = accessOf(hub, request);
  // https://docs.github.com/en/get-started/git-basics/about-remote-repositories#cloning-with-https-urls
  if (!access) return refuse(response, 401, { 'www-authenticate': 'Basic realm="GitHub"' });
  if (!access.mayRead) return refuse(response, 404);
  if (pushes && !access.mayWrite) return refuse(response, 403);
  const guards = guardsOf(hub, access.admin);
  installHook(dir);
  await serveGit({ dir, path, user: access.login, env: guards }, request, response);
  if (request.method === 'POST' && pushes) await hub.pushedBy(access.login);
  response.end();
}

function accessOf(hub: StandIn, request: IncomingMessage): ReturnType<StandIn['whoHas']> | undefined {
  try {
    return hub.whoHas(request.headers.authorization ?? null);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

function installHook(dir: string): void {
  const file = join(dir, 'hooks', 'pre-receive');
  if (existsSync(file)) return;
  mkdirSync(join(dir, 'hooks'), { recursive: true });
  writeFileSync(file, hook, { mode: 0o755 });
}

function refuse(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, headers).end();
}

function guardsOf(hub: StandIn, admin: boolean): Record<string, string> {
  const rules = [...hub.world.protection].filter(([, one]) => !(admin && one.enforceAdmins !== true));
  const refs = (wanted: typeof rules): string => wanted.map(([branch]) => `refs/heads/${branch}`).join(' ');
  const reviewed = rules.filter(([, one]) => one.approvals !== undefined || (one.checks ?? []).length > 0);
  return {
    GUARDED_REFS: refs(reviewed),
    FORWARD_REFS: refs(rules.filter(([, one]) => !one.allowForcePushes)),
  };
}
