import type { GiteaForgeConfig, GitHubForgeConfig } from '../contracts/generated/config.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Forge } from '../ports/forge.ts';
import type { Git } from '../ports/git.ts';
import type { Logger } from '../ports/logger.ts';
import { openHostedForge } from './forge-hosted.ts';
import type { HostedForgeOptions } from './forge-hosted-branches.ts';
import { createPace, type PaceStore } from './forge-pace.ts';
import type { HostedApi } from './hosted-api.ts';
import { giteaApi } from './hosted-api-gitea.ts';
import { type GitHubAccount, githubApi } from './hosted-api-github.ts';

/** Secrets of the environment. */
export interface ForgeCredentials {
  readonly token: string | undefined;
  /** File with the private key of the GitHub App. */
  readonly appKeyFile: string | undefined;
}

export interface HostedPlace extends HostedForgeOptions {
  readonly config: GitHubForgeConfig | GiteaForgeConfig;
  readonly credentials: ForgeCredentials;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
  /** Where the pace of writes is remembered. */
  readonly store: PaceStore;
}

/** The forge that a configuration names. Throws `usage` when its secrets are missing. */
export async function openHosted(git: Git, place: HostedPlace): Promise<Forge> {
  return openHostedForge(git, await apiOf(place), place);
}

async function apiOf({ config, credentials, clock, log, store }: HostedPlace): Promise<HostedApi> {
  const { owner, repo } = config;
  const deps = { clock, log, pace: createPace({ clock, store }) };
  if (config.kind === 'gitea') {
    const { token } = accountOf(credentials);
    // The plugin spaces writes as GitHub asks for; what Gitea bears, the pace keeps.
    const own = { ...deps, token: async () => token, spacing: false };
    return giteaApi({ owner, repo, baseUrl: config.baseUrl }, own);
  }
  const baseUrl = config.baseUrl ?? 'https://api.github.com';
  return githubApi({ owner, repo, baseUrl }, githubAccount(config, credentials), deps);
}

/** Throws `usage` when the secret that it needs is missing. */
export const githubAccount = (
  { app }: Pick<GitHubForgeConfig, 'app'>,
  credentials: ForgeCredentials,
): GitHubAccount => (app ? { app: { ...app, keyFile: keyFileOf(credentials) } } : accountOf(credentials));

export function accountOf({ token }: ForgeCredentials): { readonly token: string } {
  if (token !== undefined) return { token };
  throw new PatchwardenError('usage', 'the forge needs a token: set PATCHWARDEN_FORGE_TOKEN');
}

function keyFileOf({ appKeyFile }: ForgeCredentials): string {
  if (appKeyFile !== undefined) return appKeyFile;
  throw new PatchwardenError(
    'usage',
    'the GitHub App needs its private key: set PATCHWARDEN_FORGE_APP_KEY to the file that has it',
  );
}
