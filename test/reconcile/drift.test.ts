import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goesBackFrom, type LockEntry } from '../../src/domain/lock-entries.ts';
import {
  type DriftInput,
  driftLocks,
  foreignPackages,
  type InstalledVersion,
} from '../../src/reconcile/drift.ts';
import { packageRow, wantedPatch } from '../support/builders/packages.ts';
import { entry, key, lock, STREAM } from '../support/builders/rings.ts';

const had = (version: string, over: Partial<InstalledVersion> = {}): InstalledVersion => ({
  ...{ ring: 'prod', stream: STREAM, name: 'openssl', arch: 'amd64', version, assets: 2 },
  ...{ offered: false, offers: ['2'] },
  ...over,
});
const bad = (version: string) => ({ stream: STREAM, package: 'openssl', version });
const lockAt = (over: Partial<LockEntry> = {}, version = '2') =>
  new Map([['prod', lock('prod', 3, { openssl: entry(version, over) })]]);

const look = (installed: readonly InstalledVersion[], over: Partial<DriftInput> = {}) =>
  foreignPackages({
    ...{ locks: lockAt(), installed, sourcesAreNewer: true, bad: [], wanted: [] },
    isKept: async () => true,
    ...over,
  });
const newer = wantedPatch({
  candidate: packageRow({ name: 'openssl', version: '4' }),
  ...{ ring: 'prod', stream: STREAM, name: 'openssl', arch: 'amd64' },
});

describe('what is foreign, and whether the lock can take it back', () => {
  it.each<[string, InstalledVersion[], Partial<DriftInput>, string[]]>([
    ['the locked version is not', [had('2')], {}, []],
    ['an older one is not: it is behind', [had('1')], {}, []],
    ['one that an origin offers or offered is ahead', [had('3', { offered: true })], {}, []],
    ['one of a package that no origin knows is ahead: nobody knows', [had('3', { offers: [] })], {}, []],
    ['one without an entry is not', [had('3', { name: 'curl' })], {}, []],
    ['one of a ring without a lock is not', [had('3', { ring: 'canary' })], {}, []],
    ['a newer one that nobody offers', [had('3')], {}, ['3 not-offered null']],
    [
      'a newer one on hold, although it is offered',
      [had('3', { offered: true })],
      { bad: [bad('3')] },
      ['3 on-hold null'],
    ],
    ['a hold of another version does not count', [had('3', { offered: true })], { bad: [bad('4')] }, []],
    ['one that the lock goes back from already', [had('3')], { locks: lockAt({ downgradeFrom: '3' }) }, []],
    [
      'one of several that the lock goes back from',
      [had('3')],
      { locks: lockAt({ downgradeFrom: ['3', '4'] }) },
      [],
    ],
    [
      'a newer one is on offer: patching replaces it',
      [had('3', { offers: ['2', '4'] })],
      {},
      ['3 not-offered newer-on-offer'],
    ],
    [
      'what is on hold goes back although a newer one is on offer',
      [had('3', { offers: ['4'] })],
      { bad: [bad('3')] },
      ['3 on-hold null'],
    ],
    ['a newer one is approved', [had('3')], { wanted: [newer] }, ['3 not-offered newer-wanted']],
    ['an approved one that is older does not help', [had('5')], { wanted: [newer] }, ['5 not-offered null']],
    [
      'an approved one of another ring does not help',
      [had('3')],
      { wanted: [{ ...newer, ring: 'canary' }] },
      ['3 not-offered null'],
    ],
    ['the file is gone', [had('3')], { isKept: async () => false }, ['3 not-offered bytes-gone']],
    ["the lock's own version is bad", [had('3')], { bad: [bad('2')] }, ['3 not-offered lock-is-bad']],
    [
      'sources that were read before the hosts cannot tell',
      [had('3')],
      { sourcesAreNewer: false },
      ['3 not-offered sources-are-older'],
    ],
    [
      'a hold tells whatever the sources say',
      [had('3')],
      { sourcesAreNewer: false, bad: [bad('3')] },
      ['3 on-hold null'],
    ],
    [
      'hosts with a declared origin would be taken back too',
      [had('3'), had('3', { offered: true })],
      {},
      ['3 not-offered offered-to-others'],
    ],
    [
      'versions stand apart, in order',
      [had('4'), had('3')],
      {},
      ['3 not-offered null', '4 not-offered null'],
    ],
  ])('%s', async (_, installed, over, expected) => {
    const found = await look(installed, over);
    expect(found.map((f) => `${f.version} ${f.why} ${f.stays}`)).toEqual(expected);
  });

  it('hosts with different origins count together, and the strictest of them decides', async () => {
    const rows = [had('3', { assets: 5 }), had('3', { assets: 7, offers: ['4'] })];
    for (const installed of [rows, rows.toReversed()])
      expect(await look(installed)).toMatchObject([{ assets: 12, stays: 'newer-on-offer' }]);
    const more = [...rows, had('3', { assets: 1, offered: true })];
    for (const installed of [more, more.toReversed()])
      expect(await look(installed)).toMatchObject([{ stays: 'newer-on-offer' }]);
  });
});

