import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { canonicalDocument } from '../../src/contracts/canonical.ts';
import { buildPaperFleet, printed } from '../support/paper-fleet.ts';
import type { ForgeStage } from './support/forge-stage.ts';
import { giteaStage } from './support/forge-stage-gitea.ts';
import { must } from './support/gitea-api.ts';
import { type GiteaPeople, giteaPeople } from './support/gitea-people.ts';
import { whyNoGitea } from './support/gitea-server.ts';

const why = whyNoGitea();
const CVE = { cve: 'CVE-2024-1000', name: 'app', epss: 0.9 };
const PINS = canonicalDocument('Pins', { apiVersion: 'patchwarden/v1', kind: 'Pins', id: 'pins' });

describe.skipIf(why !== undefined)(`reviews on Gitea${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  let people: GiteaPeople;
  let stage: ForgeStage;
  beforeAll(async () => {
    people = await giteaPeople();
  });
  afterAll(() => people?.stop());
  afterEach(() => stage?.dispose());

  const start = async (files: Readonly<Record<string, string>> = {}) => {
    stage = await giteaStage(people)((options) =>
      buildPaperFleet([CVE], {
        ...options,
        files: { 'pins.json': PINS, ...files },
        baseline: { mode: 'apply', approve: [{ id: 'likely', match: { epss: 0.5 } }] },
      }),
    );
    for (const verb of ['scan', 'sync']) printed(await stage.fleet.run([verb, '--format', 'json']));
    await reconcile();
  };
  const reconcile = async () => printed(await stage.fleet.bot('reconcile', '--format', 'json'));
  const api = (method: string, path: string, body?: unknown) =>
    people.who.bot.api(method, `/repos/${stage.repository}${path}`, body);
  const asked = async (): Promise<readonly string[]> => {
    const pulls = await must<
      readonly { head: { ref: string }; requested_reviewers: readonly { login: string }[] | null }[]
    >(api('GET', '/pulls?state=open'));
    const found = pulls.find((p) => p.head.ref === 'patchwarden/remediate/servers/all');
    return (found?.requested_reviewers ?? []).map((r) => r.login).sort();
  };

  it('are asked of two approvers when a pull request is opened, and never again', async () => {
    await start();
    const first = await asked();
    expect(first).toHaveLength(2);
    for (const login of first) expect(['anna', 'ben', 'cleo']).toContain(login);
    const pulls = await must<readonly { number: number; head: { ref: string } }[]>(api('GET', '/pulls'));
    const number = pulls.find((p) => p.head.ref === 'patchwarden/remediate/servers/all')?.number ?? 0;
    await must(api('DELETE', `/pulls/${number}/requested_reviewers`, { reviewers: [...first] }));
    expect(await stage.writes(reconcile)).toEqual([]);
    expect(await asked()).toEqual([]);
  });

  it('are left to Gitea where it asked the code owners by itself', async () => {
    await start({ CODEOWNERS: 'locks/.* @cleo\n' });
    expect(await asked()).toEqual(['cleo']);
  });
});
