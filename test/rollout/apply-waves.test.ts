import { describe, expect, it } from 'vitest';
import type { Calendar } from '../../src/contracts/generated/calendar.ts';
import type { EvidenceEntry } from '../../src/contracts/generated/evidence-entry.ts';
import { applyMergedLocks } from '../../src/rollout/apply.ts';
import type { StopEntry } from '../../src/rollout/asked-stops.ts';
import type { RolloutHost } from '../../src/rollout/rollout.ts';
import { commitId, digest } from '../support/builders/evidence.ts';
import { fakeEvidenceLog } from '../support/fakes/evidence-log.ts';
import { component, type FakePackage, fakeHost } from '../support/fakes/host-driver.ts';
import {
  applyOnce,
  baselineOf,
  depsOf,
  entryOf,
  evidenceIn,
  hostIn,
  hostOf,
  keyOf,
  lockOf,
  merged,
  NOON,
  pass,
  ringOf,
  statesOf,
  type World,
  worldOf,
} from './world.ts';

const APP: FakePackage = { name: 'app', version: '1.1' };
const NEXT: FakePackage = { name: 'app', version: '1.2' };
const LOCK = lockOf({ [keyOf('app')]: entryOf(APP) });
const names = (count: number) =>
  Array.from({ length: count }, (_, i) => `web-${String(i + 1).padStart(2, '0')}`);
const worldWith = (count: number, over: Partial<FakePackage> = {}) =>
  worldOf(...names(count).map((a) => fakeHost(a, [component('app', '1.0')], [{ ...APP, ...over }, NEXT])));
const intentsIn = async (world: World) => (await evidenceIn(world)).filter((e) => e.type === 'intent');
const changed = (world: World) => world.hosts.filter((h) => h.runs.size > 0).map((h) => h.asset);

describe('waves', () => {
  it('go from the canary to about twice as many each time, each after the bake of the one before', async () => {
    const world = worldWith(10);
    const ring = ringOf(LOCK, names(10), {}, { waves: 3, bake: { minutes: 20 } });
    const sizes: number[] = [];
    for (let i = 0; i < 4; i += 1) {
      const before = changed(world).length;
      expect(await applyOnce(world, [ring])).toMatchObject({ rings: [{ state: 'bake' }] });
      sizes.push(changed(world).length - before);
      pass(world, 10);
      expect(await applyOnce(world, [ring])).toMatchObject({ rings: [{ state: 'bake' }] });
      pass(world, 11);
    }
    expect(sizes).toEqual([1, 1, 2, 6]);
    expect(await applyOnce(world, [ring])).toMatchObject({ rings: [{ state: 'proven' }] });
    const entries = await evidenceIn(world);
    expect(entries.at(-1)).toMatchObject({ type: 'proven', patched: 10, others: 0, generation: 1 });
    expect(entries.filter((e) => e.type === 'health')).toHaveLength(10);
    expect(new Set((await intentsIn(world)).map((e) => e.plan)).size).toBe(1);
  });

  it('announce all hosts that start in one append, before any of them starts', async () => {
    const world = worldWith(6);
    const steps: string[] = [];
    const ring = ringOf(LOCK, names(6), {}, { waves: 1 });
    await applyOnce(world, [ring], { step: (p) => void steps.push(p) });
    const second = steps.lastIndexOf('after intent');
    expect(steps.filter((p) => p === 'after intent')).toHaveLength(2);
    expect(steps.slice(second).filter((p) => p === 'begin')).toHaveLength(5);
  });

  it('have a canary of every class, also of an untested entry, and say what is not covered', async () => {
    const host = (asset: string, role: string): RolloutHost => hostOf(asset, { labels: { role } });
    const hosts = [host('web-01', 'web'), host('web-02', 'web'), host('web-03', 'db'), host('web-04', 'db')];
    const lock = lockOf({
      [keyOf('app')]: entryOf(APP),
      [keyOf('lib')]: entryOf({ name: 'lib', version: '2' }, { untested: true }),
    });
    const world = worldWith(4);
    hostIn(world, 'web-04').components.set('lib', component('lib', '1'));
    for (const h of world.hosts) h.catalogue.push({ name: 'lib', version: '2' });
    world.artifacts.set(lock.entries[keyOf('lib')]?.sha256 ?? '', new TextEncoder().encode('lib 2'));
    await applyOnce(world, [ringOf(lock, hosts, {}, { bake: { minutes: 60 } })]);
    expect(changed(world)).toEqual(['web-01', 'web-04']);
    const held = worldWith(4);
    hostIn(held, 'web-04').components.set('lib', component('lib', '1'));
    const result = await applyOnce(held, [
      ringOf(lock, hosts, {}, { untested: 'hold', bake: { minutes: 60 } }),
    ]);
    expect(result.hosts.find((h) => h.asset === 'web-04')).toMatchObject({ state: 'refused' });
  });

  it('of the expedited lane bake for a shorter time, still ring after ring', async () => {
    const world = worldWith(2);
    const second = lockOf(LOCK.entries, { ring: 'second', id: 'second' });
    const rings = [
      ringOf(LOCK, ['web-01'], {}, { bake: { minutes: 600 } }),
      ringOf(second, ['web-02'], {}, { bake: { minutes: 600 } }),
    ];
    const run = () =>
      applyMergedLocks(depsOf(world), {
        holder: `c-${world.at}`,
        authority: [expedited(rings.map((r) => r.target.digest))],
        rings,
        parallel: 2,
        patienceMs: 60_000,
      });
    expect(await run()).toMatchObject({
      rings: [{ state: 'bake' }, { state: 'wait', reason: 'ring prod goes first' }],
    });
    pass(world, 16);
    expect(await run()).toMatchObject({ rings: [{ state: 'proven' }, { state: 'bake' }] });
    pass(world, 16);
    expect(await run()).toMatchObject({ rings: [{ state: 'proven' }, { state: 'proven' }] });
  });
});

