import { Octokit } from 'octokit';
import { MemoryBackend } from './memory-backend.ts';
import { githubStandIn, type StandIn, type StandInOptions } from './stand-in.ts';
import type { World } from './world.ts';

/** A small world for tests: a repository with people of every role, an app and a team. */
export const WORLD: World = {
  owner: 'acme',
  repo: 'fleet',
  allowAutoMerge: true,
  users: { ada: 'admin', will: 'write', tess: 'triage', rita: 'read', otto: null },
  teams: { ops: ['ada', 'will'] },
  apps: {
    patchwarden: {
      permissions: {
        contents: 'write',
        issues: 'write',
        pull_requests: 'write',
        statuses: 'write',
        checks: 'write',
        metadata: 'read',
        members: 'read',
      },
    },
    other: { permissions: { checks: 'write', metadata: 'read', contents: 'read' } },
  },
  tokens: {
    ...Object.fromEntries(
      ['ada', 'will', 'tess', 'rita', 'otto'].map((user) => [user, { user, scopes: ['repo', 'read:org'] }]),
    ),
    app: { app: 'patchwarden' },
    other: { app: 'other' },
  },
};

const START = Date.UTC(2024, 9, 24, 12);
const by = { name: 'Ada', email: 'ada@example.org', date: '2024-10-24T12:00:00Z' };
export const repository = { owner: 'acme', repo: 'fleet' };

export interface Table {
  readonly hub: StandIn;
  readonly git: MemoryBackend;
  readonly clock: { now: number };
  /** Commits on top of a branch, or of main for a new one. @returns the commit. */
  readonly push: (branch: string, files?: Readonly<Record<string, string | null>>, from?: string) => string;
  /** @returns real octokit that speaks as the owner of that token, without waiting or trying again. */
  readonly as: (token: string) => Octokit;
}

export function githubTable(options: Partial<StandInOptions> = {}): Table {
  const clock = { now: START };
  const git = new MemoryBackend();
  git.refs.set('refs/heads/main', git.write([], { 'a.txt': 'a\n' }, 'first', by));
  const hub = githubStandIn({ world: WORLD, backend: git, now: () => clock.now, ...options });
  const push: Table['push'] = (branch, files = { [`${branch}.txt`]: 'new\n' }, from) => {
    const parent = from ?? git.refs.get(`refs/heads/${branch}`) ?? git.refs.get('refs/heads/main') ?? '';
    const sha = git.write([parent], files, `change ${branch}`, by);
    git.refs.set(`refs/heads/${branch}`, sha);
    return sha;
  };
  const as = (token: string): Octokit => client(hub, token);
  return { hub, git, clock, push, as };
}

export function client(hub: StandIn, token: string): Octokit {
  return new Octokit({
    auth: token,
    request: { fetch: (url: string, init: RequestInit) => hub.handle(new Request(url, init)) },
    retry: { enabled: false },
    throttle: { enabled: false },
  });
}

export interface Failure {
  readonly status: number;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** @returns how a request failed. @throws when it didn't. */
export async function failure(request: Promise<unknown>): Promise<Failure> {
  try {
    await request;
  } catch (error) {
    const { status, message, response } = error as Failure & {
      response?: { headers: Record<string, string> };
    };
    return { status, message, headers: response?.headers ?? {} };
  }
  throw new Error('the request was expected to fail');
}
