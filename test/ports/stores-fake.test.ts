import { describe } from 'vitest';
import { fakeArtifactStore } from '../support/fakes/artifact-store.ts';
import { fakeStateStore } from '../support/fakes/state-store.ts';
import { artifactStoreConformance } from './artifact-store.conformance.ts';
import { stateStoreConformance } from './state-store.conformance.ts';

describe('the artifact store in memory', () => {
  artifactStoreConformance(() => {
    const held = new Map<string, Uint8Array>();
    return { store: fakeArtifactStore(held), alter: (sha256, bytes) => held.set(sha256, bytes) };
  });
});

describe('the state store in memory', () => {
  stateStoreConformance(() => {
    const files = new Map<string, string>();
    return { store: fakeStateStore(files), leave: (name, text) => files.set(name, text) };
  });
});
