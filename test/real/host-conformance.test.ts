import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe } from 'vitest';
import { hostDriverConformance } from '../ports/host-driver.conformance.ts';
import { buildHostWorld, type HostWorld } from './support/host-world.ts';
import { type Deb, debOf } from './support/packages.ts';
import { buildRepository, type TestRepository } from './support/repository.ts';
import { buildRoot, type TestRoot } from './support/root.ts';
import { resetRoot } from './support/root-state.ts';
import { whyNoRoot } from './support/run.ts';

const why = whyNoRoot();

describe.skipIf(why !== undefined)(`the helper on a Debian root${why ? ` (skipped: ${why})` : ''}`, () => {
  let root: TestRoot;
  let repository: TestRepository;
  let world: HostWorld;
  const deb = (name: string, version: string): Deb => debOf(repository.debs, name, version);

  beforeAll(() => {
    root = buildRoot();
    repository = buildRepository();
    world = buildHostWorld(root, repository.debs);
  });
  afterAll(() => {
    repository?.remove();
    root?.remove();
  });

  hostDriverConformance('python3 on a root directory', async () => {
    resetRoot(root, [deb('pw-app', '1.0'), deb('pw-broken', '1.0'), deb('pw-slow', '1.0')]);
    return {
      driver: world.driver,
      good: () => world.order([deb('pw-app', '1.1'), deb('pw-lib', '1.0')]),
      bad: () => world.order([deb('pw-broken', '1.1')]),
      slow: () => world.order([deb('pw-slow', '1.1')]),
      bytes: async (sha) => readFileSync(repository.debs.find((d) => d.sha256 === sha)?.path ?? ''),
      version: (name) => root.dpkg(name)?.split(' ')[0],
    };
  });
});