const expedited = (locks: readonly string[]): EvidenceEntry => ({
  apiVersion: 'patchwarden/v1',
  type: 'merge',
  time: NOON,
  commit: commitId('a'),
  pull: 1,
  kind: 'expedited',
  scope: 'servers',
  contentDigest: digest('c'),
  approvals: [],
  merger: 'mia',
  locks: [...locks],
});

describe('budgets', () => {
  it('of ring and failure domain bind together, over a crash and with silent hosts', async () => {
    const hosts = names(6).map((asset, i) => hostOf(asset, { labels: { zone: i < 3 ? 'a' : 'b' } }));
    const baseline = baselineOf({ domains: [{ label: 'zone', minHealthy: 2 }], canary: { labels: [] } });
    const ring = ringOf(LOCK, hosts, { baseline }, { waves: 1, budget: { percent: 50 } });
    const world = worldWith(6);
    await applyOnce(world, [ring], { patienceMs: 0 });
    expect(changed(world)).toEqual(['web-01']);
    // It disappears in the middle; the next controller knows it only from the evidence.
    hostIn(world, 'web-01').reachable = false;
    pass(world, 60);
    expect(await applyOnce(world, [ring], { patienceMs: 0 })).toMatchObject({ rings: [{ state: 'poll' }] });
    expect(changed(world)).toEqual(['web-01']);
    hostIn(world, 'web-01').reachable = true;
    pass(world, 4);
    await applyOnce(world, [ring], { patienceMs: 0 });
    // One of each zone, and no third although the ring would allow it.
    expect(changed(world)).toEqual(['web-01', 'web-02', 'web-04']);
    hostIn(world, 'web-05').reachable = false;
    pass(world, 4);
    await applyOnce(world, [ring], { patienceMs: 0 });
    expect(changed(world)).toEqual(['web-01', 'web-02', 'web-03', 'web-04']);
    hostIn(world, 'web-05').reachable = true;
    for (let i = 0; i < 4; i += 1) {
      pass(world, 4);
      await applyOnce(world, [ring]);
    }
    expect(statesOf(await applyOnce(world, [ring]))).toEqual(names(6).map((a) => `${a} patched`));
  });

  it('of a failure domain count hosts of rings without a lock: well they keep its quorum, silent they use it up', async () => {
    const [one, two, three] = names(3).map((asset) => hostOf(asset, { labels: { zone: 'a' } }));
    const baseline = baselineOf({ domains: [{ label: 'zone', minHealthy: 2 }], canary: { labels: [] } });
    const bystanders = [two, three].filter((h) => h !== undefined);
    const ring = ringOf(LOCK, one ? [one] : [], { baseline, bystanders });
    const world = worldWith(3);
    hostIn(world, 'web-03').reachable = false;
    expect(await applyOnce(world, [ring])).toMatchObject({
      rings: [{ state: 'wait', reason: expect.stringContaining('budget of zone=a: 1 of at most 1') }],
    });
    // Silent since before the last scan: nobody counted on it.
    const known = { ...ring, bystanders: bystanders.map((h) => ({ ...h, known: h.asset !== 'web-03' })) };
    expect(await applyOnce(world, [known])).toMatchObject({ rings: [{ state: 'proven' }] });
    expect(changed(world)).toEqual(['web-01']);
  });
});

