import { describe, expect, it } from 'vitest';
import type { HostOrder } from '../../src/contracts/generated/host-order.ts';
import type { HostReceipt } from '../../src/contracts/generated/host-receipt.ts';
import type { HostDriver } from '../../src/ports/host-driver.ts';
import { sha256 } from '../../src/util/digest.ts';

/** A host with `pw-app` and `pw-broken` 1.0, to which one can bring 1.1; `pw-broken` 1.1 turns out bad there. */
export interface HostDriverWorld {
  readonly driver: HostDriver;
  /** A new order by each call. */
  readonly good: () => HostOrder;
  readonly bad: () => HostOrder;
  /** One that takes a moment, so that something can come while it is open. */
  readonly slow: () => HostOrder;
  readonly bytes: (sha256: string) => Promise<Uint8Array>;
  /** What is installed, by the host's own word. */
  readonly version: (name: string) => string | undefined;
}

const EPOCH = 7;
const ENDED: readonly HostReceipt['phase'][] = ['kept', 'refused', 'failed', 'restored', 'unrestored'];

/** What every {@link HostDriver} does, whatever is behind it. */
export function hostDriverConformance(name: string, build: () => Promise<HostDriverWorld>): void {
  describe(`HostDriver: ${name}`, () => {
    const stage = async ({ driver, bytes }: HostDriverWorld, order: HostOrder, epoch = EPOCH) => {
      for (const p of [...order.packages, ...order.predecessors])
        await driver.stage(epoch, p, () => bytes(p.sha256));
    };
    const ended = async ({ driver }: HostDriverWorld, run: string) => {
      const until = performance.now() + 90_000;
      for (;;) {
        const receipt = await driver.receipt(EPOCH, run);
        if (receipt?.worker === 'done' && ENDED.includes(receipt.phase)) return receipt;
        if (performance.now() > until) throw new Error(`no end: ${JSON.stringify(receipt)}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    const carryOut = async (world: HostDriverWorld, order: HostOrder) => {
      await stage(world, order);
      await world.driver.begin(order);
      return ended(world, order.run);
    };

    it('raises its fence, and lets nobody with a lower epoch change anything', async () => {
      const world = await build();
      const { driver } = world;
      const order = world.good();
      expect((await driver.status(9)).epoch).toBe(9);
      const [file] = order.packages;
      const lower: readonly (() => Promise<unknown>)[] = [
        () => driver.status(8),
        () => driver.simulate(8, order),
        () => driver.sample(8, order),
        () => driver.begin(order),
        () => driver.receipt(8, order.run),
        () => driver.restore(8, order.run, 'no'),
        () => driver.clean(8),
        ...(file ? [() => driver.stage(8, file, () => world.bytes(file.sha256))] : []),
      ];
      for (const call of lower) await expect(call()).rejects.toMatchObject({ code: 'lease-lost' });
      expect(await driver.peek()).toMatchObject({ epoch: 9, runs: [], staged: [] });
    });

    it('takes only the bytes that were named, as often as they come', async () => {
      const world = await build();
      const order = world.good();
      const [file] = order.packages;
      if (file === undefined) throw new Error('an empty order');
      const other = async () => new Uint8Array(file.size).fill(1);
      await expect(world.driver.stage(EPOCH, file, other)).rejects.toMatchObject({ code: 'digest-mismatch' });
      expect((await world.driver.peek()).staged).toEqual([]);
      await expect(world.driver.simulate(EPOCH, order)).rejects.toMatchObject({ code: 'digest-mismatch' });
      await stage(world, order);
      await stage(world, order);
      expect((await world.driver.peek()).staged).toContain(file.sha256);
      const { installs, removes, needs, problem } = await world.driver.simulate(EPOCH, order);
      expect(installs).toEqual(order.packages.map((p) => `${p.name}=${p.version}`).sort());
      expect([removes, needs, problem]).toEqual([[], [], null]);
      await world.driver.clean(EPOCH);
      expect((await world.driver.peek()).staged).toEqual([]);
    });

    it('carries an order out once, however often it comes', async () => {
      const world = await build();
      const order = world.good();
      expect(await world.driver.receipt(EPOCH, order.run)).toBeUndefined();
      const receipt = await carryOut(world, order);
      expect(receipt).toMatchObject({ phase: 'kept', changed: true, verdict: { kind: 'good' } });
      for (const p of order.packages) expect(world.version(p.name)).toBe(p.version);
      expect(await world.driver.begin(order)).toEqual(receipt);
      const changed = { ...order, soakSeconds: order.soakSeconds + 1 };
      await expect(world.driver.begin(changed)).rejects.toMatchObject({ code: 'refused' });
      expect((await world.driver.peek()).runs).toContain(order.run);
    });

    it('watches until it was healthy for as long as the order asks, and tells for how long', async () => {
      const world = await build();
      const order = { ...world.good(), watchSeconds: 3 };
      const { phase, watch } = await carryOut(world, order);
      expect(phase).toBe('kept');
      const { since, until, samples, healthySeconds } = watch ?? {
        ...{ since: '', until: '', samples: 0, healthySeconds: 0 },
      };
      expect(samples).toBeGreaterThanOrEqual(2);
      expect(healthySeconds).toBeGreaterThanOrEqual(order.watchSeconds);
      // The instants are whole seconds.
      expect(healthySeconds).toBeLessThanOrEqual((Date.parse(until) - Date.parse(since)) / 1000 + 1);
    });

    it('takes a bad one back by itself, and does not try the same bytes again', async () => {
      const world = await build();
      const order = world.bad();
      const receipt = await carryOut(world, order);
      expect(receipt).toMatchObject({ phase: 'restored', verdict: { kind: 'bad' } });
      expect(receipt.verdict?.secondsToHealthy).toBeLessThanOrEqual(90);
      for (const p of order.packages) expect(world.version(p.name)).toBe(p.from ?? undefined);
      const { quarantined } = await world.driver.peek();
      expect(quarantined).toEqual(order.packages.map((p) => p.sha256));
      expect(await world.driver.begin(world.bad())).toMatchObject({
        phase: 'refused',
        verdict: { check: 'order' },
      });
    });

    it('takes a good one back when it is asked', async () => {
      const world = await build();
      const order = world.good();
      await carryOut(world, order);
      await world.driver.restore(EPOCH, order.run, 'halted elsewhere');
      const receipt = await ended(world, order.run);
      expect(receipt).toMatchObject({ phase: 'restored', verdict: { kind: 'good', check: 'order' } });
      for (const p of order.packages) expect(world.version(p.name)).toBe(p.from ?? undefined);
      const unknown = sha256('never heard of');
      await expect(world.driver.restore(EPOCH, unknown, 'no')).rejects.toMatchObject({ code: 'refused' });
    });

    it('does one thing at a time', async () => {
      const world = await build();
      const slow = world.slow();
      await stage(world, slow);
      expect(await world.driver.begin(slow)).toMatchObject({ run: slow.run, worker: 'alive' });
      expect((await world.driver.peek()).open).toBe(slow.run);
      const refused = await world.driver.begin(world.good());
      expect(refused).toMatchObject({ phase: 'refused', worker: 'done', changed: false });
      expect(refused.verdict?.reason).toContain(slow.run);
      expect(await ended(world, slow.run)).toMatchObject({ phase: 'kept' });
      expect((await world.driver.peek()).open).toBeNull();
    });

    it('does not believe a controller whose clock is off', async () => {
      const world = await build();
      const refused = await world.driver.begin({ ...world.good(), now: '2001-01-01T00:00:00Z' });
      expect(refused).toMatchObject({ phase: 'refused', verdict: { kind: 'inconclusive' } });
    });
  });
}
