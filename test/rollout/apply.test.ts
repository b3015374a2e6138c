import { describe, expect, it } from 'vitest';
import type { Component } from '../../src/domain/component.ts';
import { commitId } from '../support/builders/evidence.ts';
import { component, type FakePackage, fakeHost, shaOf } from '../support/fakes/host-driver.ts';
import {
  applyOnce,
  baselineOf,
  entryOf,
  evidenceIn,
  hold,
  hostIn,
  keyOf,
  lockOf,
  MERGE,
  merged,
  pass,
  ringOf,
  statesOf,
  type World,
  worldOf,
} from './world.ts';

const APP: FakePackage = { name: 'app', version: '1.1' };
const LOCK = lockOf({ [keyOf('app')]: entryOf(APP) });
const web = (asset: string, catalogue: readonly FakePackage[] = [APP], ...more: readonly Component[]) =>
  fakeHost(asset, [component('app', '1.0'), ...more], catalogue);
const typesIn = async (world: World) => (await evidenceIn(world)).map((e) => e.type);
const effectsIn = async (world: World) => (await evidenceIn(world)).filter((e) => e.type === 'effect');

describe('one host', () => {
  it('is patched, verified, recorded and proven, and then has nothing to do', async () => {
    const world = worldOf(web('web-1'));
    const ring = ringOf(LOCK, ['web-1']);
    expect(await applyOnce(world, [ring])).toMatchObject({
      busy: null,
      rings: [{ state: 'proven', code: null, generation: 1 }],
      hosts: [{ asset: 'web-1', state: 'patched', code: null, packages: ['app 1.0 → 1.1'] }],
    });
    const entries = await evidenceIn(world);
    expect(entries.map((e) => e.type)).toEqual(['merge', 'intent', 'effect', 'verification', 'proven']);
    expect(entries[1]).toMatchObject({
      merge: MERGE,
      lock: merged(LOCK).digest,
      ...{ wave: 0, epoch: 1, try: 1, class: 'debian:12:amd64 · no kernel · role=- · zone=-' },
      packages: [{ from: '1.0', to: '1.1', sha256: shaOf(APP) }],
    });
    expect(statesOf(await applyOnce(world, [ring]))).toEqual(['web-1 patched']);
    expect(await evidenceIn(world)).toHaveLength(5);
    expect(world.hosts[0]?.postinst).toEqual(['app 1.1']);
  });

  it('carries the whole order: probes, soak, window, way back', async () => {
    const probe = { id: 'web', kind: 'tcp', port: 80 } as const;
    const baseline = baselineOf({ verify: { soakSeconds: 5, probes: [probe] }, rollback: 'snapshot' });
    const before = { version: '1.0', sha256: shaOf({ name: 'app', version: '1.0' }), size: 7 };
    const lock = lockOf({ [keyOf('app')]: entryOf(APP, { predecessors: [before] }) });
    const world = worldOf(web('web-1', [APP, { name: 'app', version: '1.0' }]));
    const steps: string[] = [];
    await applyOnce(world, [ringOf(lock, ['web-1'], { baseline }, { bake: { minutes: 2 } })], {
      step: (p) => void steps.push(p),
    });
    const [run] = [...(world.hosts[0]?.runs.values() ?? [])];
    expect(run?.order).toMatchObject({
      ...{ family: 'deb', restore: 'snapshot', reboot: 'if-required', soakSeconds: 5, watchSeconds: 1020 },
      probes: [probe],
      packages: [{ name: 'app', from: '1.0', version: '1.1', downgrade: false, fresh: false }],
      predecessors: [{ name: 'app', arch: 'all', ...before }],
      startBefore: '2024-10-24T12:15:00Z',
    });
    // The new file and the way back are there before anything is announced.
    expect(steps.slice(0, steps.indexOf('before intent')).filter((p) => p === 'staged app')).toHaveLength(2);
  });

  it.each([
    [
      'altered bytes',
      'digest-mismatch',
      (w: World): unknown => w.artifacts.set(shaOf(APP), new Uint8Array(3)),
    ],
    ['missing bytes', 'bytes-missing', (w: World): unknown => w.artifacts.clear()],
    [
      'too little room',
      'host-failed',
      (w: World): unknown => Object.assign(hostIn(w, 'web-1'), { free: 1 << 20 }),
    ],
    [
      'no way back',
      'host-failed',
      (w: World): unknown => Object.assign(hostIn(w, 'web-1'), { restore: ['package'] }),
    ],
    [
      'bytes that the host itself found bad',
      'host-failed',
      (w: World): unknown => hostIn(w, 'web-1').quarantined.add(shaOf(APP)),
    ],
  ] as const)('with %s is refused, and nothing is announced or touched', async (_name, code, change) => {
    const world = worldOf(web('web-1'));
    change(world);
    expect(await applyOnce(world, [ringOf(LOCK, ['web-1'])])).toMatchObject({
      rings: [{ state: 'nothing' }],
      hosts: [{ state: 'refused', code }],
    });
    expect(hostIn(world, 'web-1').postinst).toEqual([]);
    expect(await typesIn(world)).toEqual(['merge']);
  });

  it.each([
    ['a hold', { holds: [hold('app', '1.1')] }, 'refused'],
    ['a reason not to touch the ring', { refusal: { code: 'refused', reason: 'no' } }, 'due'],
  ] as const)('is refused because of %s', async (_name, over, state) => {
    const world = worldOf(web('web-1'));
    expect(await applyOnce(world, [ringOf(LOCK, ['web-1'], over)])).toMatchObject({
      hosts: [{ state, code: 'refused' }],
    });
    expect(world.hosts[0]?.postinst).toEqual([]);
  });

  it('gets a dependency that its package manager asks for, if the lock has it, else stops with what it needs', async () => {
    const app = { ...APP, needs: ['lib'] };
    const lib = { name: 'lib', version: '1' };
    const alone = worldOf(web('web-1', [app]));
    expect(await applyOnce(alone, [ringOf(LOCK, ['web-1'])])).toMatchObject({
      hosts: [{ state: 'refused', reason: 'needs: lib' }],
    });
    const lock = lockOf({
      [keyOf('app')]: entryOf(APP),
      [keyOf('lib')]: entryOf(lib, { role: 'dependency', approvedBy: 'dependency-of:other' }),
    });
    const world = worldOf(web('web-1', [app, lib]));
    expect(statesOf(await applyOnce(world, [ringOf(lock, ['web-1'])]))).toEqual(['web-1 patched']);
    expect(world.hosts[0]?.postinst).toEqual(['app 1.1', 'lib 1']);
  });

  it('is tried three times when nothing was changed, with longer waits, and then only by another lock', async () => {
    const fixed = { name: 'app', version: '1.2' };
    const world = worldOf(web('web-1', [APP, fixed]));
    hostIn(world, 'web-1').precheck = 'dpkg is locked';
    const ring = ringOf(LOCK, ['web-1']);
    for (const [tries, minutes] of [
      [1, 4],
      [1, 2],
      [2, 9],
      [2, 2],
      [3, 60],
      [3, 60],
    ] as const) {
      await applyOnce(world, [ring]);
      expect(await effectsIn(world)).toHaveLength(tries);
      pass(world, minutes);
    }
    const result = await applyOnce(world, [ring]);
    expect(result).toMatchObject({ hosts: [{ state: 'failed', code: 'halted' }] });
    expect(result.hosts[0]?.reason).toContain('given up after 3 tries');
    expect(await typesIn(world)).not.toContain('halt');
    hostIn(world, 'web-1').precheck = null;
    const next = ringOf(lockOf({ [keyOf('app')]: entryOf(fixed) }, { generation: 2 }), ['web-1']);
    world.earlier.push(ring.target);
    expect(statesOf(await applyOnce(world, [next]))).toEqual(['web-1 patched']);
  });

  it('gets 2,000 packages at once: its intent has as many entries as it takes, in one append', async () => {
    const many = Array.from(
      { length: 2000 },
      (_, i): FakePackage => ({ name: `package-${i}`, version: '1.1' }),
    );
    const host = fakeHost(
      'web-1',
      many.map((p) => component(p.name, '1.0')),
      many,
    );
    const lock = lockOf(Object.fromEntries(many.map((p) => [keyOf(p.name), entryOf(p)])));
    const world = worldOf(host);
    const steps: string[] = [];
    const result = await applyOnce(world, [ringOf(lock, ['web-1'])], { step: (p) => void steps.push(p) });
    expect(result).toMatchObject({ hosts: [{ state: 'patched' }], rings: [{ state: 'proven' }] });
    expect(result.hosts[0]?.packages).toHaveLength(2000);
    expect(steps.filter((p) => p === 'after intent')).toHaveLength(1);
    const intents = (await evidenceIn(world)).filter((e) => e.type === 'intent');
    expect(intents.length).toBeGreaterThan(4);
    expect(intents.flatMap((e) => e.packages)).toHaveLength(2000);
    expect(intents.map((e) => [e.part, e.parts])).toEqual(intents.map((_, i) => [i + 1, intents.length]));
    expect(statesOf(await applyOnce(world, [ringOf(lock, ['web-1'])]))).toEqual(['web-1 patched']);
  });

  it('finishes what was left half-configured, without any file', async () => {
    const broken = component('other', '1', { state: 'half-configured' });
    const world = worldOf(fakeHost('web-1', [component('app', '1.1'), broken]));
    expect(statesOf(await applyOnce(world, [ringOf(LOCK, ['web-1'])]))).toEqual(['web-1 patched']);
    expect((await evidenceIn(world))[1]).toMatchObject({ type: 'intent', packages: [] });
  });

  it('is left alone where it is ahead, or holds a package itself', async () => {
    const world = worldOf(
      fakeHost('web-1', [component('app', '2.0')], [APP]),
      fakeHost('web-2', [component('app', '1.0', { held: true })], [APP]),
    );
    expect(await applyOnce(world, [ringOf(LOCK, ['web-1', 'web-2'])])).toMatchObject({
      hosts: [{ state: 'equal' }, { state: 'untouched', reason: 'held by the host itself: app' }],
    });
    expect(await typesIn(world)).toEqual(['merge']);
  });

  it('goes down only to what the lock says it comes from', async () => {
    const back = lockOf({ [keyOf('app')]: entryOf(APP, { downgradeFrom: '1.2' }) });
    const world = worldOf(
      fakeHost('web-1', [component('app', '1.2')], [APP]),
      fakeHost('web-2', [component('app', '1.3')], [APP]),
    );
    expect(statesOf(await applyOnce(world, [ringOf(back, ['web-1', 'web-2'])]))).toEqual([
      'web-1 patched',
      'web-2 equal',
    ]);
  });

  it('without a driver is refused, and one that is silent is unknown', async () => {
    const world = worldOf(web('web-1'));
    hostIn(world, 'web-1').reachable = false;
    expect(await applyOnce(world, [ringOf(LOCK, ['web-1', 'web-2'])])).toMatchObject({
      hosts: [
        { state: 'unknown', code: 'host-failed' },
        { state: 'refused', code: 'usage' },
      ],
    });
  });
});

