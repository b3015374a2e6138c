import { describe, expect, it } from 'vitest';
import type { Calendar } from '../../src/contracts/generated/calendar.ts';
import type { DriftStays } from '../../src/domain/foreign-package.ts';
import type { Observation } from '../../src/domain/observation.ts';
import {
  closedCalendars,
  reviewsDue,
  widenedExceptions,
  withdrawnEntries,
} from '../../src/reconcile/observe-documents.ts';
import { ringless, shadowed, ungoverned } from '../../src/reconcile/observe-governance.ts';
import { behindAgain, foreignStays, unknownOrigins } from '../../src/reconcile/observe-hosts.ts';
import { entry, key, lock, ringedBaseline } from '../support/builders/rings.ts';
import { anException } from '../support/fleet-world.ts';

const NOW = '2024-10-24T12:00:00Z';
const baselines = [ringedBaseline(), ringedBaseline({ id: 'web', owner: 'team:web', calendar: 'nights' })];
const short = (all: readonly Observation[]) =>
  all.map((o) => `${o.code} ${o.subject} ${o.owner} ${o.assets} ${o.names.join(',')}`.trimEnd());

describe('governance', () => {
  const none = { count: 0, assets: [] };

  it('hosts of no baseline, and of two', () => {
    expect(ungoverned({ noBaseline: none, ties: [] }, baselines)).toEqual([]);
    const tie = { baselines: ['servers', 'web'], count: 3, assets: ['a', 'b', 'c'] };
    const told = ungoverned({ noBaseline: { count: 1, assets: ['x'] }, ties: [tie] }, baselines);
    expect(short(told)).toEqual([
      'unselected-assets fleet null 1 x',
      'two-baselines servers web team:ops 3 a,b,c',
    ]);
  });

  it('hosts without a ring, by baseline', () => {
    const rows = [
      { baseline: 'web', count: 2, assets: ['p', 'q'] },
      { baseline: 'servers', count: 1, assets: ['r'] },
    ];
    expect(short(ringless(rows, baselines))).toEqual([
      'no-ring servers team:ops 1 r',
      'no-ring web team:web 2 p,q',
    ]);
  });

  it.each<[string, { selects: number; governs: number; shadowedBy: string[] }, number]>([
    ['governs nothing because another comes first', { selects: 4, governs: 0, shadowedBy: ['servers'] }, 1],
    ['governs some', { selects: 4, governs: 1, shadowedBy: ['servers'] }, 0],
    ['governs nothing because of a tie', { selects: 4, governs: 0, shadowedBy: [] }, 0],
    ['selects nothing', { selects: 0, governs: 0, shadowedBy: [] }, 0],
  ])('a baseline that %s', (_, reach, count) => {
    const told = shadowed([{ baseline: 'web', ...reach }], baselines);
    expect(short(told)).toEqual(count === 0 ? [] : ['shadowed-baseline web team:web 4']);
  });
});

describe('hosts', () => {
  it('unknown origins, sorted', () => {
    const row = { stream: 'debian:12:amd64', assets: 2, names: ['p'] };
    expect(
      short(
        unknownOrigins([
          { ...row, origin: 'z' },
          { ...row, origin: 'a' },
        ]),
      ),
    ).toEqual(['unknown-origin a null 2 p', 'unknown-origin z null 2 p']);
  });

  it.each<[DriftStays | null, boolean]>([
    [null, false],
    ['newer-wanted', false],
    ['newer-on-offer', true],
    ['offered-to-others', true],
    ['bytes-gone', true],
    ['lock-is-bad', true],
    ['sources-are-older', true],
  ])('a foreign package that stays because of %s: worth a look %s', (stays, told) => {
    const one = {
      ...{ baseline: 'web', ring: 'prod', key: key('app'), name: 'app', version: '9', locked: '1' },
      ...{ why: 'not-offered' as const, assets: 2, stays },
    };
    const said = foreignStays([one], baselines);
    expect(short(said)).toEqual(told ? ['foreign-stays web/prod team:web 2'] : []);
    if (told) expect(said[0]?.sentence).toContain('app 9 is newer than the 1 of the lock');
  });

  const back = {
    ...{ baseline: 'servers', ring: 'prod', key: key('app'), to: '2', version: '1' },
    ...{ assets: 3, names: ['p'] },
  };
  it.each<[string, typeof back, string | null, number]>([
    ['older than the rollout left it', back, '2', 1],
    ['newer than the rollout left it', { ...back, version: '3' }, '2', 0],
    ['the lock wants another version now', back, '3', 0],
    ['the lock has no entry any more', back, null, 0],
    ['the ring has no lock', { ...back, ring: 'early' }, '2', 0],
  ])('a host that is %s', (_, row, locked, count) => {
    const prod = lock('prod', 1, locked === null ? {} : { app: entry(locked) });
    const told = behindAgain([row], (_b, ring) => (ring === 'prod' ? prod : undefined), baselines);
    expect(short(told)).toEqual(count === 0 ? [] : ['behind-again servers/prod team:ops 3 p']);
  });
});

