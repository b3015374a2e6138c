import { waitUntil } from './fleet-run.ts';
import { type Gitea, startGitea } from './gitea.ts';
import { type Answer, type Api, type GiteaPull, messageOf, must } from './gitea-api.ts';
import { cloneGitea, type GiteaClone } from './gitea-clone.ts';

/** One repository of `bot`, in which `alice` may write and `mallory` may only read. */
export interface GiteaWorld {
  readonly gitea: Gitea;
  readonly bot: Api;
  readonly alice: Api;
  readonly mallory: Api;
  readonly tokens: Readonly<Record<'bot' | 'alice' | 'mallory', string>>;
  /** Working copy with the credentials of `bot`. */
  readonly clone: GiteaClone;
  /** Opens a pull request as `bot` against `main`. */
  readonly open: (branch: string) => Promise<GiteaPull>;
  readonly pull: (number: number) => Promise<GiteaPull>;
  /** Timeline of an issue or pull request: `type by whom`, oldest first. */
  readonly timeline: (number: number) => Promise<readonly string[]>;
  /** Merges as soon as Gitea has looked at the pull request, until when it answers 405. */
  readonly merge: (number: number, options: object) => Promise<Answer>;
  readonly stop: () => Promise<void>;
}

interface TimelineEvent {
  readonly type: string;
  readonly user: { readonly login: string };
}

export const REPOSITORY = 'bot/policy';
export const REPO = `/repos/${REPOSITORY}`;

export async function giteaWorld(): Promise<GiteaWorld> {
  const gitea = await startGitea();
  try {
    return await populate(gitea);
  } catch (error) {
    await gitea.stop();
    throw error;
  }
}

async function populate(gitea: Gitea): Promise<GiteaWorld> {
  for (const name of ['bot', 'alice', 'mallory']) await gitea.user(name);
  const tokens = {
    bot: await gitea.token('bot'),
    alice: await gitea.token('alice'),
    mallory: await gitea.token('mallory'),
  };
  await gitea.repository('bot', 'policy');
  await gitea.collaborator(REPOSITORY, 'alice', 'write');
  const bot = gitea.api(tokens.bot);
  const clone = cloneGitea(gitea.gitUrl(REPOSITORY, { user: 'bot', token: tokens.bot }));
  const pull = (number: number) => must<GiteaPull>(bot('GET', `${REPO}/pulls/${number}`));
  return {
    gitea,
    bot,
    alice: gitea.api(tokens.alice),
    mallory: gitea.api(tokens.mallory),
    tokens,
    clone,
    open: (branch) =>
      must(bot('POST', `${REPO}/pulls`, { head: branch, base: 'main', title: branch, body: 'why' })),
    pull,
    timeline: async (number) => {
      const events = await must<readonly TimelineEvent[]>(bot('GET', `${REPO}/issues/${number}/timeline`));
      return events.map((e) => `${e.type} ${e.user.login}`);
    },
    merge: async (number, options) => {
      let answer = await bot('POST', `${REPO}/pulls/${number}/merge`, options);
      await waitUntil(`pull request ${number} is looked at`, 30_000, async () => {
        if (answer.status !== 405 || messageOf(answer) !== 'Please try again later') return true;
        answer = await bot('POST', `${REPO}/pulls/${number}/merge`, options);
        return false;
      });
      return answer;
    },
    stop: async () => {
      clone.remove();
      await gitea.stop();
    },
  };
}
