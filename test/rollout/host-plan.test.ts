import { describe, expect, it } from 'vitest';
import type { Component } from '../../src/domain/component.ts';
import { isDue, type PlanInput, planHost } from '../../src/rollout/host-plan.ts';
import { component } from '../support/fakes/host-driver.ts';
import { entryOf, hold, keyOf, lockOf, MERGE, merged, STREAM } from './world.ts';

const APP = { name: 'app', version: '1.1' };
const LIB = { name: 'lib', version: '1.0' };
const DEEP = { name: 'deep', version: '2.0' };
const LOCK = lockOf({
  [keyOf('app')]: entryOf(APP),
  [keyOf('lib')]: entryOf(LIB, { role: 'dependency', approvedBy: 'dependency-of:app' }),
  [keyOf('deep')]: entryOf(DEEP, { role: 'dependency', approvedBy: 'dependency-of:lib' }),
});
const plan = (components: readonly Component[], over: Partial<PlanInput> = {}) =>
  planHost({
    asset: 'web-1',
    stream: STREAM,
    components,
    target: merged(LOCK),
    holds: [],
    ...over,
  });
const names = (p: ReturnType<typeof plan>) => p.packages.map((x) => `${x.name} ${x.from ?? 'new'}`);

describe('planHost', () => {
  it('brings an upgrade and all that it newly needs', () => {
    const p = plan([component('app', '1.0')]);
    expect(names(p)).toEqual(['app 1.0', 'deep new', 'lib new']);
    expect(p).toMatchObject({ baseline: 'servers', ring: 'prod', merge: MERGE, mend: [], refusal: null });
    expect(isDue(p)).toBe(true);
  });

  it('does not bring a dependency that nothing planned needs', () => {
    const p = plan([component('app', '1.1')]);
    expect(p.packages).toEqual([]);
    expect(isDue(p)).toBe(false);
    expect(p.leftOut.map((l) => `${l.purl.split('/')[2]?.split('?')[0]} ${l.state}`)).toEqual([
      'deep absent',
      'lib absent',
    ]);
  });

  it('does not install an upgrade of what is not installed', () => {
    const p = plan([component('other', '1')]);
    expect(p.packages).toEqual([]);
    expect(p.leftOut).toHaveLength(3);
  });

  it('leaves installed dependencies where they are, or brings them up', () => {
    const lib = (v: string) => plan([component('app', '1.0'), component('lib', v), component('deep', '9')]);
    expect(names(lib('1.0'))).toEqual(['app 1.0']);
    expect(names(lib('0.9'))).toEqual(['app 1.0', 'lib 0.9']);
    expect(lib('1.0').leftOut).toMatchObject([{ state: 'ahead', installed: '9', wanted: '2.0' }]);
  });

  it('brings what the package manager of the host asked for', () => {
    const lock = lockOf({
      [keyOf('app')]: entryOf(APP),
      [keyOf('lib')]: entryOf(LIB, { role: 'dependency', approvedBy: 'dependency-of:else' }),
    });
    const at = (alsoNeeded?: ReadonlySet<string>) =>
      names(plan([component('app', '1.0')], { target: merged(lock), ...(alsoNeeded ? { alsoNeeded } : {}) }));
    expect(at()).toEqual(['app 1.0']);
    expect(at(new Set([keyOf('lib')]))).toEqual(['app 1.0', 'lib new']);
  });

  it.each([
    [
      'half-configured elsewhere: mended first',
      'other',
      '1',
      'half-configured',
      ['other'],
      ['app 1.0', 'deep new', 'lib new'],
    ],
    [
      'older and half-configured: replaced by the file',
      'app',
      '1.0',
      'half-configured',
      [],
      ['app 1.0', 'deep new', 'lib new'],
    ],
    [
      'the locked version, unpacked, waiting for its dependency',
      'app',
      '1.1',
      'unpacked',
      [],
      ['deep new', 'lib new'],
    ],
    [
      'the locked version, half-installed: unpacked again',
      'app',
      '1.1',
      'half-installed',
      [],
      ['app 1.1', 'deep new', 'lib new'],
    ],
  ] as const)('%s', (_name, name, version, state, mend, packages) => {
    const others = name === 'app' ? [] : [component('app', '1.0')];
    const p = plan([...others, component(name, version, { state })]);
    expect(p.mend).toEqual(mend);
    expect(names(p)).toEqual(packages);
  });

  it('names the way back, and nothing where the package is new or nobody keeps its file', () => {
    const before = { version: '1.0', sha256: 'b'.repeat(64), size: 3 };
    const target = merged(
      lockOf({
        [keyOf('app')]: entryOf(APP, { predecessors: [before] }),
        [keyOf('lib')]: entryOf(LIB, { role: 'dependency', approvedBy: 'dependency-of:app' }),
      }),
    );
    const of = (version: string) =>
      plan([component('app', version)], { target }).packages.map((p) => p.before);
    expect(of('1.0')).toEqual([before, null]);
    expect(of('0.9')).toEqual([null, null]);
  });

  it('refuses a version on hold, only where it would be installed', () => {
    const holds = [hold('lib', '1.0')];
    expect(plan([component('app', '1.0')], { holds }).refusal).toBe(
      'lib 1.0 is on hold (holds/bad-lib.json: breaks logins)',
    );
    expect(plan([component('app', '1.1')], { holds }).refusal).toBeNull();
    expect(plan([component('app', '1.0')], { holds: [hold('lib', '9')] }).refusal).toBeNull();
  });

  it('refuses a lock that removes what this host has', () => {
    const target = merged({ ...LOCK, removes: ['old', 'gone'] });
    expect(plan([component('app', '1.0'), component('old', '1')], { target }).refusal).toContain(
      'removes old,',
    );
    expect(plan([component('app', '1.0')], { target }).refusal).toBeNull();
  });

  it('marks a downgrade that the lock allows', () => {
    const target = merged(lockOf({ [keyOf('app')]: entryOf(APP, { downgradeFrom: '1.2' }) }));
    expect(plan([component('app', '1.2')], { target }).packages).toMatchObject([
      { from: '1.2', downgrade: true },
    ]);
  });

  it('is the same value for the same facts in any order, and another for others', () => {
    const components = [component('app', '1.0'), component('lib', '0.9'), component('other', '1')];
    const a = plan(components);
    expect(plan([...components].reverse())).toEqual(a);
    expect(JSON.parse(JSON.stringify(a))).toEqual(a);
    expect(plan([component('app', '1.0')]).digest).not.toBe(a.digest);
  });
});
