import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PullCheck } from '../../src/ports/forge.ts';
import { unavailable } from '../support/github/faults.ts';
import { type HostedWorld, hostedWorld } from '../support/github/hosted-world.ts';
import { client, repository } from '../support/github/table.ts';

const WAITS: PullCheck = {
  state: 'pending',
  description: '0 of 1 needed approvals count',
  summary: 'The change rules do not allow it now.\n\n- 0 of 1\n',
  contentDigest: `sha256:${'a'.repeat(64)}`,
};
const GREEN: PullCheck = { ...WAITS, state: 'success', description: 'the change rules allow it' };

describe('the required check', () => {
  let t: HostedWorld;
  afterEach(() => t.world.dispose());
  const post = (check: PullCheck) => t.forge.check?.(t.world.anchor, check);
  const runs = () =>
    t.standIn.state.checks.map(({ app, status, conclusion, externalId, output }) => ({
      ...{ app, status, conclusion, externalId, ...output },
    }));
  const written = () =>
    t.standIn.log
      .filter((l) => /^(checks|repos)\/(create|update)/.test(l.operation ?? ''))
      .map((l) => l.operation);

  describe('of an App', () => {
    beforeEach(async () => {
      t = await hostedWorld({}, { app: true });
    });

    it('is one check run, changed in place, and written once for each verdict', async () => {
      expect(await post(WAITS)).toBe(true);
      expect(runs()).toEqual([
        {
          ...{ app: 'patchwarden', status: 'in_progress', conclusion: null, externalId: WAITS.contentDigest },
          ...{ title: WAITS.description, summary: WAITS.summary.trim(), text: null },
        },
      ]);
      expect(await post(WAITS)).toBe(false);
      expect(await post(GREEN)).toBe(true);
      expect(runs()).toMatchObject([{ status: 'completed', conclusion: 'success' }]);
      expect(await post(GREEN)).toBe(false);
      // An approval that was taken back: it waits again.
      expect(await post(WAITS)).toBe(true);
      expect(runs()).toMatchObject([{ status: 'in_progress', conclusion: null }]);
      expect(written()).toEqual(['checks/create', 'checks/update', 'checks/update']);
    });

    it.each<[string, Partial<PullCheck>]>([
      ['another state', { state: 'failure' }],
      ['another title', { description: 'no' }],
      ['other reasons', { summary: 'Other.' }],
      ['other content', { contentDigest: `sha256:${'b'.repeat(64)}` }],
    ])('is written again for %s', async (_what, change) => {
      await post(WAITS);
      expect(await post({ ...WAITS, ...change })).toBe(true);
      expect(runs()).toHaveLength(1);
    });

    it('is not the run of that name by another App', async () => {
      const other = client(t.standIn, 'other');
      const forged = { ...repository, name: 'patchwarden/change', head_sha: t.world.anchor };
      await other.rest.checks.create({ ...forged, status: 'completed', conclusion: 'success' });
      expect(await post(WAITS)).toBe(true);
      await other.rest.checks.create({ ...forged, status: 'completed', conclusion: 'success' });
      expect(await post(WAITS)).toBe(false);
      expect(runs().map((r) => [r.app, r.conclusion])).toEqual([
        ['other', 'success'],
        ['patchwarden', null],
        ['other', 'success'],
      ]);
    });

    it('is found again after an answer that got lost', async () => {
      t.fault((r) => (r.url.endsWith('/check-runs') ? { after: unavailable(502) } : 'none'));
      await expect(post(WAITS)).rejects.toMatchObject({ code: 'forge-failed' });
      t.fault(() => 'none');
      expect(await post(WAITS)).toBe(false);
      expect(runs()).toHaveLength(1);
    });

    it('keeps to what the forge takes', async () => {
      await post({ ...WAITS, description: 'x'.repeat(9000), summary: 'y'.repeat(90_000) });
      expect(runs()[0]?.title).toHaveLength(255);
      expect(runs()[0]?.summary).toHaveLength(60_000);
      expect(t.standIn.violations).toEqual([]);
    });
  });

  it('of a token is a status: it may not write check runs', async () => {
    t = await hostedWorld();
    await post(WAITS);
    expect(runs()).toEqual([]);
    expect(t.standIn.state.statuses).toMatchObject([
      { context: 'patchwarden/change', state: 'pending', description: WAITS.description },
    ]);
    expect(await post(WAITS)).toBe(false);
  });
});
