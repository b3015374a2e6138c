import { join } from 'node:path';
import { systemClock } from '../../../src/adapters/clock-system.ts';
import { openHostedForge } from '../../../src/adapters/forge-hosted.ts';
import { createPace } from '../../../src/adapters/forge-pace.ts';
import { openGit } from '../../../src/adapters/git-simple-git.ts';
import type { HostedApi } from '../../../src/adapters/hosted-api.ts';
import type { OctokitDeps } from '../../../src/adapters/hosted-api-connect.ts';
import { giteaApi } from '../../../src/adapters/hosted-api-gitea.ts';
import { githubApi } from '../../../src/adapters/hosted-api-github.ts';
import type { Forge } from '../../../src/ports/forge.ts';
import type { ForgeUnderTest } from '../../ports/forge.conformance.ts';
import { createWorld, git, rawCommit } from '../../support/git-fixtures.ts';
import { waitUntil } from './fleet-run.ts';
import { talk } from './forge-stage.ts';
import { type Api, must } from './gitea-api.ts';
import type { GiteaPeople } from './gitea-people.ts';
import { type GithubPlace, githubRepository } from './github-repository.ts';

/** A fresh, empty repository of a forge with pages. */
interface FreshRepository {
  /** Address to clone from, with credentials of the bot or of a person. */
  readonly url: (who: 'bot' | 'person') => string;
  readonly noticed: () => Promise<void>;
  readonly open: (deps: Pick<OctokitDeps, 'clock' | 'log' | 'fetch'>) => Promise<HostedApi>;
  /** Below the repository, as a person with an account of their own; undefined where there is none. */
  readonly person: { readonly name: string; readonly api: Api } | undefined;
  readonly remove: () => Promise<void>;
}

/** A fresh repository of a Gitea that others use as well. */
export async function giteaForge({ gitea, who, repository }: GiteaPeople): Promise<ForgeUnderTest> {
  const name = await repository(['approver']);
  const [owner = '', repo = ''] = name.split('/');
  const { bot, approver } = who;
  return hostedForge({
    url: (one) => {
      const { name: user, token } = one === 'bot' ? bot : approver;
      return gitea.gitUrl(name, { user, token });
    },
    // The first push of a repository is noticed some time later; until then it has no pull requests, not even none.
    noticed: async () => {
      const asked = async () => (await bot.api('GET', `/repos/${name}/pulls`)).status === 200;
      await waitUntil('the push is noticed', 30_000, asked);
    },
    open: async (deps) => {
      const pace = createPace({ clock: deps.clock, perMinute: 1000, perHour: 10_000 });
      const own = { ...deps, pace, retryMs: 1, spacing: false, token: async () => bot.token };
      return giteaApi({ owner, repo, baseUrl: `${gitea.url}/api/v1` }, own);
    },
    person: {
      name: approver.name,
      api: (method, path, body) => approver.api(method, `/repos/${name}${path}`, body),
    },
    remove: async () => undefined,
  });
}

/** A fresh repository of an organisation on GitHub, deleted in the end; with the pace that GitHub asks for. */
export async function githubForge(place: GithubPlace): Promise<ForgeUnderTest> {
  const { owner, repo, url, noticed, as, login, tokenOf, remove } = await githubRepository(place);
  const person = place.tokens.approver === undefined ? undefined : 'approver';
  return hostedForge({
    url: (one) => url(one === 'bot' ? 'bot' : (person ?? 'bot')),
    ...{ noticed, remove },
    open: (deps) => {
      const own = { ...deps, pace: createPace({ clock: deps.clock }), retryMs: 100 };
      return githubApi({ owner, repo, baseUrl: place.api }, { token: tokenOf('bot') }, own);
    },
    person: person && { name: await login(person), api: as(person) },
  });
}

/** A repository with the first commit of the test world, seen through two clones. */
async function hostedForge({ url, noticed, open, person, remove }: FreshRepository): Promise<ForgeUnderTest> {
  const world = createWorld();
  const { clone, anchor, keys } = world;
  const second = join(world.dir, 'second');
  let broken = false;
  const send: typeof fetch = (input, init) =>
    broken ? Promise.reject(new TypeError('the network is down')) : fetch(input, init);
  const forgeOf = async (dir: string): Promise<Forge> => {
    const api = await open({ clock: systemClock, log: { warn: () => undefined }, fetch: send });
    return openHostedForge(await openGit(dir), api, {
      ...{ remote: 'origin', base: 'main', allowedSigners: world.allowedSigners },
      bot: world.roles.bot.principals,
    });
  };
  const dispose = async (): Promise<void> => {
    world.dispose();
    await remove();
  };
  const branches = async (): Promise<Map<string, string>> => {
    const lines = (await talk(clone, 'ls-remote', 'origin', 'refs/heads/*')).split('\n').filter(Boolean);
    return new Map(lines.map((l) => l.split('\trefs/heads/').reverse() as [string, string]));
  };
  try {
    git(clone, ['remote', 'set-url', 'origin', url('bot')]);
    await talk(clone, 'push', '-q', 'origin', 'main');
    await noticed();
    await talk(world.dir, 'clone', '-q', '--template=', url('bot'), second);
    return {
      forge: await forgeOf(clone),
      other: await forgeOf(second),
      base: anchor,
      bot: keys.bot.email,
      head: async (text, message) =>
        [clone, second].map((dir) =>
          rawCommit(dir, {
            ...{ base: anchor, parents: [anchor], message, signer: keys.bot },
            files: { 'locks/servers/prod.lock.json': text },
          }),
        )[0] ?? '',
      personPushes: async (branch) => {
        const before = (await branches()).get(branch) ?? anchor;
        await talk(clone, 'fetch', '-q', 'origin');
        const commit = rawCommit(clone, {
          ...{ base: before, files: { 'notes.md': 'mine' }, parents: [before], message: 'm\n' },
          signer: keys.approver,
        });
        await talk(clone, 'push', '-q', url('person'), `${commit}:refs/heads/${branch}`);
        return commit;
      },
      personCloses:
        person &&
        (async (number) => {
          const { head } = await must<{ readonly head: { readonly ref: string } }>(
            person.api('PATCH', `/pulls/${number}`, { state: 'closed' }),
          );
          await talk(clone, 'push', '-q', url('person'), `:refs/heads/${head.ref}`);
          return person.name;
        }),
      branches,
      breakListing: () => {
        broken = true;
      },
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}
