import { readFile } from 'node:fs/promises';
import { App } from 'octokit';
import { PatchwardenError } from '../domain/errors.ts';
import type { HostedApi } from './hosted-api.ts';
import { connect, type OctokitDeps, type OctokitPlace } from './hosted-api-connect.ts';
import { githubAutoMerge } from './hosted-api-github-merge.ts';
import { mergedForSomebody } from './hosted-api-github-queue.ts';
import { octokitApi } from './hosted-api-octokit.ts';
import { runsApi } from './hosted-api-runs.ts';

/** Who we are on GitHub: an App that is installed there (recommended), or whoever a token belongs to. */
export type GitHubAccount = { readonly token: string } | { readonly app: AppAccount };

interface AppAccount {
  readonly id: number;
  readonly installation: number;
  readonly keyFile: string;
}

/** GitHub.com and GitHub Enterprise Server, through octokit. */
export async function githubApi(
  place: OctokitPlace,
  account: GitHubAccount,
  deps: Omit<OctokitDeps, 'token'>,
): Promise<HostedApi> {
  if ('token' in account) {
    const calls = octokitApi('github', place, { ...deps, token: async () => account.token });
    const { api, octokit, read } = calls;
    let login: string | undefined;
    return {
      ...api,
      ...own(calls),
      // An installation token, such as that of Actions, may not ask for its user; GraphQL tells whose it is.
      login: async () => {
        login ??= await api.login().catch(async (error: unknown) => {
          const found = await read(() =>
            octokit.graphql<{ viewer: { login: string } }>('{ viewer { login } }'),
          );
          if (!found.viewer.login) throw error;
          return found.viewer.login;
        });
        return login;
      },
    };
  }
  const { app, token } = await connectApp(place, account.app, deps);
  const calls = octokitApi('github', place, { ...deps, token });
  const { api, read } = calls;
  let login: string | undefined;
  return {
    ...api,
    runs: runsApi(calls, account.app.id),
    ...own(calls),
    login: async () => {
      login ??= await read(async () => `${(await app.octokit.request('GET /app')).data?.slug ?? ''}[bot]`);
      return login;
    },
  };
}

/** What only GitHub has. */
const own = (calls: ReturnType<typeof octokitApi>) => ({
  autoMerge: githubAutoMerge(calls),
  mergedAs: async (commit: string) => {
    const found = await calls.api.mergedAs(commit);
    return found && mergedForSomebody(calls, found);
  },
});

/** The App itself, which speaks with its own key, and the tokens of its installation. */
export async function connectApp(
  place: OctokitPlace,
  { id, installation, keyFile }: AppAccount,
  deps: Omit<OctokitDeps, 'token'>,
): Promise<{ readonly app: App; readonly token: OctokitDeps['token'] }> {
  const app = new App({ appId: id, privateKey: await privateKey(keyFile), Octokit: connect(place, deps) });
  // Tokens of an installation last an hour; a refused one is asked for anew.
  const token = async (last?: string): Promise<string> => {
    const options = { type: 'installation', installationId: installation, refresh: last !== undefined };
    return ((await app.octokit.auth(options)) as { readonly token: string }).token;
  };
  return { app, token };
}

async function privateKey(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new PatchwardenError('usage', `the private key of the GitHub App cannot be read from ${file}`, {
      cause: error,
    });
  }
}
