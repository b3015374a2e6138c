import { afterAll, beforeAll, describe } from 'vitest';
import { forgeConformance } from '../ports/forge.conformance.ts';
import { giteaForge } from './support/forge-gitea.ts';
import { type GiteaPeople, giteaPeople } from './support/gitea-people.ts';
import { giteaVersion, whyNoGitea } from './support/gitea-server.ts';

const why = whyNoGitea();

describe.skipIf(why !== undefined)(`a hosted forge${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  let people: GiteaPeople;
  beforeAll(async () => {
    people = await giteaPeople();
  });
  afterAll(() => people?.stop());
  forgeConformance(`Gitea ${giteaVersion()}`, () => giteaForge(people));
});
