import { createHash } from 'node:crypto';
import { fakeForge, newForgeState } from '../support/fakes/forge.ts';
import { forgeConformance } from './forge.conformance.ts';

const id = (text: string): string => createHash('sha1').update(text).digest('hex');

forgeConformance('fakeForge', async () => {
  const base = id('base');
  const state = newForgeState('main', base);
  return {
    forge: fakeForge(state),
    other: fakeForge(state),
    base,
    head: async (text) => id(text),
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
