import { describe, expect, it } from 'vitest';
import { verifyRuns } from '../../src/audit/verify-runs.ts';
import { component, fakeHost } from '../support/fakes/host-driver.ts';
import { applyOnce, entryOf, evidenceIn, keyOf, lockOf, targetOf, type World, worldOf } from './world.ts';

const APP = { name: 'app', version: '1.1', needs: ['lib'] };
const LIB = { name: 'lib', version: '1.0' };
const lock = lockOf({
  [keyOf('app')]: entryOf(APP),
  [keyOf('lib')]: entryOf(LIB, { role: 'dependency', approvedBy: 'dependency-of:app' }),
});
const target = targetOf('web-1', lock);
const fresh = (state: 'installed' | 'unpacked' = 'installed'): World =>
  worldOf(fakeHost('web-1', [component('app', '1.0'), component('other', '3', { state })], [APP, LIB]));

class Killed extends Error {}
/** Throws at the n-th point, counting all of them. */
function killAt(n: number) {
  let count = 0;
  const seen: string[] = [];
  const step = (point: string) => {
    count += 1;
    seen.push(point);
    if (count === n) throw new Killed(point);
  };
  return { step, seen };
}

async function pointsOf(world: World): Promise<number> {
  const probe = killAt(-1);
  await applyOnce(world, [target], probe.step);
  return probe.seen.length;
}

async function checkEnd(world: World): Promise<void> {
  const [host] = world.hosts;
  expect(host?.components.get('app')).toMatchObject({ version: '1.1', state: 'installed' });
  expect(host?.components.get('lib')).toMatchObject({ version: '1.0', state: 'installed' });
  expect(host?.postinst.filter((p) => p === 'app 1.1')).toHaveLength(1);
  expect(host?.postinst.filter((p) => p === 'lib 1.0')).toHaveLength(1);
  expect([...(host?.automatic ?? [])]).toEqual(['lib']);
  expect(host?.staged.size).toBe(0);
  const entries = await evidenceIn(world);
  const report = verifyRuns(entries.map((entry, index) => ({ entry, index })));
  expect(report).toEqual({ open: [], problems: [] });
  const installs = entries.filter((e) => e.type === 'intent' && e.packages.length > 0);
  const verified = entries.filter((e) => e.type === 'verification');
  expect(verified.length).toBe(entries.filter((e) => e.type === 'intent').length);
  expect(installs.length).toBeLessThanOrEqual(2);
}

describe.each([
  ['a healthy host', 'installed'],
  ['a host with a package left half-configured', 'unpacked'],
] as const)('killed anywhere, on %s', (_name, state) => {
  it('converges when it is run again, with one postinst and evidence that verifies', async () => {
    const points = await pointsOf(fresh(state));
    expect(points).toBeGreaterThan(15);
    for (let n = 1; n <= points; n += 1) {
      const world = fresh(state);
      const kill = killAt(n);
      await expect(applyOnce(world, [target], kill.step), `point ${n}`).rejects.toThrow(Killed);
      const [outcome] = await applyOnce(world, [target]);
      expect(['patched', 'equal'], `point ${n} ${kill.seen.at(-1)}: ${outcome?.reason}`).toContain(
        outcome?.state,
      );
      await checkEnd(world);
    }
  });

  it('converges when the second run is killed too', async () => {
    const points = await pointsOf(fresh(state));
    for (let first = 1; first <= points; first += 4) {
      for (let second = 1; second <= points; second += 5) {
        const world = fresh(state);
        await applyOnce(world, [target], killAt(first).step).catch(() => undefined);
        await applyOnce(world, [target], killAt(second).step).catch(() => undefined);
        await applyOnce(world, [target]);
        const [outcome] = await applyOnce(world, [target]);
        expect(outcome?.state, `points ${first}, ${second}: ${outcome?.reason}`).toBe('equal');
        await checkEndLoosely(world);
      }
    }
  });

  it('rebuilds a lost journal from the evidence', async () => {
    const points = await pointsOf(fresh(state));
    for (let n = 1; n <= points; n += 1) {
      const world = fresh(state);
      await applyOnce(world, [target], killAt(n).step).catch(() => undefined);
      world.files.clear();
      await applyOnce(world, [target]);
      await checkEnd(world);
    }
  });
});

/** With two kills an interrupted try may be followed by another; everything else holds as ever. */
async function checkEndLoosely(world: World): Promise<void> {
  const [host] = world.hosts;
  expect(host?.postinst.filter((p) => p === 'app 1.1')).toHaveLength(1);
  const entries = await evidenceIn(world);
  expect(verifyRuns(entries.map((entry, index) => ({ entry, index })))).toEqual({ open: [], problems: [] });
}
