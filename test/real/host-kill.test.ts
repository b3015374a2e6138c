import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildKiller } from './support/host-killer.ts';
import { BAD_PACKAGES, buildHostWorld, type HostWorld } from './support/host-world.ts';
import { type Deb, debOf, STANDARD } from './support/packages.ts';
import { buildRepository, type TestRepository } from './support/repository.ts';
import { buildRoot, type TestRoot } from './support/root.ts';
import { resetRoot } from './support/root-state.ts';
import { whyNoRoot } from './support/run.ts';

const why = whyNoRoot();
/** Durable writes of an undisturbed worker; the first test holds these up to date. */
const GOOD = 30;
const BROKEN = 24;
const all = process.env.PATCHWARDEN_KILL === 'all';
/** Every write when all are wanted, else every fourth, other ones before than after. */
const range = (n: number, when: 'before' | 'after') =>
  Array.from({ length: n }, (_, i) => i + 1).filter((i) => all || i % 4 === (when === 'before' ? 1 : 3));

describe.skipIf(why !== undefined)(`a worker killed by SIGKILL${why ? ` (skipped: ${why})` : ''}`, () => {
  let root: TestRoot;
  let repository: TestRepository;
  const deb = (name: string, version: string): Deb => debOf(repository.debs, name, version);
  const begun = (...names: string[]) =>
    resetRoot(
      root,
      names.map((n) => deb(n, '1.0')),
    );

  beforeAll(() => {
    root = buildRoot();
    repository = buildRepository({ packages: [...STANDARD, ...BAD_PACKAGES] });
  });
  afterAll(() => {
    repository?.remove();
    root?.remove();
  });

  const good = async (at: number, when: 'before' | 'after') => {
    begun('pw-app');
    const killer = buildKiller(at, when);
    try {
      const world = buildHostWorld(root, repository.debs, killer.asset);
      const order = world.order([deb('pw-app', '1.1'), deb('pw-lib', '1.0')]);
      const receipt = await world.carryOut(order);
      expect(receipt, receipt.verdict?.reason).toMatchObject({
        phase: 'kept',
        worker: 'done',
        changed: true,
      });
      expect(root.dpkg('pw-app')).toBe('1.1 ii');
      expect(root.dpkg('pw-lib')).toBe('1.0 ii');
      expect(root.inside('apt-mark', 'showauto').trim()).toBe('pw-lib');
      expect(root.read('var/log/pw-app.log')).toBe('configure 1.0\nconfigure 1.1\n');
      expect(existsSync(`${root.dir}/usr/sbin/policy-rc.d`)).toBe(false);
      return { writes: killer.writes(), killed: killer.killed() };
    } finally {
      killer.remove();
    }
  };
  const broken = async (at: number, when: 'before' | 'after') => {
    begun('pw-fights');
    const killer = buildKiller(at, when);
    try {
      const world = buildHostWorld(root, repository.debs, killer.asset);
      const order = world.order([deb('pw-fights', '1.1'), deb('pw-rival', '1.0')]);
      const receipt = await world.carryOut(order);
      expect(receipt, receipt.verdict?.reason).toMatchObject({ phase: 'restored', worker: 'done' });
      expect(root.dpkg('pw-fights')).toBe('1.0 ii');
      expect(root.dpkg('pw-rival')).toBeUndefined();
      expect(root.inside('dpkg', '--audit')).toBe('');
      const { quarantined } = await world.driver.peek();
      expect(quarantined).toHaveLength(1);
      return { writes: killer.writes(), killed: killer.killed() };
    } finally {
      killer.remove();
    }
  };

  it('writes about as often as the matrix kills', async () => {
    const writes = [(await good(0, 'after')).writes, (await broken(0, 'after')).writes];
    process.stderr.write(`durable writes of a good and of a bad run: ${writes.join(', ')}\n`);
    expect(writes).toEqual([GOOD, BROKEN]);
  });

  describe.each(['before', 'after'] as const)('%s its durable write', (when) => {
    it.each(range(GOOD, when))('%i of a good run: it converges, each effect once', async (at) => {
      expect(await good(at, when)).toMatchObject({ killed: true });
    });
    it.each(range(BROKEN, when))('%i of a bad run: everything is back', async (at) => {
      expect(await broken(at, when)).toMatchObject({ killed: true });
    });
  });

  it('waits for the apt it left behind and lets it finish', async () => {
    begun('pw-slow');
    const world: HostWorld = buildHostWorld(root, repository.debs);
    const order = world.order([deb('pw-slow', '1.1')]);
    await world.stage(order);
    await world.driver.begin(order);
    const end = performance.now() + 60_000;
    while (!root.read('var/log/pw-slow.log').includes('configure 1.1') && performance.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 20));
    process.kill(world.worker(order.run), 'SIGKILL');
    expect(root.dpkg('pw-slow')).not.toBe('1.1 ii');
    const receipt = await world.until(order.run, ['kept'], 90, true);
    const installs = receipt.steps.filter((s) => s.step === 'install');
    expect(installs.map((s) => s.outcome)).toEqual(['interrupted', 'ok']);
    expect(installs[1]?.detail).toBe('an earlier try had done it');
    expect(root.read('var/log/pw-slow.log')).toBe('configure 1.1\n');
    expect(root.dpkg('pw-slow')).toBe('1.1 ii');
  });
});
