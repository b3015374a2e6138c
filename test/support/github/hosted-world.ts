import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openHostedForge } from '../../../src/adapters/forge-hosted.ts';
import { createPace } from '../../../src/adapters/forge-pace.ts';
import { openGit } from '../../../src/adapters/git-simple-git.ts';
import type { HostedApi } from '../../../src/adapters/hosted-api.ts';
import { type GitHubAccount, githubApi } from '../../../src/adapters/hosted-api-github.ts';
import { instantOf } from '../../../src/domain/time.ts';
import type { Forge } from '../../../src/ports/forge.ts';
import type { Git } from '../../../src/ports/git.ts';
import { createWorld, rawCommit, git as rawGit, type World } from '../git-fixtures.ts';
import { BareBackend } from './bare-backend.ts';
import type { Fault } from './faults.ts';
import { githubStandIn, type StandIn, type StandInOptions } from './stand-in.ts';
import { WORLD } from './table.ts';

/** The stand-in for GitHub over the origin of a test world, and two clones that use it through the real adapter. */
export interface HostedWorld {
  readonly world: World;
  readonly standIn: StandIn;
  readonly git: Git;
  readonly forge: Forge;
  readonly other: Forge;
  /** The API of the bot, and of a person. */
  readonly api: HostedApi;
  as(login: string): Promise<HostedApi>;
  /** What happens to the requests from now on. */
  fault(next: (request: Request, index: number) => Fault): void;
  /** Commits to a branch of the origin in a person's name. @returns the commit */
  pushAs(login: string, branch: string, files?: Readonly<Record<string, string>>): Promise<string>;
  branches(): ReadonlyMap<string, string>;
}

const START = Date.UTC(2024, 9, 24, 12);

/** @param options.app whether the bot is an App and not whoever has its token */
export async function hostedWorld(
  files: Readonly<Record<string, string>> = {},
  options: { readonly app?: boolean; readonly world?: Partial<StandInOptions['world']> } = {},
): Promise<HostedWorld> {
  const world = createWorld(files);
  const second = join(world.dir, 'second');
  rawGit(world.dir, ['clone', '-q', world.origin, second]);
  let at = START;
  let hook: (request: Request, index: number) => Fault = () => 'none';
  const standIn = githubStandIn({
    world: { ...WORLD, ...options.world },
    backend: new BareBackend(world.origin),
    now: () => at,
    fault: (request, index) => hook(request, index),
  });
  const clock = {
    now: () => instantOf(at),
    sleep: async (ms: number) => {
      at += ms;
    },
  };
  const apiOf = (account: GitHubAccount): Promise<HostedApi> =>
    githubApi({ owner: WORLD.owner, repo: WORLD.repo, baseUrl: 'https://api.github.com' }, account, {
      clock,
      log: { warn: () => undefined },
      pace: createPace({ clock }),
      fetch: (url, init) => standIn.handle(new Request(url, init)),
      retryMs: 0,
      spacing: false,
    });
  const place = {
    remote: 'origin',
    base: 'main',
    bot: [world.keys.bot.email],
    allowedSigners: world.allowedSigners,
  };
  const [git, otherGit] = [await openGit(world.clone), await openGit(second)];
  const bot = options.app ? appAccount(standIn, world.dir) : { token: 'app' };
  const api = await apiOf(bot);
  return {
    ...{ world, standIn, git, api, as: (token) => apiOf({ token }) },
    forge: openHostedForge(git, api, place),
    other: openHostedForge(otherGit, await apiOf(bot), place),
    fault: (next) => {
      hook = next;
    },
    pushAs: async (login, branch, change = { 'notes.md': 'mine\n' }) => {
      const ref = `refs/heads/${branch}`;
      const before = rawGit(world.origin, ['for-each-ref', '--format=%(objectname)', ref]) || world.anchor;
      const commit = rawCommit(world.origin, {
        ...{ base: before, files: change, parents: [before], message: 'm\n' },
        signer: world.keys.approver,
      });
      rawGit(world.origin, ['update-ref', ref, commit]);
      await standIn.pushedBy(login);
      return commit;
    },
    branches: () => {
      const lines = rawGit(world.origin, [
        ...['for-each-ref', '--format=%(refname:lstrip=2) %(objectname)', 'refs/heads'],
      ]);
      return new Map(lines.split('\n').map((l) => l.split(' ') as [string, string]));
    },
  };
}

/** The App of the world, with a key of its own. */
function appAccount({ world }: StandIn, dir: string): GitHubAccount {
  const keyFile = join(dir, 'app.pem');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const app = world.apps.find((a) => a.slug === 'patchwarden');
  return { app: { id: app?.id ?? 0, installation: app?.installationId ?? 0, keyFile } };
}
