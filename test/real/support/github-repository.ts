import { randomBytes } from 'node:crypto';
import { waitUntil } from './fleet-run.ts';
import { type Api, jsonApi, must } from './gitea-api.ts';

export type GithubWho = 'bot' | 'approver' | 'approver2' | 'merger';

/** An organisation on GitHub, or on what stands for it, in which one account may make and delete repositories. */
export interface GithubPlace {
  /** Root of the API, no slash at the end. */
  readonly api: string;
  readonly organisation: string;
  /** The bot makes the repositories; people are other members. Some may be missing where no test needs them. */
  readonly tokens: Readonly<Partial<Record<GithubWho, string>>>;
  /** Writes that the server noted until now, of one repository; github.com does not tell. */
  readonly writes?: (repository: string) => readonly string[];
}

/** A private repository to throw away. */
export interface GithubRepository {
  readonly owner: string;
  readonly repo: string;
  /** As somebody, below `/repos/<owner>/<repo>`. */
  readonly as: (who: GithubWho) => Api;
  readonly tokenOf: (who: GithubWho) => string;
  readonly login: (who: GithubWho) => Promise<string>;
  /** As roles.json names it. */
  readonly account: (who: GithubWho) => Promise<string>;
  /** Address to clone from, with somebody's credentials. */
  readonly url: (who: GithubWho) => string;
  /** Settles when the first push is known to the API. */
  readonly noticed: () => Promise<void>;
  readonly remove: () => Promise<void>;
}

interface User {
  readonly login: string;
  readonly id: number;
}

/** Makes one. Everybody of the place but the bot may write in it; an account that is no member yet is an error. */
export async function githubRepository(place: GithubPlace): Promise<GithubRepository> {
  const owner = place.organisation;
  const repo = `patchwarden-test-${new Date().toISOString().slice(0, 10)}-${randomBytes(4).toString('hex')}`;
  const tokenOf = (who: GithubWho): string => {
    const token = place.tokens[who];
    if (token === undefined) throw new Error(`there is no token of the ${who}`);
    return token;
  };
  const api = (who: GithubWho): Api => jsonApi(place.api, `token ${tokenOf(who)}`);
  const as =
    (who: GithubWho): Api =>
    (method, path, body) =>
      api(who)(method, `/repos/${owner}/${repo}${path}`, body);
  const me = (who: GithubWho) => must<User>(api(who)('GET', '/user'));
  const { clone_url: address } = await must<{ readonly clone_url: string }>(
    api('bot')('POST', `/orgs/${owner}/repos`, { name: repo, private: true }),
  );
  const remove = async (): Promise<void> => {
    await must(as('bot')('DELETE', ''));
  };
  try {
    for (const who of ['approver', 'approver2', 'merger'] as const) {
      if (place.tokens[who] === undefined || place.tokens[who] === place.tokens.bot) continue;
      const { login } = await me(who);
      const added = await as('bot')('PUT', `/collaborators/${login}`, { permission: 'push' });
      if (added.status !== 204)
        throw new Error(
          `${login} is no member of ${owner} (GitHub answered ${added.status}): make it one first`,
        );
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    ...{ owner, repo, as, tokenOf, remove },
    login: async (who) => (await me(who)).login,
    account: async (who) => `github:${(await me(who)).id}`,
    url: (who) =>
      Object.assign(new URL(address), { username: 'x-access-token', password: tokenOf(who) }).href,
    noticed: async () => {
      await waitUntil(
        'the push is noticed',
        30_000,
        async () => (await as('bot')('GET', '/branches/main')).status === 200,
      );
    },
  };
}