describe('documents', () => {
  const calendar = (over: Partial<Calendar> = {}): Calendar => ({
    ...{ apiVersion: 'patchwarden/v1', kind: 'Calendar', id: 'nights', zone: 'UTC', freezes: [] },
    windows: [{ id: 'w', recurrence: 'FREQ=DAILY', start: '22:00', minutes: 60 }],
    ...over,
  });
  const never = [{ id: 'w', recurrence: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', start: '22:00', minutes: 60 }];

  it.each<[string, Calendar, string[]]>([
    ['opens again', calendar(), []],
    ['has no window', calendar({ windows: [] }), ['calendar-never-opens nights team:web 5']],
    [
      'has only windows on days that never come',
      calendar({ windows: never }),
      ['calendar-never-opens nights team:web 5'],
    ],
    ['nobody uses', calendar({ id: 'other', windows: [] }), ['calendar-never-opens other null 0']],
  ])('a calendar that %s', (_, one, told) => {
    expect(short(closedCalendars([one], baselines, new Map([['web', 5]]), NOW))).toEqual(told);
  });

  it('says that new pull requests wait for a calendar that never opens', () => {
    const one = calendar({ id: 'office', windows: [] });
    const [told] = closedCalendars([one], [], new Map(), NOW, 'office');
    expect(told?.sentence).toContain('and new pull requests wait for it until they are urgent');
    const [other] = closedCalendars([one], [], new Map(), NOW, 'another');
    expect(other?.sentence).not.toContain('new pull requests');
  });

  it('entries whose every advisory was withdrawn, a lock at a time', () => {
    const locks = [
      lock('prod', 1, {
        gone: entry('1', { advisories: ['A', 'B'] }),
        half: entry('1', { advisories: ['A', 'C'] }),
        plain: entry('1'),
      }),
      lock('canary', 1, { half: entry('1', { advisories: ['A', 'C'] }) }),
    ];
    const told = withdrawnEntries(locks, new Set(['A', 'B']), baselines);
    expect(short(told)).toEqual(['advisory-withdrawn servers/prod team:ops 0']);
    expect(told[0]?.sentence).toContain('the lock has gone only for what was withdrawn since (A, B)');
    expect(withdrawnEntries(locks, new Set(), baselines)).toEqual([]);
  });

  it.each([
    ['expedited', '2024-10-17T23:00:00Z', 1],
    ['expedited', '2024-10-18T01:00:00Z', 0],
    ['expedited', '2024-09-18T01:00:00Z', 1],
    ['expedited', '2024-09-17T01:00:00Z', 0],
    ['promote', '2024-10-01T01:00:00Z', 0],
  ])('a review of a %s change of %s: due %i', (kind, at, count) => {
    const told = reviewsDue([{ kind, scope: 'servers', pull: 7, at }], baselines, NOW);
    expect(short(told)).toEqual(count === 0 ? [] : ['review-due 7 team:ops 0']);
  });

  it.each([
    ['widened', true, '2024-12-31', 1],
    ['as it was', false, '2024-12-31', 0],
    ['widened, and over', true, '2024-10-23', 0],
  ])('an exception %s', (_, widened, validUntil, count) => {
    const history = new Map([['e', { widened, firstAccepted: '2024-01-01' }]]);
    const told = widenedExceptions([anException('e', { validUntil })], history, new Map([['e', 4]]), NOW);
    expect(short(told)).toEqual(count === 0 ? [] : ['exception-widened e team:ops 4']);
    expect(widenedExceptions([anException('e')], new Map(), new Map(), NOW)).toEqual([]);
  });
});
