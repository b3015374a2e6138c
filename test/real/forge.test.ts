import { afterAll, describe, expect } from 'vitest';
import { forgeConformance } from '../ports/forge.conformance.ts';
import { forgeHistory } from './support/forge-history-suite.ts';
import { giteaForge } from './support/forge-hosted.ts';
import { forgeLifeCycle } from './support/forge-life-cycle.ts';
import { gitStage } from './support/forge-stage.ts';
import { giteaStage } from './support/forge-stage-gitea.ts';
import { githubStage } from './support/forge-stage-github.ts';
import { type GiteaPeople, giteaPeople } from './support/gitea-people.ts';
import { giteaVersion, whyNoGitea } from './support/gitea-server.ts';
import { type StandInPlace, standInPlace } from './support/github-place.ts';

const why = whyNoGitea();
const onGitea = `Gitea ${giteaVersion()}${why === undefined ? '' : ` (skipped: ${why})`}`;

// One server for all of it: its start takes longer than most of what is asked of it.
let started: Promise<GiteaPeople> | undefined;
const server = (): Promise<GiteaPeople> => (started ??= giteaPeople());
afterAll(async () => (await started)?.stop());

// Side by side: most of the time forges with pages and a bot that keeps its pace are waited for.
describe.concurrent('40 hosts in three rings of three baselines', () => {
  describe('on the git forge', () => forgeLifeCycle(gitStage));

  describe.skipIf(why !== undefined)(`on ${onGitea}`, () => {
    forgeLifeCycle(async (build) => giteaStage(await server())(build));
  });

  describe('on the stand-in for GitHub, over HTTP', () => {
    let place: StandInPlace | undefined;
    afterAll(async () => {
      await place?.close();
      expect(place?.state.violations()).toEqual([]);
      expect(place?.state.repositories()).toEqual([]);
    });
    forgeLifeCycle(async (build) => {
      place = await standInPlace();
      return githubStage(place)(build);
    });
  });
});

describe.skipIf(why !== undefined)(`a history that was merged on ${onGitea}`, () => {
  forgeHistory(server);
});

describe.skipIf(why !== undefined)(`the port on ${onGitea}`, () => {
  forgeConformance('openHostedForge', async () => giteaForge(await server()));
});
