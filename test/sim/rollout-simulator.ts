import { generate } from './generate.ts';
import type { Simulator } from './run-seeds.ts';
import type { Scenario } from './scenario.ts';
import { without } from './shrink.ts';
import { play } from './world.ts';

export const rolloutSimulator: Simulator<Scenario> = {
  script: 'sim:rollout',
  generate,
  play,
  describe: (s) => `${s.hosts.length} hosts, ${s.controllers.length} controllers, ${s.faults.length} faults`,
  shrinking: {
    size: (s) => s.faults.length + s.changes.length + s.hosts.length + s.controllers.length,
    pass: async (best, fails) => {
      await without(best().faults, (faults) => fails({ ...best(), faults }));
      await without(best().changes, (changes) => fails({ ...best(), changes }), 1);
      await without(best().hosts, (hosts) => fails({ ...best(), hosts }), 1);
      await without(best().controllers, (controllers) => fails({ ...best(), controllers }), 1);
      for (const simpler of [
        { calendar: null },
        { zoneBudget: null },
        { cpuSeconds: null },
        { canaryHosts: null },
        { liftAfter: null },
        { rollbackAfter: null },
        { soakSeconds: 0 },
        { parallel: 1 },
      ])
        await fails({ ...best(), settings: { ...best().settings, ...simpler } });
      await fails({ ...best(), controllers: best().controllers.map((c) => ({ ...c, skew: 0 })) });
    },
  },
};
