import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Baseline } from '../../src/contracts/generated/baseline.ts';
import type { Calendar } from '../../src/contracts/generated/calendar.ts';
import { setUpAnsible } from './support/ansible.ts';
import type { Fleet } from './support/fleet.ts';
import { buildFleetPolicy, type FleetPolicy, type FleetPolicyOptions, WEB } from './support/fleet-policy.ts';
import { everInstalled, inFlight, mostAtOnce, receiptsOf } from './support/fleet-receipts.ts';
import { inParallel, waitUntil } from './support/fleet-run.ts';
import { FLEET_TOOLS, type ServiceFleet, startServiceFleet } from './support/fleet-service.ts';
import { type LoadResult, startLoad, startProxy } from './support/haproxy.ts';
import { whyNoMachines } from './support/nspawn.ts';

const why = await whyNoMachines(FLEET_TOOLS);
const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
/** Seconds until 1.4, 1.5 and 1.7 misbehave: after their soak, while the ring bakes. */
const AFTER = 10;
const BAKING = WEB.rings.map((ring) => ({ ...ring, bake: { minutes: 1 } }));

/** Four hours a day from the first full minute that is so far ahead. */
function opensIn(seconds: number): { readonly calendar: Calendar; readonly opens: number } {
  const opens = Math.ceil((Date.now() + seconds * 1000) / 60_000) * 60_000;
  const start = new Date(opens).toISOString().slice(11, 16);
  return {
    opens,
    calendar: {
      apiVersion: 'patchwarden/v1',
      kind: 'Calendar',
      id: 'soon',
      zone: 'UTC',
      windows: [{ id: 'daily', recurrence: 'FREQ=DAILY', start, minutes: 240 }],
    },
  };
}

