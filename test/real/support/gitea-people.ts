import type { Keys, Who } from '../../support/keys.ts';
import { testKeys } from '../../support/keys.ts';
import { type Gitea, startGitea } from './gitea.ts';
import { type Api, must } from './gitea-api.ts';

/** Accounts of the people of the test world, by the same names; `alias` is a second one of Anna. */
const ACCOUNTS: Readonly<Record<Who, string>> = {
  author: 'anna',
  alias: 'anna-too',
  approver: 'ben',
  approver2: 'cleo',
  merger: 'mia',
  bot: 'bot',
  outsider: 'otto',
};

export interface GiteaAccount {
  readonly name: string;
  readonly token: string;
  readonly api: Api;
  /** As roles.json names it. */
  readonly account: string;
}

/** A server on which everybody of the test world has an account, for one suite. */
export interface GiteaPeople {
  readonly gitea: Gitea;
  readonly keys: Keys;
  readonly who: Readonly<Record<Who, GiteaAccount>>;
  /** Makes an empty repository of the bot in which these may write. @returns `owner/name` */
  readonly repository: (writers: readonly Who[]) => Promise<string>;
  readonly stop: () => Promise<void>;
}

export async function giteaPeople(): Promise<GiteaPeople> {
  const gitea = await startGitea();
  try {
    const who: Partial<Record<Who, GiteaAccount>> = {};
    for (const [one, name] of Object.entries(ACCOUNTS)) {
      await gitea.user(name);
      const token = await gitea.token(name);
      const api = gitea.api(token);
      const { id } = await must<{ readonly id: number }>(api('GET', '/user'));
      who[one as Who] = { name, token, api, account: `gitea:${id}` };
    }
    let repositories = 0;
    return {
      gitea,
      keys: testKeys(),
      who: who as Record<Who, GiteaAccount>,
      repository: async (writers) => {
        repositories += 1;
        const name = `policy-${repositories}`;
        await gitea.repository('bot', name, { empty: true });
        for (const one of writers) await gitea.collaborator(`bot/${name}`, ACCOUNTS[one], 'write');
        return `bot/${name}`;
      },
      stop: gitea.stop,
    };
  } catch (error) {
    await gitea.stop();
    throw error;
  }
}
