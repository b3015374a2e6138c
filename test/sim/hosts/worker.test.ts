import { describe, expect, it } from 'vitest';
import type { HostOrder } from '../../../src/contracts/generated/host-order.ts';
import { validateKind } from '../../../src/contracts/validate.ts';
import { instantOf } from '../../../src/domain/time.ts';
import { callLayer, type Incarnation } from '../ports/call.ts';
import { hostDriver } from '../ports/host-driver.ts';
import { rngOf } from '../rng.ts';
import type { HostSpec, VersionSpec } from '../scenario.ts';
import { createSchedule } from '../schedule.ts';
import { injectHostFault } from './faults.ts';
import { machineOf, SIZE, shaOf, type TrueEvent } from './machine.ts';

const spec: HostSpec = {
  asset: 'h001',
  ring: 'first',
  stream: 'debian:12:amd64',
  kernel: '6.1',
  role: 'web',
  zone: 'a',
  installed: { svc: '1.0-1' },
  pinned: [],
  snapshots: false,
  probeMs: 0,
  surprise: 'none',
};
const version = (over: Partial<VersionSpec>): VersionSpec => ({
  package: 'svc',
  version: '2.0-1',
  bad: null,
  after: 0,
  role: null,
  reboot: false,
  ...over,
});
const START = Date.UTC(2025, 0, 14);
const digest = (fill: string): string => `sha256:${fill.repeat(64)}`;
const file = (name: string, v: string) => ({
  name,
  arch: 'amd64',
  version: v,
  sha256: shaOf(name, v),
  size: SIZE,
});

function rig(bad: Partial<VersionSpec> = {}) {
  const schedule = createSchedule(START);
  const events: TrueEvent[] = [];
  const world = {
    schedule,
    rng: rngOf(1, 'h'),
    versions: [version(bad)],
    tell: (e: TrueEvent) => events.push(e),
  };
  const machine = machineOf(spec);
  const none = () => undefined;
  const layer = callLayer({
    ...{ schedule, rng: rngOf(1, 'c'), faults: [], start: START, faultsEnd: 0 },
    ...{ counted: none, called: none, crashed: none },
  });
  const by: Incarnation = {
    ...{ controller: 0, holder: 'c', started: START, alive: true, calls: 0, read: 0, epochs: new Set([1]) },
  };
  const deps = { world, layer, begun: none, invalidOrder: none, asked: none };
  const driver = hostDriver(deps, machine, by);
  const order: HostOrder = {
    apiVersion: 'patchwarden/v1',
    run: digest('a'),
    epoch: 1,
    asset: 'h001',
    lock: digest('b'),
    merge: 'c'.repeat(40),
    plan: digest('d'),
    family: 'deb',
    packages: [{ ...file('svc', '2.0-1'), from: '1.0-1', downgrade: false, fresh: false }],
    predecessors: [file('svc', '1.0-1')],
    restore: 'package',
    reboot: 'never',
    probes: [],
    soakSeconds: 30,
    watchSeconds: 600,
    cpu: null,
    startBefore: null,
    maxClockSkewSeconds: 300,
    now: instantOf(START),
  };
  for (const f of [...order.packages, ...order.predecessors]) machine.staged.add(f.sha256);
  const now = async <T>(promise: Promise<T>): Promise<T> => {
    let settled = false;
    const mark = promise.finally(() => {
      settled = true;
    });
    mark.catch(none);
    while (!settled) await schedule.run(schedule.now() + 60_000, () => settled);
    return mark;
  };
  const pass = (seconds: number) => {
    const end = schedule.now() + seconds * 1000;
    schedule.at(end, none);
    return schedule.run(end, () => false);
  };
  return { world, machine, driver, order, events, now, pass, schedule };
}

