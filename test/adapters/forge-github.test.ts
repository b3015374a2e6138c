import { join } from 'node:path';
import { forgeConformance } from '../ports/forge.conformance.ts';
import { rawCommit } from '../support/git-fixtures.ts';
import { unavailable } from '../support/github/faults.ts';
import { hostedWorld } from '../support/github/hosted-world.ts';

forgeConformance('openHostedForge on the stand-in for GitHub', async () => {
  const t = await hostedWorld();
  const { world } = t;
  return {
    forge: t.forge,
    other: t.other,
    base: world.anchor,
    bot: world.keys.bot.email,
    head: async (text, message) =>
      [world.clone, join(world.dir, 'second')]
        .map((dir) =>
          rawCommit(dir, {
            base: world.anchor,
            files: { 'locks/servers/prod.lock.json': text },
            parents: [world.anchor],
            message,
            signer: world.keys.bot,
          }),
        )
        .at(0) ?? '',
    personPushes: (branch) => t.pushAs('will', branch),
    personCloses: async (number) => {
      const will = await t.as('will');
      const { branch } = await will.update(number, { state: 'closed' });
      await t.git.push('origin', [
        { ref: `refs/heads/${branch}`, to: null, expected: t.branches().get(branch) ?? null },
      ]);
      await t.standIn.pushedBy('will');
      return 'will';
    },
    branches: async () => t.branches(),
    breakListing: () => t.fault(() => ({ before: unavailable(502) })),
    dispose: () => world.dispose(),
  };
});
