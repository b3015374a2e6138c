import { describe } from 'vitest';
import { forgeConformance } from '../ports/forge.conformance.ts';
import { githubForge } from '../real/support/forge-hosted.ts';
import { forgeLifeCycle } from '../real/support/forge-life-cycle.ts';
import { githubStage } from '../real/support/forge-stage-github.ts';
import { environmentPlace } from '../support/github/environment-place.ts';

const { place, whyNot, whyNoPeople } = environmentPlace(process.env);
const skipped = (why: string | undefined): string => (why === undefined ? '' : ` (skipped: ${why})`);

describe.skipIf(whyNot !== undefined)(`${place.api} as a forge${skipped(whyNot)}`, () => {
  forgeConformance('openHostedForge', () => githubForge(place));
});

const why = whyNot ?? whyNoPeople;
describe.skipIf(why !== undefined)(`40 hosts on ${place.api}${skipped(why)}`, () => {
  forgeLifeCycle(githubStage(place));
});
