import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Component } from '../../src/domain/component.ts';
import { lockKey } from '../../src/domain/purl.ts';
import { compareDpkg } from '../../src/domain/version/dpkg.ts';
import { compareWithLock, type EntryState, type LockEntry } from '../../src/rollout/compare-lock.ts';
import { planHost } from '../../src/rollout/host-plan.ts';
import { component } from '../support/fakes/host-driver.ts';
import { entryOf, hold, keyOf, lockOf, merged, STREAM } from './world.ts';

const APP = { name: 'app', version: '1.1' };
const compare = (
  components: readonly Component[],
  over: Partial<LockEntry> = {},
  rest: Partial<Parameters<typeof compareWithLock>[0]> = {},
) =>
  compareWithLock({
    stream: STREAM,
    components,
    lock: lockOf({ [keyOf('app')]: entryOf(APP, over) }),
    holds: [],
    ...rest,
  });

type Case = readonly [string, readonly Component[], Partial<LockEntry>, Rest, EntryState];
type Rest = Partial<Parameters<typeof compareWithLock>[0]>;

describe('compareWithLock', () => {
  it.each<Case>([
    ['the same version', [component('app', '1.1')], {}, {}, 'equal'],
    ['the same version spelled with an epoch of zero', [component('app', '0:1.1')], {}, {}, 'equal'],
    ['older', [component('app', '1.0')], {}, {}, 'behind'],
    ['older by a tilde', [component('app', '1.1~rc1')], {}, {}, 'behind'],
    [
      'the same version, half-configured',
      [component('app', '1.1', { state: 'half-configured' })],
      {},
      {},
      'behind',
    ],
    ['newer', [component('app', '1.2')], {}, {}, 'ahead'],
    [
      'newer, and offered by a declared origin',
      [component('app', '1.2')],
      {},
      { offered: () => true },
      'ahead',
    ],
    ['newer, and nobody knows by whom', [component('app', '1.2')], {}, { offered: () => undefined }, 'ahead'],
    ['newer, and offered by nobody', [component('app', '1.2')], {}, { offered: () => false }, 'foreign'],
    ['newer, and on hold', [component('app', '1.2')], {}, { holds: [hold('app', '1.2')] }, 'foreign'],
    [
      'newer, and the lock goes back from there',
      [component('app', '1.2')],
      { downgradeFrom: '1.2' },
      {},
      'behind',
    ],
    [
      'newer than where the lock goes back from',
      [component('app', '1.3')],
      { downgradeFrom: '1.2' },
      {},
      'ahead',
    ],
    [
      'newer, and one of several that the lock goes back from',
      [component('app', '1.3')],
      { downgradeFrom: ['1.2', '1.3'] },
      {},
      'behind',
    ],
    [
      'newer than all that the lock goes back from',
      [component('app', '1.4')],
      { downgradeFrom: ['1.2', '1.3'] },
      {},
      'ahead',
    ],
    ['older, and held by the host', [component('app', '1.0', { held: true })], {}, {}, 'pinned'],
    [
      'newer, held, to be taken back',
      [component('app', '1.2', { held: true })],
      { downgradeFrom: '1.2' },
      {},
      'pinned',
    ],
    ['the same version, and held', [component('app', '1.1', { held: true })], {}, {}, 'equal'],
    ['not installed', [], {}, {}, 'absent'],
    ['another package', [component('other', '1.0')], {}, {}, 'absent'],
    [
      'became independent of the architecture',
      [component('app', '1.0', { arch: 'amd64' })],
      {},
      {},
      'behind',
    ],
  ])('%s', (_name, components, over, rest, state) => {
    expect(compare(components, over, rest).map((c) => c.state)).toEqual([state]);
  });

  it('takes what runs everywhere for any architecture, in the words of dpkg and of rpm', () => {
    const stream = 'almalinux:9:x86_64';
    const of = (arch: string, installed: readonly Component[]) =>
      compareWithLock({
        stream,
        components: installed,
        lock: lockOf({ [lockKey(stream, 'app', arch)]: entryOf({ name: 'app', version: '1.1-1' }) }),
        holds: [],
      }).map((c) => [c.arch, c.state, c.installed]);
    const app = (arch: string) => component('app', '1.0-1', { arch });
    expect(of('noarch', [])).toEqual([['noarch', 'absent', null]]);
    expect(of('aarch64', [])).toEqual([]);
    expect(of('noarch', [app('x86_64')])).toEqual([['noarch', 'behind', '1.0-1']]);
    expect(of('x86_64', [app('noarch')])).toEqual([['x86_64', 'behind', '1.0-1']]);
  });

  it('knows nothing of other streams and of foreign architectures that are not installed', () => {
    const lock = lockOf({
      [lockKey('debian:11:amd64', 'app', 'all')]: entryOf(APP),
      [lockKey(STREAM, 'app', 'i386')]: entryOf(APP),
      'not a purl': entryOf(APP),
    });
    expect(compareWithLock({ stream: STREAM, components: [], lock, holds: [] })).toEqual([]);
    const i386 = [component('app', '1.0', { arch: 'i386' })];
    expect(compareWithLock({ stream: STREAM, components: i386, lock, holds: [] })).toMatchObject([
      { arch: 'i386', state: 'behind' },
    ]);
    expect(compareWithLock({ stream: 'no stream', components: i386, lock, holds: [] })).toEqual([]);
  });

  it('tells architectures of one package apart', () => {
    const lock = lockOf({
      [lockKey(STREAM, 'app', 'amd64')]: entryOf(APP),
      [lockKey(STREAM, 'app', 'i386')]: entryOf(APP),
    });
    const components = [
      component('app', '1.1', { arch: 'amd64' }),
      component('app', '1.0', { arch: 'i386' }),
    ];
    expect(
      compareWithLock({ stream: STREAM, components, lock, holds: [] }).map((c) => `${c.arch} ${c.state}`),
    ).toEqual(['amd64 equal', 'i386 behind']);
  });
});

describe('never a downgrade', () => {
  const version = fc.stringMatching(/^[0-9]{1,2}(\.[0-9]{1,2}){0,2}(~rc[0-9])?(\+deb12u[0-9])?(-[0-9])?$/);
  const installed = fc.record({ version, held: fc.boolean() });

  it('whatever is installed and locked', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), installed),
        fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), version),
        (host, wanted) => {
          const lock = lockOf(
            Object.fromEntries(
              Object.entries(wanted).map(([name, v]) => [keyOf(name), entryOf({ name, version: v })]),
            ),
          );
          const components = Object.entries(host).map(([name, c]) =>
            component(name, c.version, { held: c.held }),
          );
          const plan = planHost({
            asset: 'web-1',
            stream: STREAM,
            components,
            target: merged(lock),
            holds: [],
          });
          for (const p of plan.packages) {
            const now = components.find((c) => c.name === p.name);
            expect(now?.held).toBe(false);
            expect(compareDpkg(p.version, now?.version ?? '')).toBe(1);
            expect(p.downgrade).toBe(false);
          }
        },
      ),
    );
  });
});
