import { describe, expect, it } from 'vitest';
import { verifyRuns } from '../../src/audit/verify-runs.ts';
import { component, type FakePackage, fakeHost } from '../support/fakes/host-driver.ts';
import {
  applyOnce,
  entryOf,
  evidenceIn,
  hostIn,
  keyOf,
  lockOf,
  pass,
  ringOf,
  statesOf,
  type World,
  worldOf,
} from './world.ts';

class Killed extends Error {}

const APP: FakePackage = { name: 'app', version: '1.1' };
const LOCK = lockOf({ [keyOf('app')]: entryOf(APP) });
const ASSETS = ['web-1', 'web-2', 'web-3'];
const worldWith = (over: Partial<FakePackage> = {}) =>
  worldOf(...ASSETS.map((a) => fakeHost(a, [component('app', '1.0')], [{ ...APP, ...over }])));
const RING = ringOf(LOCK, ASSETS, {}, { waves: 1, budget: { hosts: 2 } });

/** Points of an undisturbed run, numbered as they come. */
async function pointsOf(over: Partial<FakePackage> = {}): Promise<readonly string[]> {
  const points: string[] = [];
  await applyOnce(worldWith(over), [RING], { step: (p) => void points.push(p) });
  return points;
}

async function killedAt(world: World, number: number): Promise<void> {
  let n = 0;
  const step = () => {
    n += 1;
    if (n === number) throw new Killed('killed');
    // A dead process does nothing more.
    if (n > number) throw new Killed('dead');
  };
  await expect(applyOnce(world, [RING], { step })).rejects.toThrow(Killed);
}

async function untilEnd(world: World): Promise<readonly string[]> {
  let states: readonly string[] = [];
  for (let i = 0; i < 4; i += 1) {
    // Longer than the lease of the one that died.
    pass(world, 4);
    states = statesOf(await applyOnce(world, [RING]));
  }
  return states;
}

const verdictOn = async (world: World) =>
  verifyRuns((await evidenceIn(world)).map((entry, index) => ({ entry, index })));

describe('a controller that is killed', () => {
  it('anywhere in a good rollout is followed by one that ends it, with each host changed once', async () => {
    const points = await pointsOf();
    expect(points.filter((p) => p === 'begin')).toHaveLength(3);
    for (let at = 1; at <= points.length; at += 1) {
      const world = worldWith();
      await killedAt(world, at);
      const where = `killed at ${at}: ${points[at - 1]}`;
      expect(await untilEnd(world), where).toEqual(ASSETS.map((a) => `${a} patched`));
      for (const a of ASSETS) expect(hostIn(world, a).postinst, where).toEqual(['app 1.1']);
      expect(await verdictOn(world), where).toEqual({ open: [], problems: [] });
      expect((await evidenceIn(world)).at(-1)?.type).toBe('proven');
    }
  });

  it('anywhere in a bad rollout leaves the halt to the next, and no further host is started', async () => {
    const points = await pointsOf({ broken: true });
    for (let at = 1; at <= points.length; at += 1) {
      const world = worldWith({ broken: true });
      await killedAt(world, at);
      const where = `killed at ${at}: ${points[at - 1]}`;
      expect(await untilEnd(world), where).toEqual(['web-1 restored', 'web-2 due', 'web-3 due']);
      expect(hostIn(world, 'web-1').postinst, where).toEqual(['app 1.1']);
      expect(hostIn(world, 'web-2').runs.size + hostIn(world, 'web-3').runs.size, where).toBe(0);
      expect(await verdictOn(world), where).toEqual({ open: [], problems: [] });
    }
  });

  it('leaves its lease behind: nobody else acts before it ends', async () => {
    const world = worldWith();
    await killedAt(world, 12);
    expect(await applyOnce(world, [RING])).toMatchObject({
      busy: { until: '2024-10-24T12:03:00Z' },
      hosts: [],
    });
  });

  it('takes a run back that its host never heard of, which is no failure of the host', async () => {
    const world = worldWith();
    const points = await pointsOf();
    await killedAt(world, points.indexOf('begin') + 1);
    pass(world, 4);
    await applyOnce(world, [RING]);
    const effects = (await evidenceIn(world)).filter((e) => e.type === 'effect' && e.asset === 'web-1');
    expect(effects).toMatchObject([{ outcome: 'failed', check: 'controller' }, { outcome: 'installed' }]);
  });
});
