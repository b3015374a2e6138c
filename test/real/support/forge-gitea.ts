import { join } from 'node:path';
import { systemClock } from '../../../src/adapters/clock-system.ts';
import { openHostedForge } from '../../../src/adapters/forge-hosted.ts';
import { createPace } from '../../../src/adapters/forge-pace.ts';
import { openGit } from '../../../src/adapters/git-simple-git.ts';
import { giteaApi } from '../../../src/adapters/hosted-api-gitea.ts';
import type { Forge } from '../../../src/ports/forge.ts';
import type { ForgeUnderTest } from '../../ports/forge.conformance.ts';
import { createWorld, git, rawCommit, type World } from '../../support/git-fixtures.ts';
import { waitUntil } from './fleet-run.ts';
import { must } from './gitea-api.ts';
import type { GiteaPeople } from './gitea-people.ts';

export interface GiteaForge extends ForgeUnderTest {
  readonly world: World;
  /** `owner/name` */
  readonly repository: string;
  /** Requests of the forge under test that reach the server, as `method path`, without the query. */
  readonly requests: readonly string[];
}

/** A fresh repository of the server with the first commit of the test world, seen through two clones. */
export async function giteaForge({ gitea, who, repository }: GiteaPeople): Promise<GiteaForge> {
  const world = createWorld();
  const name = await repository(['approver']);
  const url = gitea.gitUrl(name, { user: 'bot', token: who.bot.token });
  const second = join(world.dir, 'second');
  git(world.clone, ['remote', 'set-url', 'origin', url]);
  git(world.clone, ['push', '-q', 'origin', 'main']);
  // The first push of a repository is noticed some time later; until then it has no pull requests, not even none.
  await waitUntil('the push is noticed', 30_000, async () => {
    const { status } = await who.bot.api('GET', `/repos/${name}/pulls`);
    return status === 200;
  });
  git(world.dir, ['clone', '-q', '--template=', url, second]);
  const clones = [world.clone, second] as const;

  const requests: string[] = [];
  let broken = false;
  const send: typeof fetch = (input, init) => {
    if (broken) return Promise.reject(new TypeError('the network is down'));
    requests.push(`${init?.method ?? 'GET'} ${new URL(String(input)).pathname}`);
    return fetch(input, init);
  };
  const clock = systemClock;
  const open = async (clone: string): Promise<Forge> => {
    const deps = { clock, pace: createPace({ clock, perMinute: 1000, perHour: 10_000 }), retryMs: 1 };
    const [owner = '', repo = ''] = name.split('/');
    const api = giteaApi(
      { owner, repo, baseUrl: `${gitea.url}/api/v1` },
      {
        ...{ ...deps, fetch: send, spacing: false, log: { warn: () => undefined } },
        token: async () => who.bot.token,
      },
    );
    return openHostedForge(await openGit(clone), api, {
      ...{ remote: 'origin', base: 'main', allowedSigners: world.allowedSigners },
      bot: world.roles.bot.principals,
    });
  };
  const ben = gitea.gitUrl(name, { user: who.approver.name, token: who.approver.token });
  const refs = (): Map<string, string> => {
    const lines = git(world.clone, ['ls-remote', 'origin', 'refs/heads/*']).split('\n').filter(Boolean);
    return new Map(lines.map((l) => l.split('\trefs/heads/').reverse() as [string, string]));
  };
  return {
    ...{ world, repository: name, requests },
    forge: await open(world.clone),
    other: await open(second),
    base: world.anchor,
    bot: world.keys.bot.email,
    head: async (text, message) =>
      clones.map((dir) =>
        rawCommit(dir, {
          ...{ base: world.anchor, parents: [world.anchor], message, signer: world.keys.bot },
          files: { 'locks/servers/prod.lock.json': text },
        }),
      )[0] ?? '',
    personPushes: async (branch) => {
      const before = refs().get(branch) ?? world.anchor;
      git(world.clone, ['fetch', '-q', 'origin']);
      const commit = rawCommit(world.clone, {
        ...{ base: before, files: { 'notes.md': 'mine' }, parents: [before], message: 'm\n' },
        signer: world.keys.approver,
      });
      git(world.clone, ['push', '-q', ben, `${commit}:refs/heads/${branch}`]);
      return commit;
    },
    personCloses: async (number) => {
      const pull = `/repos/${name}/pulls/${number}`;
      const { head } = await must<{ readonly head: { readonly ref: string } }>(
        who.approver.api('PATCH', pull, { state: 'closed' }),
      );
      git(world.clone, ['push', '-q', ben, `:refs/heads/${head.ref}`]);
      return who.approver.name;
    },
    branches: async () => refs(),
    breakListing: () => {
      broken = true;
    },
    dispose: () => world.dispose(),
  };
}
