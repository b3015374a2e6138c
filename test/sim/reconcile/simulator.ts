import type { Simulator } from '../run-seeds.ts';
import { without } from '../shrink.ts';
import { generate } from './generate.ts';
import type { Scenario } from './scenario.ts';
import { play } from './world.ts';

export const reconcileSimulator: Simulator<Scenario> = {
  script: 'sim:reconcile',
  generate,
  play,
  describe: (s) =>
    `${s.clones.length} reconcilers, ${s.topics.length} topics, ${s.people.length} acts of people, ${s.faults.length} faults`,
  shrinking: {
    size: (s) =>
      s.faults.length +
      s.people.length +
      s.topics.length +
      s.clones.length +
      s.topics.reduce((sum, t) => sum + t.wishes.length, 0),
    pass: async (best, fails) => {
      await without(best().faults, (faults) => fails({ ...best(), faults }));
      await without(best().people, (people) => fails({ ...best(), people }));
      await without(best().topics, (topics) => fails({ ...best(), topics }), 1);
      for (const i of best().topics.keys())
        await without(
          best().topics[i]?.wishes ?? [],
          (wishes) =>
            fails({ ...best(), topics: best().topics.map((t, j) => (i === j ? { ...t, wishes } : t)) }),
          1,
        );
      await without(
        best().clones,
        (clones) => (clones.some((c) => c.stays) ? fails({ ...best(), clones }) : Promise.resolve(false)),
        1,
      );
      await fails({ ...best(), clones: best().clones.map((c) => ({ ...c, lag: 0 })) });
      const settings = { openLimit: 10, pageSize: 100, writesAMinute: 60, writesAnHour: 400 };
      for (const [name, value] of Object.entries(settings))
        await fails({ ...best(), settings: { ...best().settings, [name]: value } });
    },
  },
};
