import type { ForgeInspector } from '../ports/forge-inspector.ts';
import { giteaInspector } from './forge-inspect-gitea.ts';
import { githubInspector } from './forge-inspect-github.ts';
import { accountOf, githubAccount, type HostedPlace } from './forge-open-hosted.ts';
import { createPace } from './forge-pace.ts';

export type InspectedPlace = Pick<HostedPlace, 'config' | 'credentials' | 'clock' | 'log' | 'store'>;

/** Looks at the forge that a configuration names. Throws `usage` when its secrets are missing. */
export async function openInspector(place: InspectedPlace): Promise<ForgeInspector> {
  const { config, credentials, clock, log, store } = place;
  const { owner, repo } = config;
  const deps = { clock, log, pace: createPace({ clock, store }) };
  if (config.kind === 'gitea') {
    const { token } = accountOf(credentials);
    return giteaInspector({ owner, repo, baseUrl: config.baseUrl }, { ...deps, token: async () => token });
  }
  const baseUrl = config.baseUrl ?? 'https://api.github.com';
  return githubInspector({ owner, repo, baseUrl }, githubAccount(config, credentials), deps);
}