describe('windows', () => {
  const calendar: Calendar = {
    apiVersion: 'patchwarden/v1',
    kind: 'Calendar',
    id: 'nights',
    zone: 'UTC',
    windows: [{ id: 'night', recurrence: 'FREQ=DAILY', start: '13:00', minutes: 60 }],
  };
  const baseline = baselineOf({
    calendar: 'nights',
    reboot: 'never',
    rollback: 'none',
    verify: { soakSeconds: 30 },
  });

  it('are waited for, end with time left for the way back, and the wave goes on in the next', async () => {
    const world = worldWith(3);
    const ring = ringOf(LOCK, names(3), { baseline, calendar }, { waves: 1, budget: { hosts: 1 } });
    expect(await applyOnce(world, [ring])).toMatchObject({
      rings: [{ state: 'wait', until: '2024-10-24T13:00:00Z' }],
    });
    // The files are there before the window opens.
    expect(world.hosts.map((h) => h.staged.size)).toEqual([1, 0, 0]);
    pass(world, 60);
    await applyOnce(world, [ring], { patienceMs: 45_000 });
    expect(changed(world)).toEqual(['web-01', 'web-02']);
    const [run] = [...hostIn(world, 'web-01').runs.values()];
    // A host needs 900 + 30 + 90 seconds.
    expect(run?.order.startBefore).toBe('2024-10-24T13:15:00Z');
    pass(world, 43);
    expect(await applyOnce(world, [ring])).toMatchObject({
      rings: [{ state: 'wait', until: '2024-10-25T13:00:00Z' }],
    });
    expect(changed(world)).toHaveLength(2);
    world.at = Date.parse('2024-10-25T13:00:01Z');
    expect(await applyOnce(world, [ring])).toMatchObject({ rings: [{ state: 'proven' }] });
  });

  it('that close while hosts are made ready start nobody', async () => {
    const world = worldWith(1);
    pass(world, 60 + 42);
    const step = (p: string) => {
      if (p.startsWith('staged')) pass(world, 2);
    };
    const ring = ringOf(LOCK, names(1), { baseline, calendar });
    expect(await applyOnce(world, [ring], { step })).toMatchObject({ rings: [{ state: 'wait' }] });
    expect(await intentsIn(world)).toEqual([]);
  });
});

const stop = (id: string, scope: object): EvidenceEntry =>
  ({
    apiVersion: 'patchwarden/v1',
    type: 'halt',
    time: NOON,
    id: digest(id),
    scope,
    reason: 'wait',
    by: 'person:ola',
  }) as EvidenceEntry;
const lift = (id: string): EvidenceEntry => ({
  apiVersion: 'patchwarden/v1',
  type: 'lift',
  time: NOON,
  halt: digest(id),
  reason: 'go on',
  by: 'person:ola',
});

