import { createHash } from 'node:crypto';
import { fakeForge, newForgeState } from '../support/fakes/forge.ts';
import { testKeys } from '../support/keys.ts';
import { gitForgeConformance } from './forge.conformance.ts';

const id = (text: string): string => createHash('sha1').update(text).digest('hex');

gitForgeConformance('fakeForge', async () => {
  const base = id('base');
  const state = newForgeState('main', base);
  return {
    forge: fakeForge(state),
    other: fakeForge(state),
    base,
    bot: testKeys().bot.email,
    head: async (text, message) => id(`${text} ${message}`),
    personPushes: async (branch) => {
      const commit = id(`a person on ${branch}`);
      state.branches.set(branch, commit);
      return commit;
    },
    personCloses: async (number) => {
      const { approver } = testKeys();
      await fakeForge(state).close(number, 'no', '2024-10-24T13:00:00Z', approver);
      return approver.email;
    },
    merge: async (first, second) => {
      const commit = id(`${first} ${second}`);
      state.parents.set(commit, [first, second]);
      return commit;
    },
    branches: async () => state.branches,
    breakListing: () => {
      state.incomplete = 'the network is down';
    },
    dispose: () => undefined,
  };
});