describe('a bad version', () => {
  it.each([
    ['breaks in its maintainer script', { broken: true }],
    ['fails its probe while it soaks', { badAfterSeconds: 20 }],
    ['fails its probe while it bakes', { badAfterSeconds: 300 }],
  ] as const)('that %s is stopped at its canary, taken back, and forbidden at once', async (_n, over) => {
    const world = worldOf(...['web-1', 'web-2', 'web-3'].map((a) => web(a, [{ ...APP, ...over }])));
    const ring = ringOf(LOCK, ['web-1', 'web-2', 'web-3'], {}, { bake: { minutes: 30 } });
    let result = await applyOnce(world, [ring]);
    for (let i = 0; i < 4; i += 1) {
      pass(world, 5);
      result = await applyOnce(world, [ring]);
    }
    expect(statesOf(result)).toEqual(['web-1 restored', 'web-2 due', 'web-3 due']);
    expect(result).toMatchObject({
      rings: [{ state: 'halted', code: 'halted' }],
      hosts: [{ code: 'halted' }, { code: 'halted' }, { code: 'halted' }],
    });
    expect(hostIn(world, 'web-1').components.get('app')?.version).toBe('1.0');
    expect(hostIn(world, 'web-2').runs.size).toBe(0);
    const halts = (await evidenceIn(world)).filter((e) => e.type === 'halt');
    expect(halts).toMatchObject([
      { by: 'gate', scope: { kind: 'package', stream: 'debian:12:amd64', package: 'app', version: '1.1' } },
    ]);
  });

  it('has its halt in the same append as its effect, with the measured seconds', async () => {
    const world = worldOf(web('web-1', [{ ...APP, broken: true }]));
    const appends: string[] = [];
    await applyOnce(world, [ringOf(LOCK, ['web-1'])], { step: (p) => void appends.push(p) });
    expect(appends).toContain('after effect+verification+halt');
    expect(await effectsIn(world)).toMatchObject([
      { outcome: 'restored', check: 'maintainer-script', secondsToHealthy: 5 },
    ]);
  });

  it('stops no ring that does not have it, and is not tried on the same host by another lock', async () => {
    const bad = { ...APP, broken: true };
    const other = { name: 'lib', version: '2' };
    const world = worldOf(
      web('web-1', [bad, other], component('lib', '1')),
      fakeHost('web-2', [component('lib', '1')], [other]),
    );
    const clean = lockOf({ [keyOf('lib')]: entryOf(other) }, { ring: 'lab', id: 'lab' });
    const target = merged(clean, commitId('b'));
    const rings = [ringOf(LOCK, ['web-1']), ringOf(clean, ['web-2'], { target })];
    expect(statesOf(await applyOnce(world, rings))).toEqual(['web-1 restored', 'web-2 patched']);
    const again = lockOf({ [keyOf('app')]: entryOf(APP), [keyOf('lib')]: entryOf(other) }, { generation: 2 });
    expect(await applyOnce(world, [ringOf(again, ['web-1'])])).toMatchObject({
      rings: [{ state: 'halted' }],
      hosts: [{ state: 'quarantined', code: 'halted' }],
    });
  });

  it('that cannot be taken back is unrestored, counts against the budget, and is never proven', async () => {
    const world = worldOf(web('web-1', [{ ...APP, broken: true, sticky: true }]));
    expect(await applyOnce(world, [ringOf(LOCK, ['web-1'])])).toMatchObject({
      hosts: [{ state: 'unrestored', code: 'halted' }],
    });
    expect(await typesIn(world)).not.toContain('proven');
  });

  it('whose probe cannot be asked for a while holds, and goes on after unbroken healthy minutes', async () => {
    const world = worldOf(web('web-1', [{ ...APP, unclearForSeconds: 900 }]));
    const ring = ringOf(LOCK, ['web-1'], {}, { bake: { minutes: 10 } });
    await applyOnce(world, [ring]);
    for (const minutes of [11, 4, 9]) {
      pass(world, minutes);
      expect(await applyOnce(world, [ring])).toMatchObject({ rings: [{ state: 'hold' }] });
    }
    pass(world, 1);
    expect(await applyOnce(world, [ring])).toMatchObject({ rings: [{ state: 'proven' }] });
    const health = (await evidenceIn(world)).flatMap((e) => (e.type === 'health' ? [e] : []));
    expect(health.map((e) => e.verdict)).toEqual(['inconclusive', 'good']);
    expect(health.at(-1)?.seconds).toBeGreaterThanOrEqual(600);
    expect(health.at(-1)?.seconds).toBeLessThan(700);
  });

  it('whose samples are no numbers holds: it is neither halted nor proven', async () => {
    const world = worldOf(web('web-1', [{ ...APP, nan: true }]));
    const ring = ringOf(LOCK, ['web-1'], {}, { bake: { minutes: 10 } });
    await applyOnce(world, [ring]);
    pass(world, 11);
    expect(await applyOnce(world, [ring])).toMatchObject({ rings: [{ state: 'hold' }] });
    pass(world, 600);
    expect(await applyOnce(world, [ring])).toMatchObject({ rings: [{ state: 'hold' }] });
    const types = await typesIn(world);
    expect(types.filter((t) => t === 'health')).toHaveLength(1);
    expect(types).not.toContain('proven');
    expect(types).not.toContain('halt');
  });
});