describe.skipIf(why !== undefined)(
  `twenty-three hosts under Patchwarden${why ? ` (skipped: ${why})` : ''}`,
  () => {
    let rig: ServiceFleet;
    let fleet: Fleet;
    let names: readonly string[];
    let policy: FleetPolicy | undefined;
    /** Hosts that the last test may have left other than it found them. */
    let dirty: readonly string[] = [];
    const secondsToHealthy: number[] = [];

    beforeAll(async () => {
      rig = await startServiceFleet({ debian: 20, dnf: 3, after: AFTER, weight: 4 });
      fleet = rig.fleet;
      names = fleet.hosts.map((h) => h.name);
      await rig.untilServing('1.0');
    });
    afterAll(async () => {
      await rig?.stop();
      const sorted = secondsToHealthy.toSorted((a, b) => a - b);
      console.log(`seconds from first bad sample to healthy: ${sorted.map((s) => s.toFixed(1)).join(' ')}`);
    });
    beforeEach(async () => {
      if (dirty.length > 0) {
        await fleet.reset(dirty);
        await rig.untilServing('1.0', dirty);
      }
      dirty = [];
      return () => policy?.dispose();
    });

    const inRing = (...rings: readonly string[]) =>
      fleet.hosts.filter((h) => rings.includes(h.ring)).map((h) => h.name);

    /** A fresh policy repository over hosts that are offered 1.0 and one more. */
    async function offering(
      version: string,
      baseline: Partial<Baseline> = {},
      options: Pick<FleetPolicyOptions, 'ansible' | 'calendar'> = {},
    ): Promise<FleetPolicy> {
      await rig.repository.offer('1.0', version);
      policy = buildFleetPolicy(rig, { ...options, versions: [version], baseline });
      return policy;
    }

    async function proposedAndMerged(world: FleetPolicy, kind: string, scope: string): Promise<void> {
      const proposed = await world.propose();
      expect(proposed, proposed.stdout + proposed.stderr).toMatchObject({
        code: 0,
        actions: [{ action: 'open', kind, scope }],
      });
      expect(await world.mergeOpen()).toHaveLength(1);
    }

    /** Asks the service behind HAProxy 50 times a second meanwhile. */
    async function underLoad(work: () => Promise<void>): Promise<LoadResult> {
      const proxy = await startProxy(fleet);
      try {
        const load = await startLoad(proxy.url, 50);
        try {
          await work();
        } catch (error) {
          await load.stop();
          throw error;
        }
        return await load.stop();
      } finally {
        await proxy.stop();
      }
    }

    /** Waits until these hosts say of themselves that they went back. */
    const selfRestored = (hosts: readonly string[]) =>
      waitUntil(
        `${hosts.join(', ')} restored themselves`,
        180_000,
        async () => {
          const runs = await inParallel(hosts, 6, (n) => receiptsOf(fleet, n));
          return runs.every((r) => r.map((x) => x.phase).join() === 'restored');
        },
        500,
      );

    /** Whoever applies before the window opens touches nobody. */
    async function nothingBefore(opens: number, world: FleetPolicy): Promise<void> {
      expect(Date.now(), 'a slow machine: the window is open already').toBeLessThan(opens);
      const applied = await world.apply();
      expect(applied, applied.stderr).toMatchObject({ code: 0, rings: [{ state: 'wait' }] });
      for (const name of names) expect(await receiptsOf(fleet, name), name).toEqual([]);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, opens - Date.now()) + 1000));
    }

    /** Every host that ever had the version is back, by itself, in time; nobody else was touched. */
    async function allRestored(version: string, mayBeTouched: readonly string[]): Promise<void> {
      const touched: string[] = [];
      for (const name of names) {
        const receipts = await receiptsOf(fleet, name);
        const had = (await everInstalled(fleet, name)).includes(version);
        expect(had, `${name}: its log and its receipts agree`).toBe(receipts.some((r) => r.changed));
        if (!had) continue;
        touched.push(name);
        expect(
          receipts.map((r) => r.phase),
          name,
        ).toEqual(['restored']);
        const seconds = receipts[0]?.verdict?.secondsToHealthy;
        expect(seconds, name).toBeLessThanOrEqual(90);
        secondsToHealthy.push(seconds ?? Number.NaN);
        expect(await rig.installed(name), name).toBe('1.0');
        expect(await rig.health(name), name).toEqual({ code: 200, version: '1.0' });
      }
      expect(touched.length).toBeGreaterThan(0);
      expect(mayBeTouched).toEqual(expect.arrayContaining(touched));
    }

    it('a good version with a new dependency goes through three rings, and no request fails', async () => {
      dirty = names;
      const { calendar, opens } = opensIn(120);
      const world = await offering('1.2', {}, { calendar });
      const rings = ['canary', 'early', 'main'] as const;
      const from = performance.now();
      const asked = await underLoad(async () => {
        for (const [index, ring] of rings.entries()) {
          await proposedAndMerged(world, index === 0 ? 'remediate' : 'promote', `web/${ring}`);
          if (index === 0) await nothingBefore(opens, world);
          const started = performance.now();
          const applied = await world.apply();
          expect(applied, applied.stderr).toMatchObject({ code: 0 });
          console.log(`apply to ${ring}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
          expect(applied.rings.at(-1)).toMatchObject({ ring, state: 'proven' });
          const done = inRing(...rings.slice(0, index + 1));
          const versions = await inParallel(names, 6, async (n) => [n, await rig.installed(n)] as const);
          expect(versions).toEqual(names.map((n) => [n, done.includes(n) ? '1.2' : '1.0']));
        }
      });
      const seconds = (performance.now() - from) / 1000;
      console.log(
        `clean rollout of 23 hosts in three rings: ${seconds.toFixed(0)} s, ${JSON.stringify(asked)}`,
      );
      expect(asked.failures).toEqual([]);
      for (const name of names) expect(await rig.health(name)).toEqual({ code: 200, version: '1.2' });
      // By the hosts' own clocks, no ring ever had more hosts in flight than its budget.
      for (const { id, budget } of WEB.rings) {
        const runs = await inParallel(inRing(id), 6, (n) => receiptsOf(fleet, n));
        expect(runs.map((r) => r.map((x) => x.phase))).toEqual(runs.map(() => ['kept']));
        const most = mostAtOnce(runs.flat().map(inFlight));
        const early = runs.flat().filter((r) => !(inFlight(r)[0] >= opens));
        console.log(
          `${id}: ${runs.length} hosts, ${most} at once of at most ${budget?.hosts}, ${early.length} outside the window`,
        );
        expect(most, id).toBeLessThanOrEqual(budget?.hosts ?? 0);
        expect(early, id).toEqual([]);
      }
      const verified = await world.run([
        'audit',
        'verify',
        '--trust-anchor',
        world.anchor,
        '--format',
        'json',
      ]);
      expect(verified, verified.stdout).toMatchObject({ code: 0 });
      expect((await world.propose()).actions).toEqual([]);
    }, 1_200_000);

    it.each([
      ['1.3', 'breaks in its script', /scriptlet failed|post-installation script/, {}],
      ['1.4', 'burns CPU', /cores/, { cpu: { sampleSeconds: 20, everySeconds: 1, minSamples: 10 } }],
      ['1.5', 'fails its probe', /probe healthz: answers 500/, {}],
      ['1.7', 'changes a managed file', /page.html is neither/, {}],
    ])(
      '%s %s: stopped at the canary, every touched host restored by itself',
      async (version, _, reason, verify) => {
        const canaries = inRing('canary');
        dirty = canaries;
        const world = await offering(version, { rings: BAKING, verify: { ...WEB.verify, ...verify } });
        await proposedAndMerged(world, 'remediate', 'web/canary');
        // A ring that bakes ends a run early. The host decides alone; whoever runs apply next finds out.
        const first = await world.apply();
        expect(first.code, first.stderr).toBeOneOf([0, 4]);
        await selfRestored(canaries);
        const last = await world.apply();
        expect(last, last.stderr).toMatchObject({ code: 4, rings: [{ ring: 'canary', state: 'halted' }] });
        expect(last.rings[0]?.reason).toMatch(reason);
        await allRestored(version, canaries);
        // Nothing starts any more, and the way back is proposed.
        const runs = () => inParallel(names, 6, async (n) => (await receiptsOf(fleet, n)).map((r) => r.run));
        const before = await runs();
        expect(await world.apply()).toMatchObject({ code: 4, rings: [{ state: 'halted' }] });
        expect(await runs()).toEqual(before);
        expect(await world.propose()).toMatchObject({
          code: 0,
          actions: [{ action: 'open', kind: 'rollback', scope: 'web/canary' }],
        });
        const verified = await world.run([
          'audit',
          'verify',
          '--trust-anchor',
          world.anchor,
          '--format',
          'json',
        ]);
        expect(verified, verified.stdout).toMatchObject({ code: 0 });
      },
    );

    it('1.6, whose bytes are not those of the signed index, never gets as far as a pull request', async () => {
      const world = await offering('1.6');
      const proposed = await world.propose();
      expect(proposed).toMatchObject({ code: 3, actions: [] });
      expect(proposed.stdout).toContain('other bytes');
      expect(await world.apply()).toMatchObject({ code: 0, hosts: [] });
      for (const name of names) expect(await everInstalled(fleet, name), name).toEqual(['1.0']);
    });

    it('the Ansible driver patches the canaries, apt and dnf, and nobody else', async () => {
      const canaries = inRing('canary');
      dirty = canaries;
      const ansible = await setUpAnsible(fleet);
      const good = await offering('1.1', {}, { ansible });
      await proposedAndMerged(good, 'remediate', 'web/canary');
      const applied = await good.apply();
      expect(applied, applied.stderr).toMatchObject({
        code: 0,
        rings: [{ ring: 'canary', state: 'proven' }],
      });
      for (const name of canaries) expect(await rig.installed(name), name).toBe('1.1');
      for (const name of inRing('early', 'main'))
        expect(await everInstalled(fleet, name), name).toEqual(['1.0']);
    });

    it('controller killed and half the network cut right after the install: bad hosts restore themselves', async () => {
      const first = inRing('canary', 'early');
      dirty = first;
      const wide: Partial<Baseline> = {
        // Each host a class of its own: all of them are canaries, in one wave.
        canary: { labels: ['slot'] },
        rings: [
          {
            id: 'wide',
            select: { all: [{ label: 'ring', in: ['canary', 'early'] }] },
            merge: 'human',
            bake: { minutes: 1 },
            budget: { hosts: first.length },
          },
        ],
      };
      const world = await offering('1.5', wide);
      await proposedAndMerged(world, 'remediate', 'web/wide');
      const controller = spawn(process.execPath, [MAIN, 'apply', '--format', 'json', ...world.botArgs], {
        stdio: 'ignore',
      });
      const ended = new Promise((resolve) => controller.once('exit', resolve));
      const away = first.filter((_, i) => i % 2 === 0);
      try {
        const left = new Set(first);
        // Cable by cable, as each has its new version; the controller goes when half of them have.
        await waitUntil('every host has 1.5', 180_000, async () => {
          await inParallel([...left], 6, async (name) => {
            if (!(await everInstalled(fleet, name)).includes('1.5')) return;
            left.delete(name);
            if (away.includes(name)) await fleet.cut(name);
            if (left.size === Math.floor(first.length / 2)) controller.kill('SIGKILL');
          });
          return left.size === 0;
        });
        controller.kill('SIGKILL');
        await ended;
        await selfRestored(first);
      } finally {
        controller.kill('SIGKILL');
        for (const name of away) await fleet.mend(name);
      }
      await allRestored('1.5', first);
      // The next controller waits for the lease of the dead one, and finds out from the receipts.
      let next = await world.apply();
      for (let i = 0; i < 40 && next.busy !== null; i++) {
        await new Promise((resolve) => setTimeout(resolve, 5000));
        next = await world.apply();
      }
      expect(next, next.stderr).toMatchObject({ code: 4, rings: [{ ring: 'wide', state: 'halted' }] });
      for (const name of first) expect(await rig.installed(name)).toBe('1.0');
      const verified = await world.run([
        'audit',
        'verify',
        '--trust-anchor',
        world.anchor,
        '--format',
        'json',
      ]);
      expect(verified, verified.stdout).toMatchObject({ code: 0 });
    }, 900_000);
  },
);
