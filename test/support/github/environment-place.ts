import type { GithubPlace } from '../../real/support/github-repository.ts';

export const NAMES = {
  url: 'PATCHWARDEN_TEST_GITHUB_URL',
  organisation: 'PATCHWARDEN_TEST_GITHUB_ORG',
  bot: 'PATCHWARDEN_FORGE_TOKEN',
  people: 'PATCHWARDEN_TEST_GITHUB_PEOPLE',
} as const;

interface EnvironmentPlace {
  readonly place: GithubPlace;
  /** Why nothing can run. */
  readonly whyNot: string | undefined;
  /** Why nothing can run that needs people. */
  readonly whyNoPeople: string | undefined;
}

/** The organisation that the environment names. People are the tokens of two more members, the first of which merges. */
export function environmentPlace(env: Readonly<Record<string, string | undefined>>): EnvironmentPlace {
  const missing = [NAMES.organisation, NAMES.bot].filter((name) => !env[name]);
  const [ben, cleo] = (env[NAMES.people] ?? '').split(',').filter(Boolean);
  const bot = env[NAMES.bot];
  return {
    place: {
      api: env[NAMES.url] || 'https://api.github.com',
      organisation: env[NAMES.organisation] ?? '',
      tokens: {
        ...(bot ? { bot } : {}),
        ...(ben ? { approver: ben, merger: ben } : {}),
        ...(cleo ? { approver2: cleo } : {}),
      },
    },
    whyNot: missing.length > 0 ? `set ${missing.join(' and ')}` : undefined,
    whyNoPeople:
      ben && cleo ? undefined : `set ${NAMES.people} to the tokens of two more members, a comma between`,
  };
}