describe('the way back', () => {
  const next = async (installed: readonly InstalledVersion[], over: Partial<LockEntry> = {}) => {
    const locks = lockAt(over);
    return driftLocks(locks, await look(installed, { locks }))[0]?.lock;
  };

  it.each<[string, string[], LockEntry['downgradeFrom'], LockEntry['downgradeFrom']]>([
    ['one version', ['3'], undefined, '3'],
    ['several', ['4', '3'], undefined, ['3', '4']],
    ['what was said before stays said', ['4'], '3', ['3', '4']],
    ['and of several', ['5'], ['3', '4'], ['3', '4', '5']],
  ])('%s', async (_, versions, before, after) => {
    const made = await next(
      versions.map((v) => had(v)),
      before === undefined ? {} : { downgradeFrom: before },
    );
    expect(made).toMatchObject({ generation: 4, ring: 'prod' });
    expect(made?.entries[key('openssl')]).toEqual({ ...entry('2'), downgradeFrom: after });
  });

  it('a ring without foreign packages, or only with such that stay, gets no generation', async () => {
    expect(await next([had('2')])).toBeUndefined();
    expect(await next([had('3', { offers: ['4'] })])).toBeUndefined();
  });

  it('whatever hosts have: versions of the lock stay, and nothing is foreign any more that could go back', async () => {
    const row = fc.record({
      ring: fc.constantFrom('prod', 'canary'),
      name: fc.constantFrom('openssl', 'nginx'),
      version: fc.integer({ min: 1, max: 9 }).map(String),
      assets: fc.integer({ min: 1, max: 9 }),
      offered: fc.boolean(),
      offers: fc.subarray(['2', '5', '8']),
    });
    const world = new Map(
      ['canary', 'prod'].map((ring) => [ring, lock(ring, 1, { openssl: entry('3'), nginx: entry('2') })]),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 12 }), async (rows) => {
        const installed = rows.map((r) => had(r.version, r));
        const found = await look(installed, { locks: world });
        expect(await look(installed.toReversed(), { locks: world })).toEqual(found);
        const made = driftLocks(world, found);
        const after = new Map([...world, ...made.map((m) => [m.ring, m.lock] as const)]);
        for (const [ring, { entries }] of after)
          for (const [k, e] of Object.entries(entries)) {
            expect({ ...e, downgradeFrom: 0 }).toEqual({ ...world.get(ring)?.entries[k], downgradeFrom: 0 });
            for (const from of goesBackFrom(e)) expect(Number(from)).toBeGreaterThan(Number(e.version));
          }
        const left = await look(installed, { locks: after });
        expect(left).toEqual(found.filter((f) => f.stays !== null));
        expect(driftLocks(after, left)).toEqual([]);
      }),
    );
  });
});