describe('a stop', () => {
  it.each([
    ['everything', { kind: 'all' }],
    ['the baseline', { kind: 'ring', baseline: 'servers', ring: null }],
    ['the ring', { kind: 'ring', baseline: 'servers', ring: 'prod' }],
    ['the version', { kind: 'package', stream: 'debian:12:amd64', package: 'app', version: '1.1' }],
  ] as const)(
    'of %s by a person is seen before every start; hosts under way end, and a lift goes on',
    async (_n, scope) => {
      const world = worldWith(4);
      const ring = ringOf(LOCK, names(4), {}, { waves: 1 });
      let begun = 0;
      const step = (p: string) => {
        if (p === 'begun') begun += 1;
        // After the second start somebody stops, while the others of the wave are announced already.
        if (p === 'begun' && begun === 2) void fakeEvidenceLog(world.shared).append([stop('d', scope)]);
      };
      const options = { step, patienceMs: 60_000 };
      const result = await applyMergedLocks(depsOf(world, step), {
        ...{ holder: 'c1', authority: [], rings: [ring], parallel: 1, patienceMs: options.patienceMs },
      });
      expect(result).toMatchObject({ rings: [{ state: 'halted', code: 'halted' }] });
      expect(changed(world)).toEqual(['web-01', 'web-02']);
      const effects = (await evidenceIn(world)).filter((e) => e.type === 'effect');
      expect(effects.filter((e) => e.outcome === 'refused')).toHaveLength(2);
      expect(effects.filter((e) => e.outcome === 'installed')).toHaveLength(2);
      await fakeEvidenceLog(world.shared).append([lift('d')]);
      pass(world, 4);
      expect(statesOf(await applyOnce(world, [ring]))).toEqual(names(4).map((a) => `${a} patched`));
    },
  );

  it('beside the log is entered into it and obeyed before the next start, and its lift too', async () => {
    const world = worldWith(3);
    const ring = ringOf(LOCK, names(3), {}, { waves: 1 });
    const beside: StopEntry[] = [];
    let begun = 0;
    const step = (p: string) => {
      if (p === 'begun' && (begun += 1) === 1) beside.push(stop('d', { kind: 'all' }) as StopEntry);
    };
    const run = () =>
      applyMergedLocks(
        { ...depsOf(world, step), stopsAsked: async () => beside },
        { holder: `c${world.at}`, authority: [], rings: [ring], parallel: 1, patienceMs: 60_000 },
      );
    expect(await run()).toMatchObject({ rings: [{ state: 'halted' }] });
    expect(changed(world)).toEqual(['web-01']);
    beside.push(lift('d') as StopEntry);
    pass(world, 4);
    expect(statesOf(await run())).toEqual(names(3).map((a) => `${a} patched`));
    const types = (await evidenceIn(world)).map((e) => e.type);
    expect(types.filter((t) => t === 'halt' || t === 'lift')).toEqual(['halt', 'lift']);
  });

  it('that comes while hosts are made ready announces nobody', async () => {
    const world = worldWith(1);
    const step = (p: string) => {
      if (p.startsWith('staged')) void fakeEvidenceLog(world.shared).append([stop('d', { kind: 'all' })]);
    };
    expect(await applyOnce(world, [ringOf(LOCK, names(1))], { step })).toMatchObject({
      rings: [{ state: 'halted' }],
    });
    expect(await intentsIn(world)).toEqual([]);
  });

  it('that is not believed stops nobody, and a lift that is not believed lifts nothing', async () => {
    const world = worldWith(1);
    await fakeEvidenceLog(world.shared).append([stop('d', { kind: 'all' }), lift('d')]);
    const run = (believe: (type: string) => boolean) =>
      applyMergedLocks(
        { ...depsOf(world), believe: async (e) => believe(e.type) },
        { holder: 'c', authority: [], rings: [ringOf(LOCK, names(1))], parallel: 1, patienceMs: 60_000 },
      );
    expect(await run((type) => type === 'halt')).toMatchObject({ rings: [{ state: 'halted' }] });
    expect(await run(() => false)).toMatchObject({ rings: [{ state: 'proven' }] });
  });
});