describe('a host', () => {
  it('carries an order out alone and tells it in receipts that fit the schema', async () => {
    const { driver, order, machine, now, pass } = rig();
    const first = await now(driver.begin(order));
    expect(validateKind('host-receipt', first)).toEqual([]);
    expect(validateKind('host-status', await now(driver.status(1)))).toEqual([]);
    await pass(300);
    const kept = await now(driver.receipt(1, order.run));
    expect(kept).toMatchObject({ phase: 'kept', changed: true, restorePoint: 'package' });
    expect(validateKind('host-receipt', kept)).toEqual([]);
    expect(kept?.watch?.samples).toBeGreaterThan(10);
    expect(machine.db.get('svc')?.version).toBe('2.0-1');
    expect(await now(driver.begin(order))).toMatchObject({ phase: 'kept' });
    expect(machine.installs).toBe(1);
  });

  it.each([
    ['a broken maintainer script', { bad: 'script' as const }, 'maintainer-script'],
    ['a burning processor', { bad: 'cpu' as const, after: 60 }, 'cpu'],
    ['a probe that fails later', { bad: 'probe' as const, after: 240 }, 'probe'],
  ])('restores itself within 90 s after %s', async (_, bad, check) => {
    const { driver, order, machine, now, pass, events } = rig(bad);
    await now(driver.begin(order));
    await pass(700);
    const receipt = await now(driver.receipt(1, order.run));
    expect(receipt).toMatchObject({ phase: 'restored', verdict: { kind: 'bad', check } });
    expect(receipt?.verdict?.secondsToHealthy).toBeLessThanOrEqual(90);
    expect(machine.db.get('svc')?.version).toBe('1.0-1');
    expect(events.map((e) => e.kind)).toContain('restoring');
    expect(
      await now(driver.begin({ ...order, run: digest('e'), now: receipt?.verdict?.healthy ?? '' })),
    ).toMatchObject({
      phase: 'refused',
    });
  });

  it('refuses a lower epoch, a late order and a clock too far away', async () => {
    const { driver, order, now, pass } = rig();
    await now(driver.status(3));
    await expect(now(driver.begin(order))).rejects.toMatchObject({ code: 'lease-lost' });
    await pass(400);
    expect(await now(driver.begin({ ...order, epoch: 3 }))).toMatchObject({ phase: 'refused' });
    const late = {
      ...order,
      epoch: 3,
      run: digest('f'),
      now: instantOf(START + 400_000),
      startBefore: order.now,
    };
    expect(await now(driver.begin(late))).toMatchObject({ phase: 'refused' });
  });

  it('goes on where it was when a controller asks after its worker was killed', async () => {
    const { driver, order, machine, now, pass, world } = rig();
    await now(driver.begin(order));
    await pass(9);
    injectHostFault(
      world,
      machine,
      { on: 'host', at: 0, host: 'h001', kind: 'worker-killed', lasts: null },
      0,
    );
    await pass(600);
    expect(machine.current?.worker).toBe('dead');
    expect(await now(driver.receipt(1, order.run))).toMatchObject({ worker: 'alive' });
    await pass(600);
    expect(await now(driver.receipt(1, order.run))).toMatchObject({ phase: 'kept' });
  });

  it('watches until it was well without a break for as long as it was asked', async () => {
    const { driver, order, machine, now, pass, world, schedule } = rig();
    const fault = (kind: 'inconclusive' | 'worker-killed', lasts: number | null = null) =>
      injectHostFault(world, machine, { on: 'host', at: 0, host: 'h001', kind, lasts }, schedule.now() + 1e9);
    const streak = async () => (await now(driver.receipt(1, order.run)))?.watch;
    await now(driver.begin(order));
    await pass(200);
    const before = await streak();
    expect(before?.healthySeconds).toBeGreaterThan(100);
    fault('inconclusive', 60_000);
    await pass(50);
    expect(await streak()).toMatchObject({ samples: 0, healthySeconds: 0 });
    await pass(300);
    const after = await streak();
    expect(after?.healthySeconds).toBeGreaterThan(270);
    fault('worker-killed');
    await pass(400);
    // Nobody looked; the controller that asks wakes it.
    expect(await streak()).toEqual(after);
    await pass(60);
    expect((await streak())?.since).toBe(after?.since);
    expect(machine.current?.watchOver).toBe(false);
    await pass(400);
    const over = await now(driver.receipt(1, order.run));
    expect(over).toMatchObject({ phase: 'kept', worker: 'done', watch: { since: after?.since } });
    expect(over?.watch?.healthySeconds).toBe(600);
  });

  it('does not answer while it is silent, and knows nothing after it was replaced', async () => {
    const { driver, order, machine, now, world, schedule } = rig();
    await now(driver.begin(order));
    const end = schedule.now() + 60_000;
    injectHostFault(world, machine, { on: 'host', at: 0, host: 'h001', kind: 'silent', lasts: 60_000 }, end);
    await expect(now(driver.receipt(1, order.run))).rejects.toMatchObject({ code: 'host-failed' });
    machine.silentUntil = 0;
    injectHostFault(world, machine, { on: 'host', at: 0, host: 'h001', kind: 'replaced', lasts: null }, end);
    expect(await now(driver.receipt(1, order.run))).toBeUndefined();
  });
});
