import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { githubOrganisation, type Organisation } from '../../support/github/organisation.ts';
import { serveOrganisation } from './github-http.ts';
import type { GithubPlace } from './github-repository.ts';

const OWNER = 'acme';
const MEMBERS = { bot: 'robot', approver: 'ben', approver2: 'cleo', merger: 'mia' } as const;
const scopes = ['repo', 'read:org', 'delete_repo'];

/** An organisation of the stand-in over real HTTP and Git, in this process. */
export interface StandInPlace extends GithubPlace {
  readonly tokens: Readonly<Record<keyof typeof MEMBERS, string>>;
  readonly state: Organisation;
  readonly close: () => Promise<void>;
}

export async function standInPlace(): Promise<StandInPlace> {
  const home = mkdtempSync(join(tmpdir(), 'patchwarden-organisation-'));
  const tokens = Object.fromEntries(
    Object.entries(MEMBERS).map(([who, login]) => [who, `token-of-${login}`]),
  );
  const world = {
    owner: OWNER,
    users: Object.values(MEMBERS),
    tokens: Object.fromEntries(
      Object.values(MEMBERS).map((login) => [`token-of-${login}`, { user: login, scopes }]),
    ),
  };
  const organisation = githubOrganisation(world, home, () => Date.now());
  const web = await serveOrganisation(organisation, OWNER);
  return {
    api: web.api,
    organisation: OWNER,
    tokens: tokens as StandInPlace['tokens'],
    // A fetch of Git is no write, and the API and Git call the repository by the same name.
    writes: (repository) => web.written.filter((one) => one.includes(`/${repository}`)),
    state: organisation,
    close: async () => {
      await web.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