describe('two controllers', () => {
  it('one works, the other is told who', async () => {
    const world = worldWith(2);
    const ring = ringOf(LOCK, names(2));
    const [a, b] = await Promise.all([
      applyOnce(world, [ring], { holder: 'a' }),
      applyOnce(world, [ring], { holder: 'b' }),
    ]);
    expect([a.busy, b.busy].filter((x) => x === null)).toHaveLength(1);
    expect(world.hosts.map((h) => h.postinst)).toEqual([['app 1.1'], ['app 1.1']]);
  });

  it('one that slept through its lease stops at once and starts nobody', async () => {
    const world = worldWith(2);
    const ring = ringOf(LOCK, names(2), {}, { waves: 1 });
    let slept = false;
    const step = async (p: string) => {
      if (slept || !p.startsWith('staged')) return;
      slept = true;
      pass(world, 10);
    };
    const sleeper = applyOnce(world, [ring], { holder: 'sleeper', step: (p) => void step(p) });
    const rival = (async () => {
      while (!slept) await Promise.resolve();
      return applyOnce(world, [ring], { holder: 'rival' });
    })();
    const [first, second] = await Promise.allSettled([sleeper, rival]);
    expect(first).toMatchObject({ status: 'rejected', reason: { code: 'lease-lost' } });
    expect(second).toMatchObject({ status: 'fulfilled', value: { rings: [{ state: 'proven' }] } });
    for (const h of world.hosts) expect(h.postinst).toEqual(['app 1.1']);
    expect((await intentsIn(world)).every((e) => e.epoch === 2)).toBe(true);
  });
});

