import { describe, expect, it } from 'vitest';
import type { Component, HostObservation } from '../../src/domain/component.ts';
import { PatchwardenError } from '../../src/domain/errors.ts';
import { applyMergedLocks, planMergedLocks } from '../../src/rollout/apply.ts';
import { mergeEntry } from '../support/builders/evidence.ts';
import { fakeEvidenceLog } from '../support/fakes/evidence-log.ts';
import { component, type FakePackage, fakeHost, shaOf } from '../support/fakes/host-driver.ts';
import {
  applyOnce,
  depsOf,
  entryOf,
  evidenceIn,
  hold,
  keyOf,
  lockOf,
  MERGE,
  merged,
  targetOf,
  worldOf,
} from './world.ts';

const APP: FakePackage = { name: 'app', version: '1.1' };
const LOCK = lockOf({ [keyOf('app')]: entryOf(APP) });
const web = (asset: string, catalogue: readonly FakePackage[] = [APP], ...more: readonly Component[]) =>
  fakeHost(asset, [component('app', '1.0'), ...more], catalogue);

describe('applyMergedLocks', () => {
  it('patches, verifies, records, and then has nothing to do', async () => {
    const world = worldOf(web('web-1'));
    expect(await applyOnce(world, [targetOf('web-1', LOCK)])).toMatchObject([
      { asset: 'web-1', state: 'patched', code: null, packages: ['app 1.0 → 1.1'] },
    ]);
    const entries = await evidenceIn(world);
    expect(entries.map((e) => e.type)).toEqual(['merge', 'intent', 'effect', 'verification']);
    expect(entries[1]).toMatchObject({
      merge: MERGE,
      lock: merged(LOCK).digest,
      packages: [{ from: '1.0', to: '1.1', sha256: shaOf(APP) }],
    });
    expect(await applyOnce(world, [targetOf('web-1', LOCK)])).toMatchObject([{ state: 'equal' }]);
    expect(await evidenceIn(world)).toHaveLength(4);
  });

  it('refuses altered bytes, missing bytes and bytes of another size, and touches nothing', async () => {
    const bad = async (change: (world: ReturnType<typeof worldOf>) => void, lock = LOCK) => {
      const world = worldOf(web('web-1'));
      change(world);
      const [outcome] = await applyOnce(world, [targetOf('web-1', lock)]);
      expect(world.hosts[0]?.components.get('app')?.version).toBe('1.0');
      expect((await evidenceIn(world)).map((e) => e.type)).toEqual(['merge']);
      return outcome;
    };
    expect(await bad((w) => w.artifacts.set(shaOf(APP), new Uint8Array(3)))).toMatchObject({
      state: 'refused',
      code: 'digest-mismatch',
    });
    expect(await bad((w) => w.artifacts.clear())).toMatchObject({
      state: 'refused',
      code: 'bytes-missing',
      reason: expect.stringContaining('app 1.1'),
    });
    const size = lockOf({ [keyOf('app')]: entryOf(APP, { size: 1 }) });
    expect(await bad(() => undefined, size)).toMatchObject({ state: 'refused', code: 'digest-mismatch' });
  });

  it('records a file that was altered after it was staged as refused', async () => {
    const world = worldOf(web('web-1'));
    const tamper = (point: string) => {
      if (point === 'before journal') world.hosts[0]?.staged.set(shaOf(APP), new Uint8Array(1));
    };
    expect(await applyOnce(world, [targetOf('web-1', LOCK)], tamper)).toMatchObject([
      { state: 'refused', code: 'digest-mismatch' },
    ]);
    expect((await evidenceIn(world)).at(-1)).toMatchObject({ type: 'effect', outcome: 'refused' });
    expect(world.hosts[0]?.postinst).toEqual([]);
    expect(await applyOnce(world, [targetOf('web-1', LOCK)])).toMatchObject([{ state: 'patched' }]);
  });

  it('says how much room is missing', async () => {
    const world = worldOf(web('web-1'));
    Object.assign(world.hosts[0] ?? {}, { free: 1 << 20 });
    expect(await applyOnce(world, [targetOf('web-1', LOCK)])).toMatchObject([
      {
        state: 'unknown',
        code: 'host-failed',
        reason: expect.stringContaining('1 MiB free, and 33 MiB are needed'),
      },
    ]);
  });

  it('stops a host with what its package manager needs beyond the lock', async () => {
    const app = { ...APP, needs: ['lib'] };
    const world = worldOf(web('web-1', [app]));
    expect(await applyOnce(world, [targetOf('web-1', LOCK)])).toMatchObject([
      { state: 'refused', code: 'host-failed', reason: 'needs: lib' },
    ]);
    expect(world.hosts[0]?.staged.size).toBe(0);
  });

  it('starts no further host with a lock that failed, and goes on with others', async () => {
    const broken = { ...APP, broken: true };
    const other = lockOf({ [keyOf('app')]: entryOf(APP) }, { ring: 'canary', id: 'canary' });
    const world = worldOf(web('web-1', [broken]), web('web-2'), web('web-3'));
    const outcomes = await applyOnce(world, [
      targetOf('web-2', LOCK),
      targetOf('web-3', other),
      targetOf('web-1', LOCK),
    ]);
    expect(outcomes.map((o) => `${o.asset} ${o.state} ${o.code ?? '-'}`)).toEqual([
      'web-1 failed halted',
      'web-2 untouched halted',
      'web-3 patched -',
    ]);
  });

  it('gives up after three failed tries, until another lock comes', async () => {
    const fixed = { name: 'app', version: '1.2' };
    const world = worldOf(web('web-1', [{ ...APP, broken: true }, fixed]));
    for (let i = 0; i < 6; i += 1)
      expect(await applyOnce(world, [targetOf('web-1', LOCK)])).toMatchObject([
        { state: 'failed', code: 'halted' },
      ]);
    const [last] = await applyOnce(world, [targetOf('web-1', LOCK)]);
    expect(last?.reason).toContain('given up after 3 tries');
    expect((await evidenceIn(world)).filter((e) => e.type === 'effect')).toHaveLength(4); // one install, three times mending
    const next = lockOf({ [keyOf('app')]: entryOf(fixed) }, { generation: 2 });
    expect(await applyOnce(world, [targetOf('web-1', next)])).toMatchObject([{ state: 'patched' }]);
  });

  it.each([
    ['a hold', { holds: [hold('app', '1.1')] }, 'refused', 'refused'],
    [
      'a reason not to touch it',
      { refusal: { code: 'not-built', reason: 'windows' } },
      'refused',
      'not-built',
    ],
  ] as const)('refuses because of %s', async (_name, over, state, code) => {
    const world = worldOf(web('web-1'));
    expect(await applyOnce(world, [targetOf('web-1', LOCK, over)])).toMatchObject([{ state, code }]);
    expect(world.hosts[0]?.postinst).toEqual([]);
  });

  it('refuses a change that one evidence entry cannot hold, before anything is written', async () => {
    const many = Array.from(
      { length: 400 },
      (_, i): FakePackage => ({ name: `package-${i}`, version: '1.1' }),
    );
    const host = fakeHost(
      'web-1',
      many.map((p) => component(p.name, '1.0')),
      many,
    );
    const world = worldOf(host);
    const lock = lockOf(Object.fromEntries(many.map((p) => [keyOf(p.name), entryOf(p)])));
    const [outcome] = await applyOnce(world, [targetOf('web-1', lock)]);
    expect(outcome).toMatchObject({
      state: 'refused',
      code: 'not-built',
      reason: expect.stringContaining('400 packages'),
    });
    expect(host.components.get('package-0')?.version).toBe('1.0');
    expect((await evidenceIn(world)).map((e) => e.type)).toEqual(['merge']);
    expect(await applyOnce(world, [targetOf('web-1', lock)])).toMatchObject([{ state: 'refused' }]);
  });

  it('is untouched where the host holds the package itself', async () => {
    const world = worldOf(fakeHost('web-1', [component('app', '1.0', { held: true })], [APP]));
    expect(await applyOnce(world, [targetOf('web-1', LOCK)])).toMatchObject([
      { state: 'untouched', code: null, reason: 'held by the host itself: app' },
    ]);
  });

  it('is unknown where the host cannot be read, is busy or has no driver, and others go on', async () => {
    const world = worldOf(web('web-1'), web('web-2'));
    Object.assign(world.hosts[0] ?? {}, { busy: true });
    const outcomes = await applyOnce(world, [
      targetOf('web-0', LOCK),
      targetOf('web-1', LOCK),
      targetOf('web-2', LOCK),
    ]);
    expect(outcomes.map((o) => `${o.asset} ${o.state} ${o.code ?? '-'}`)).toEqual([
      'web-0 refused usage',
      'web-1 unknown host-failed',
      'web-2 patched -',
    ]);
    const deps = depsOf(world);
    const blind = {
      ...deps,
      observe: async (): Promise<HostObservation> => ({
        ...(await deps.observe('web-2')),
        unknown: 'unreadable',
      }),
    };
    expect(await applyMergedLocks(blind, { authority: [], hosts: [targetOf('web-2', LOCK)] })).toMatchObject([
      { state: 'unknown', reason: expect.stringContaining('unreadable') },
    ]);
  });

  it('says when a scan does not find what was installed', async () => {
    const world = worldOf(web('web-1'));
    const deps = depsOf(world);
    const old = await deps.observe('web-1');
    expect(
      await applyMergedLocks(
        { ...deps, observe: async () => old },
        { authority: [], hosts: [targetOf('web-1', LOCK)] },
      ),
    ).toMatchObject([{ state: 'failed', code: 'halted', reason: expect.stringContaining('app=1.1') }]);
  });

  it('stops everything when somebody else began the same run', async () => {
    const world = worldOf(web('web-1'));
    const rival = depsOf(worldOf(web('web-1')));
    world.shared.meanwhile = undefined;
    const deps = depsOf(world);
    let first = true;
    const evidence = {
      entries: () => deps.evidence.entries(),
      append: async (entries: Parameters<typeof deps.evidence.append>[0]) => {
        // A rival with the same log and another state location is quicker by a moment.
        if (first && entries.some((e) => e.type === 'intent')) {
          first = false;
          await applyMergedLocks(
            { ...rival, evidence: fakeEvidenceLog(world.shared) },
            { authority: [], hosts: [targetOf('web-1', LOCK)] },
          );
          throw new PatchwardenError('lease-lost', 'somebody appended first');
        }
        return deps.evidence.append(entries);
      },
    };
    await expect(
      applyMergedLocks(
        { ...deps, evidence },
        { authority: [mergeEntry({ commit: MERGE })], hosts: [targetOf('web-1', LOCK)] },
      ),
    ).rejects.toMatchObject({ code: 'lease-lost' });
    expect(world.hosts[0]?.postinst).toEqual([]);
  });

  it('appends to the evidence again when somebody else appended something else', async () => {
    const world = worldOf(web('web-1'));
    const deps = depsOf(world);
    let rivals = 0;
    const evidence = {
      entries: () => deps.evidence.entries(),
      append: async (entries: Parameters<typeof deps.evidence.append>[0]) => {
        if (rivals < 3) {
          rivals += 1;
          throw new PatchwardenError('lease-lost', 'somebody appended first');
        }
        return deps.evidence.append(entries);
      },
    };
    expect(
      await applyMergedLocks(
        { ...deps, evidence },
        { authority: [mergeEntry()], hosts: [targetOf('web-1', LOCK)] },
      ),
    ).toMatchObject([{ state: 'patched' }]);
    const never = {
      ...evidence,
      append: async () => Promise.reject(new PatchwardenError('lease-lost', 'again')),
    };
    await expect(
      applyMergedLocks(
        { ...depsOf(worldOf(web('web-1'))), evidence: never },
        { authority: [mergeEntry({ commit: 'b'.repeat(40) })], hosts: [] },
      ),
    ).rejects.toMatchObject({ code: 'lease-lost' });
  });
});

describe('planMergedLocks', () => {
  it('forecasts what apply does, and changes nothing', async () => {
    const world = worldOf(web('web-1'));
    world.artifacts.clear();
    const target = targetOf('web-1', LOCK, { refusal: { code: 'not-built', reason: 'windows' } });
    expect(await planMergedLocks(depsOf(world), [targetOf('web-0', LOCK), target])).toMatchObject([
      { kind: 'unknown', asset: 'web-0', reason: expect.stringContaining('no driver') },
      {
        kind: 'plan',
        refusal: 'windows',
        missingBytes: [shaOf(APP)],
        plan: { asset: 'web-1', packages: [{ name: 'app', from: '1.0', version: '1.1' }] },
      },
    ]);
    expect(world.files.size).toBe(0);
    expect(await evidenceIn(world)).toEqual([]);
    expect(world.hosts[0]?.components.get('app')?.version).toBe('1.0');
  });
});
