import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { git } from '../git-fixtures.ts';
import { Refusal } from './answers.ts';
import { BareBackend } from './bare-backend.ts';
import { checkRequest, checkResponse } from './contract.ts';
import { MemoryBackend } from './memory-backend.ts';
import { refusalAnswer } from './reply.ts';
import { githubStandIn, type StandIn } from './stand-in.ts';
import type { World } from './world.ts';

/** A repository of the stand-in with the bare one behind it. */
export interface HostedRepository {
  readonly hub: StandIn;
  readonly dir: string;
}

/** An organisation whose members make and delete private repositories; each of them is a stand-in of its own. */
export interface Organisation {
  handle(request: Request): Promise<Response>;
  /** @param name without its owner. */
  repository(name: string): HostedRepository | undefined;
  /** Names of those that are there. */
  repositories(): readonly string[];
  /** Of all repositories, those that are gone among them. */
  violations(): readonly Error[];
}

/** @param home directory for the bare repositories @param now milliseconds since 1970 */
export function githubOrganisation(
  world: Omit<World, 'repo' | 'users'> & { readonly users: readonly string[] },
  home: string,
  now: () => number,
): Organisation {
  const strangers = Object.fromEntries(world.users.map((login) => [login, null]));
  // Answers what is about no repository: who somebody is.
  const lobby = githubStandIn({
    world: { ...world, repo: '.github', users: strangers },
    backend: new MemoryBackend(),
    now,
  });
  const here = new Map<string, HostedRepository>();
  const all: StandIn[] = [lobby];
  const found: Error[] = [];

  const make = (name: string, creator: string): void => {
    const dir = join(home, `${name}.git`);
    mkdirSync(dir, { recursive: true });
    git(dir, ['init', '--bare', '--quiet', '--template=', '-b', 'main', dir]);
    const users = { ...strangers, [creator]: 'admin' as const };
    const hub = githubStandIn({
      world: { ...world, repo: name, users },
      backend: new BareBackend(dir),
      now,
    });
    here.set(name, { hub, dir });
    all.push(hub);
  };

  /** @see https://docs.github.com/en/rest/repos/repos#create-an-organization-repository */
  const create = async (request: Request, org: string): Promise<Response> => {
    const operation = 'repos/create-in-org';
    const body = (await request.json()) as { readonly name: string; readonly private?: boolean };
    checkRequest(operation, { params: { org }, query: new URLSearchParams(), body });
    if (org !== world.owner) throw new Refusal(404, 'Not Found');
    const { login } = lobby.whoHas(request.headers.get('authorization'));
    if (here.has(body.name))
      throw new Refusal(422, 'Repository creation failed.', [
        {
          resource: 'Repository',
          code: 'custom',
          field: 'name',
          message: 'name already exists on this account',
        },
      ]);
    if (body.private !== true) throw new Error('the stand-in makes private repositories only');
    make(body.name, login);
    const { origin, pathname } = new URL(request.url);
    const own = `${origin}${pathname.replace(/\/orgs\/.*$/, '')}/repos/${org}/${body.name}`;
    const answer = await handle(new Request(own, { headers: request.headers }));
    const shown = (await answer.json()) as object;
    checkResponse(operation, 201, shown);
    return Response.json(shown, { status: 201 });
  };

  let last = lobby;
  /** Its address names no repository: its variables do, or it is about a node of the one that was asked about last. */
  const graphqlHub = async (request: Request): Promise<StandIn> => {
    const { variables } = (await request.clone().json()) as {
      readonly variables?: { readonly repo?: string };
    };
    last = here.get(variables?.repo ?? '')?.hub ?? last;
    return last;
  };

  const handle = async (request: Request): Promise<Response> => {
    const path = new URL(request.url).pathname.replace(/^\/api\/v3(?=\/)/, '');
    const org = /^\/orgs\/([^/]+)\/repos$/.exec(path)?.[1];
    if (org !== undefined && request.method === 'POST') return create(request, org);
    const name = new RegExp(`^/repos/${world.owner}/([^/]+)(/|$)`, 'i').exec(path)?.[1] ?? '';
    const hub = path.endsWith('/graphql') ? await graphqlHub(request) : (here.get(name)?.hub ?? lobby);
    const answer = await hub.handle(request);
    if (request.method === 'DELETE' && path.split('/').length === 4 && answer.status === 204) {
      rmSync(here.get(name)?.dir ?? '', { recursive: true, force: true });
      here.delete(name);
      last = lobby;
    }
    return answer;
  };

  return {
    handle: async (request) => {
      try {
        return await handle(request);
      } catch (error) {
        if (error instanceof Refusal) {
          const { status, body } = refusalAnswer(error, 'https://docs.github.com/rest');
          return Response.json(body, { status });
        }
        found.push(error as Error);
        throw error;
      }
    },
    repository: (name) => here.get(name),
    repositories: () => [...here.keys()],
    violations: () => [...found, ...all.flatMap((hub) => hub.violations)],
  };
}