describe('generations', () => {
  it('a newer lock waits for the one in flight, which it then follows', async () => {
    const world = worldWith(3);
    const ring = ringOf(LOCK, names(3), {}, { waves: 1, bake: { minutes: 10 } });
    await applyOnce(world, [ring]);
    const newer = lockOf({ [keyOf('app')]: entryOf(NEXT) }, { generation: 2 });
    world.earlier.push(ring.target);
    const next = ringOf(newer, names(3), { target: merged(newer, commitId('b')) }, ring.ring);
    for (let i = 0; i < 2; i += 1) {
      expect(await applyOnce(world, [next])).toMatchObject({ rings: [{ generation: 1, state: 'bake' }] });
      pass(world, 11);
    }
    await applyOnce(world, [next]);
    expect((await evidenceIn(world)).find((e) => e.type === 'proven')).toMatchObject({
      generation: 1,
      patched: 3,
    });
    for (let i = 0; i < 3; i += 1) {
      pass(world, 11);
      await applyOnce(world, [next]);
    }
    expect(world.hosts.map((h) => h.postinst)).toEqual(names(3).map(() => ['app 1.1', 'app 1.2']));
  });

  it('a newer lock does not wait for one that was halted', async () => {
    const world = worldWith(2, { broken: true });
    const ring = ringOf(LOCK, names(2));
    await applyOnce(world, [ring]);
    world.earlier.push(ring.target);
    const newer = lockOf({ [keyOf('app')]: entryOf(NEXT) }, { generation: 2 });
    const next = ringOf(newer, names(2), { target: merged(newer, commitId('b')) });
    expect(await applyOnce(world, [next])).toMatchObject({ rings: [{ generation: 2, state: 'proven' }] });
  });

  it('what a newer one followed is over, also when its halt is lifted', async () => {
    const world = worldWith(2);
    const ring = ringOf(LOCK, names(2), {}, { waves: 1, bake: { minutes: 10 } });
    await applyOnce(world, [ring]);
    const bad = { kind: 'package', stream: 'debian:12:amd64', package: 'app', version: '1.1' };
    await fakeEvidenceLog(world.shared).append([stop('d', bad)]);
    world.earlier.push(ring.target);
    const newer = lockOf({ [keyOf('app')]: entryOf(NEXT) }, { generation: 2 });
    const next = ringOf(newer, names(2), { target: merged(newer, commitId('b')) }, ring.ring);
    pass(world, 4);
    expect(await applyOnce(world, [next])).toMatchObject({ rings: [{ generation: 2, state: 'bake' }] });
    await fakeEvidenceLog(world.shared).append([lift('d')]);
    for (let i = 0; i < 2; i += 1) {
      pass(world, 11);
      await applyOnce(world, [next]);
    }
    pass(world, 11);
    expect(await applyOnce(world, [next])).toMatchObject({ rings: [{ generation: 2, state: 'proven' }] });
    expect(hostIn(world, 'web-02').postinst).toEqual(['app 1.2']);
  });

  it('joining hosts get the proven one while a newer is in flight, keep what they have newer, and wait with the newer', async () => {
    const world = worldWith(5);
    const first = ringOf(LOCK, ['web-01', 'web-02']);
    await applyOnce(world, [first]);
    world.earlier.push(first.target);
    const LIB: FakePackage = { name: 'lib', version: '2' };
    const newer = lockOf({ [keyOf('app')]: entryOf(NEXT), [keyOf('lib')]: entryOf(LIB) }, { generation: 2 });
    world.artifacts.set(newer.entries[keyOf('lib')]?.sha256 ?? '', new TextEncoder().encode('lib 2'));
    const target = merged(newer, commitId('b'));
    const of = (hosts: readonly string[]) =>
      ringOf(newer, hosts, { target }, { waves: 1, bake: { minutes: 30 }, budget: { hosts: 2 } });
    expect(await applyOnce(world, [of(['web-01', 'web-02'])])).toMatchObject({
      rings: [{ generation: 2, state: 'bake' }],
    });
    // Three join: one is behind, one is silent, one has a newer version than even the lock in flight.
    hostIn(world, 'web-04').reachable = false;
    hostIn(world, 'web-05').components.set('app', component('app', '1.3'));
    pass(world, 4);
    const result = await applyOnce(world, [of(names(5))]);
    expect(result).toMatchObject({ rings: [{ generation: 2, state: 'bake' }] });
    expect(world.hosts.map((h) => h.postinst)).toEqual([
      ['app 1.1', 'app 1.2'],
      ['app 1.1'],
      ['app 1.1'],
      [],
      [],
    ]);
    const join = (await intentsIn(world)).at(-1);
    expect(join).toMatchObject({ asset: 'web-03', lock: first.target.digest, merge: first.target.merge });
    expect(join?.wave).toBeGreaterThan(0);
    // It has no part in the experiment before the wave of everybody; the silent one joins when it is back.
    hostIn(world, 'web-04').reachable = true;
    pass(world, 4);
    await applyOnce(world, [of(names(5))]);
    expect(hostIn(world, 'web-04').postinst).toEqual(['app 1.1']);
    for (let i = 0; i < 8; i += 1) {
      pass(world, 31);
      await applyOnce(world, [of(names(5))]);
    }
    expect(world.hosts.map((h) => h.components.get('app')?.version)).toEqual([
      '1.2',
      '1.2',
      '1.2',
      '1.2',
      '1.3',
    ]);
    expect((await evidenceIn(world)).filter((e) => e.type === 'proven').map((e) => e.generation)).toEqual([
      1, 2,
    ]);
  });

  it('joining hosts do not get a proven one that is halted by now: what is in flight is the way on', async () => {
    const world = worldWith(3);
    const first = ringOf(LOCK, ['web-01']);
    await applyOnce(world, [first]);
    world.earlier.push(first.target);
    const bad = { kind: 'package', stream: 'debian:12:amd64', package: 'app', version: '1.1' };
    await fakeEvidenceLog(world.shared).append([stop('d', bad)]);
    const target = merged(lockOf({ [keyOf('app')]: entryOf(NEXT) }, { generation: 2 }), commitId('b'));
    await applyOnce(world, [ringOf(target.lock, names(3), { target }, { waves: 1 })]);
    expect(world.hosts.map((h) => h.postinst)).toEqual([['app 1.1', 'app 1.2'], ['app 1.2'], ['app 1.2']]);
  });

  it('joining hosts get the proven one at once, within budget', async () => {
    const world = worldWith(4);
    await applyOnce(world, [ringOf(LOCK, ['web-01'])]);
    const ring = ringOf(LOCK, names(4), {}, { budget: { hosts: 2 }, bake: { minutes: 60 } });
    await applyOnce(world, [ring], { patienceMs: 0 });
    expect(changed(world)).toEqual(['web-01', 'web-02', 'web-03']);
    expect(statesOf(await applyOnce(world, [ring]))).toEqual(names(4).map((a) => `${a} patched`));
    expect((await evidenceIn(world)).filter((e) => e.type === 'proven')).toHaveLength(1);
  });
});
