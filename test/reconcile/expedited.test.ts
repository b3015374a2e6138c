import { describe, expect, it } from 'vitest';
import { compareVersions } from '../../src/domain/version/compare.ts';
import { type ExpediteInput, expediteLocks } from '../../src/reconcile/expedited.ts';
import { packageRow, wantedPatch } from '../support/builders/packages.ts';
import { entry, key, lock, ringedBaseline, rings } from '../support/builders/rings.ts';

const wanted = (name: string, due: string | null) =>
  wantedPatch({ candidate: packageRow({ name, version: '2' }), due, ring: 'prod' });
const everywhere = new Set([key('openssl'), key('nginx')]);
const expedite = (over: Partial<ExpediteInput> = {}) =>
  expediteLocks({
    baseline: ringedBaseline(),
    wanted: [wanted('openssl', '2024-10-27'), wanted('nginx', '2024-11-30')],
    entries: {
      [key('openssl')]: entry('2'),
      [key('libnew')]: entry('1', { role: 'dependency', approvedBy: 'dependency-of:openssl' }),
      [key('nginx')]: entry('2'),
    },
    closure: 'checked',
    resolvedFrom: lock('canary', 1, {}).resolvedFrom,
    locks: new Map(),
    installed: new Map([['canary', everywhere]]),
    open: new Set(),
    asked: new Set(),
    now: '2024-10-24T12:00:00Z',
    compare: (a, b) => compareVersions('dpkg', a, b),
    ...over,
  });
const due = (day: string, open: readonly string[] = []) =>
  expedite({ wanted: [wanted('openssl', day)], open: new Set(open) }) !== null;

describe('expediteLocks', () => {
  it('decisions due within three days go to the locks of all rings at once, with what they need', () => {
    const lane = expedite();
    expect(lane?.locks.map((l) => [l.ring, Object.keys(l.lock.entries)])).toEqual(
      ['canary', 'early', 'prod'].map((ring) => [ring, [key('libnew'), key('openssl')]]),
    );
    expect(lane?.wanted.map((w) => w.name)).toEqual(['openssl']);
  });

  it('the same entries for every ring, on top of what each has', () => {
    const locks = new Map([['early', lock('early', 4, { curl: entry('1') })]]);
    const lane = expedite({ locks });
    expect(lane?.locks[1]?.lock).toMatchObject({ generation: 5 });
    for (const { lock: next } of lane?.locks ?? []) expect(next.entries[key('openssl')]).toEqual(entry('2'));
    expect(lane?.locks[1]?.lock.entries[key('curl')]).toEqual(entry('1'));
  });

  it('a ring that has them already is left as it is', () => {
    const has = lock('prod', 4, { openssl: entry('3'), libnew: entry('1') });
    expect(expedite({ locks: new Map([['prod', has]]) })?.locks.map((l) => l.ring)).toEqual([
      'canary',
      'early',
    ]);
  });

  it.each([
    ['due today', '2024-10-24', true],
    ['due within three days', '2024-10-27', true],
    ['due later', '2024-10-28', false],
    ['overdue for three days', '2024-10-21', true],
    ['overdue for longer: a fleet on its first day goes ring after ring', '2024-10-20', false],
  ])('%s', (_, day, expected) => {
    expect(due(day)).toBe(expected);
  });

  it('what an open proposal brings stays in it, however long nobody merges', () => {
    expect(due('2024-10-01', [`${key('openssl')} 2`])).toBe(true);
    expect(due('2024-10-01', [`${key('openssl')} 1`])).toBe(false);
  });

  it('what people asked for goes by it, whenever it is due, in the version that they saw', () => {
    const ask = (version: string, day: string | null) =>
      expedite({ wanted: [wanted('nginx', day)], asked: new Set([`${key('nginx')} ${version}`]) });
    for (const day of ['2024-11-30', '2020-01-01', null])
      expect(ask('2', day)?.wanted.map((w) => w.name)).toEqual(['nginx']);
    expect(ask('1', '2024-11-30')).toBeNull();
  });

  it('withinDays is the baseline’s', () => {
    const baseline = ringedBaseline({ expedited: { withinDays: 0 } });
    expect(expedite({ baseline })).toBeNull();
  });

  it.each<[string, Partial<ExpediteInput>]>([
    ['no deadline', { wanted: [wanted('openssl', null)] }],
    ['one ring needs no other lane', { baseline: ringedBaseline({ rings: rings('all') }) }],
    ['what could not be resolved', { entries: {} }],
  ])('%s: none', (_, over) => {
    expect(expedite(over)).toBeNull();
  });

  it('a ring with untested: hold gets nothing untried, even in a hurry', () => {
    const hold = rings('canary', 'early').map((r) => ({ ...r, untested: 'hold' as const }));
    const lane = expedite({ baseline: ringedBaseline({ rings: hold }), installed: new Map() });
    expect(lane?.locks.map((l) => l.ring)).toEqual(['canary']);
    expect(lane?.leftOut.map((l) => l.name)).toEqual(['libnew', 'openssl']);
  });
});
