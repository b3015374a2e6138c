import { expect, it, onTestFinished } from 'vitest';
import { cli } from '../support/cli.ts';
import { createEvidenceWorld } from '../support/evidence-world.ts';

it('the built program examines a clone of the embedded forge', async () => {
  const { world } = await createEvidenceWorld();
  onTestFinished(() => world.dispose());
  const args = ['doctor', '--repo', world.clone, '--bot-key', world.keys.bot.key];
  const good = await cli(args, { env: { PATCHWARDEN_TRUST_ANCHOR: world.anchor } });
  expect(good).toMatchObject({ code: 0, stderr: '' });
  expect(good.stdout).toContain('history: the history verifies, with 1 merges since the trust anchor');
  const bad = await cli([...args, '--format', 'json'], { env: { PATCHWARDEN_TRUST_ANCHOR: '' } });
  expect(bad.code).toBe(5);
  expect(JSON.parse(bad.stdout).checks).toContainEqual({
    area: 'clone',
    code: 'trust-anchor',
    level: 'fail',
    sentence: 'no trust anchor was given',
    remedy: expect.stringContaining('--trust-anchor'),
  });
});
