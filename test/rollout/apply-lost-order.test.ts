import { describe, expect, it } from 'vitest';
import { PatchwardenError } from '../../src/domain/errors.ts';
import { component, type FakePackage, fakeHost } from '../support/fakes/host-driver.ts';
import { applyOnce, entryOf, hostIn, keyOf, lockOf, ringOf, statesOf, worldOf } from './world.ts';

const APP: FakePackage = { name: 'app', version: '1.1' };
const RING = ringOf(lockOf({ [keyOf('app')]: entryOf(APP) }), ['web-1'], {}, {});

/** One host; ssh dies at these points, the first time or so many times that they come. */
async function withLost(point: 'begin' | 'begun', times: number) {
  const world = worldOf(fakeHost('web-1', [component('app', '1.0')], [APP]));
  let left = times;
  let begins = 0;
  const step = (p: string) => {
    if (p === 'begin') begins += 1;
    if (p !== point || left === 0) return;
    left -= 1;
    throw new PatchwardenError('host-failed', 'web-1: the connection broke');
  };
  const result = await applyOnce(world, [RING], { step });
  return { states: statesOf(result), begins, runs: hostIn(world, 'web-1').runs.size };
}

describe('an order whose connection breaks', () => {
  it('before it arrived is sent once more', async () => {
    expect(await withLost('begin', 1)).toMatchObject({ begins: 2, runs: 1, states: ['web-1 patched'] });
  });

  it('after it arrived is the same run, not a second one', async () => {
    expect(await withLost('begun', 1)).toMatchObject({ begins: 2, runs: 1, states: ['web-1 patched'] });
  });

  it('twice is left to the host to tell of', async () => {
    expect(await withLost('begin', 2)).toMatchObject({ begins: 2, runs: 0, states: ['web-1 in-flight'] });
  });
});
