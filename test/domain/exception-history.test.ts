import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Exception } from '../../src/contracts/generated/exception.ts';
import type { ExceptionVersion } from '../../src/domain/acceptance.ts';
import { differencesOf } from '../../src/domain/differences/differences.ts';
import { exceptionPath } from '../../src/domain/document-paths.ts';
import { exceptionHistories } from '../../src/domain/exception-history.ts';
import { grantedExceptions } from '../../src/domain/granted-exceptions.ts';
import { fullDaysBetween } from '../../src/domain/time.ts';
import { anException } from '../support/fleet-world.ts';

const until = (validUntil: string, change: Partial<Exception> = {}) =>
  anException('exc', { validUntil, ...change });
const named = (id: string, validUntil: string, change: Partial<Exception> = {}) =>
  anException(id, { validUntil, ...change });
const versions = (list: readonly Exception[]): ExceptionVersion[] =>
  list.map((value) => ({ document: exceptionPath(value.id), value }));
/** What is told of the first exception that the last merge brought. */
const told = (...merges: readonly (readonly Exception[])[]) => {
  const [last] = merges.at(-1) ?? [];
  return last && exceptionHistories(merges.map(versions), [last]).get(last.id);
};

const web = { label: 'role', in: ['web'] };
const db = { label: 'role', in: ['db'] };
const prod = { label: 'env', in: ['prod'] };

describe('how long a risk has been accepted', () => {
  it.each<[string, Exception[][], number]>([
    ['once', [[until('2024-06-30')]], 0],
    ['and its reason was changed', [[until('2024-06-30')], [until('2024-06-30', { reason: 'other' })]], 0],
    ['and was renewed', [[until('2024-06-30')], [until('2024-09-30')]], 1],
    [
      'and was renewed with a new first day',
      [[until('2024-06-30')], [until('2024-09-30', { validFrom: '2024-07-01' })]],
      1,
    ],
    ['and was renewed twice', [[until('2024-06-30')], [until('2024-09-30')], [until('2024-12-31')]], 2],
    [
      'and was shortened and given back',
      [[until('2024-06-30')], [until('2024-03-31')], [until('2024-06-30')]],
      1,
    ],
    ['and was shortened', [[until('2024-06-30')], [until('2024-09-30')], [until('2024-06-30')]], 0],
    ['and was deleted and written again', [[until('2024-06-30')], [], [until('2024-09-30')]], 1],
    ['and got a new name', [[until('2024-06-30')], [named('other', '2024-09-30')]], 1],
    [
      'and got a new name and one more condition',
      [[until('2024-06-30')], [named('other', '2024-09-30', { select: { all: [web] } })]],
      1,
    ],
    [
      'and got a new name and one advisory more, twice',
      [
        [until('2024-06-30')],
        [named('b', '2024-09-30', { match: { advisories: ['ADV-1', 'ADV-2'] } })],
        [named('c', '2024-12-31')],
      ],
      2,
    ],
  ])('%s', (_, list, renewals) => {
    expect(told(...list)).toMatchObject({ firstAccepted: '2024-01-01', since: '2024-01-01', renewals });
  });

  it('starts anew after a break, which does not make it the first time', () => {
    const again = named('again', '2024-09-30', { validFrom: '2024-07-02' });
    expect(told([until('2024-06-30')], [again])).toEqual({
      ...{ firstAccepted: '2024-01-01', since: '2024-07-02', renewals: 0, widened: false },
    });
  });

  it('is not known of what was never merged', () => {
    expect(exceptionHistories([versions([until('2024-06-30')])], [named('other', '2024-06-30')]).size).toBe(
      0,
    );
  });

  it('starts anew for another risk', () => {
    const match = { advisories: ['ADV-9'] };
    const other = named('other', '2024-06-30', { match, validFrom: '2024-02-01' });
    expect(told([until('2024-06-30')], [other])).toEqual({
      ...{ firstAccepted: '2024-02-01', since: '2024-02-01', renewals: 0, widened: false },
    });
  });
});

const DAYS = ['2024-01-01', '2024-02-01', '2024-02-29', '2024-03-01', '2024-03-31', '2024-05-31'];
const exception = fc
  .record({
    id: fc.constantFrom('a', 'b', 'c'),
    days: fc.uniqueArray(fc.constantFrom(...DAYS), { minLength: 2, maxLength: 2 }).map((d) => d.sort()),
    advisories: fc.subarray(['ADV-1', 'ADV-2'], { minLength: 1 }),
    select: fc.constantFrom<Exception['select']>(
      {},
      { all: [web] },
      { all: [db] },
      { all: [web, prod] },
      { none: [web] },
    ),
  })
  .map(({ id, days: [validFrom = '', validUntil = ''], advisories, select }) =>
    anException(id, { validFrom, validUntil, match: { advisories }, select }),
  );
/** What a merge does to some files: null removes one. */
const merge = fc.uniqueArray(
  fc.oneof(
    { weight: 4, arbitrary: exception },
    fc.constantFrom('a', 'b', 'c').map((id) => ({ id })),
  ),
  { selector: (e) => e.id, minLength: 1 },
);

describe('what is told of an exception and what the change rules saw at its merge', () => {
  it('are the same, and later merges take nothing of it back', () => {
    fc.assert(
      fc.property(fc.array(merge, { minLength: 1, maxLength: 6 }), (merges) => {
        const brought: ExceptionVersion[][] = [];
        const tree = new Map<string, Exception>();
        const seen = new Map<string, { readonly days: number; readonly renewals: number }>();
        for (const changed of merges) {
          const after = versions(changed.flatMap((e) => ('kind' in e ? [e] : [])));
          const differences = changed.flatMap((e) => {
            const [document, before] = [exceptionPath(e.id), tree.get(e.id) ?? null];
            seen.delete(document);
            return differencesOf({ document, class: 'exception', before, after: 'kind' in e ? e : null });
          });
          const granted = grantedExceptions(differences, after, brought.flat());
          brought.push(after);
          for (const e of changed) {
            tree.delete(e.id);
            if ('kind' in e) tree.set(e.id, e);
          }
          const histories = exceptionHistories(brought, [...tree.values()]);
          const counted = (e: Exception) => {
            const { since, renewals } = histories.get(e.id) ?? { since: '', renewals: -1 };
            return { days: fullDaysBetween(since, e.validUntil) + 1, renewals };
          };
          for (const e of tree.values()) {
            const then = seen.get(exceptionPath(e.id));
            expect(counted(e).days).toBeGreaterThanOrEqual(then?.days ?? 1);
            expect(counted(e).renewals).toBeGreaterThanOrEqual(then?.renewals ?? 0);
            const now = granted.find((g) => g.document === exceptionPath(e.id));
            if (now) expect({ document: now.document, ...counted(e) }).toEqual(now);
          }
          for (const g of granted) seen.set(g.document, g);
        }
      }),
    );
  });
});

describe('an exception is wider than what was accepted first', () => {
  it.each<[string, Partial<Exception>, Partial<Exception>, boolean]>([
    [
      'with another advisory',
      { match: { advisories: ['A-1'] } },
      { match: { advisories: ['A-1', 'A-2'] } },
      true,
    ],
    [
      'with fewer advisories',
      { match: { advisories: ['A-1', 'A-2'] } },
      { match: { advisories: ['A-2'] } },
      false,
    ],
    ['with any advisory', { match: { advisories: ['A-1'] } }, { match: { component: { name: 'x' } } }, true],
    [
      'with one advisory of a component',
      { match: { component: { name: 'x' } } },
      { match: { advisories: ['A-1'], component: { name: 'x' } } },
      false,
    ],
    [
      'with another component',
      { match: { component: { name: 'x' } } },
      { match: { component: { name: 'y' } } },
      true,
    ],
    [
      'without the component',
      { match: { advisories: ['A-1'], component: { name: 'x' } } },
      { match: { advisories: ['A-1'] } },
      true,
    ],
    [
      'with a later version',
      { match: { component: { name: 'x', before: '1' } } },
      { match: { component: { name: 'x', before: '2' } } },
      true,
    ],
    [
      'with versions that were not bounded',
      { match: { component: { name: 'x' } } },
      { match: { component: { name: 'x', before: '2' } } },
      false,
    ],
    ['with one more condition', { select: { all: [web] } }, { select: { all: [prod, web] } }, false],
    ['with a condition less', { select: { all: [prod, web] } }, { select: { all: [web] } }, true],
    ['with one more alternative', { select: { any: [web] } }, { select: { any: [web, db] } }, true],
    ['with an alternative less', { select: { any: [web, db] } }, { select: { any: [db] } }, false],
    ['without alternatives', { select: { any: [web] } }, { select: {} }, true],
    ['with an exclusion less', { select: { none: [db] } }, { select: {} }, true],
    ['with one more exclusion', { select: {} }, { select: { none: [db] } }, false],
    [
      'with fewer values',
      { select: { all: [{ label: 'env', in: ['prod', 'stage'] }] } },
      { select: { all: [prod] } },
      false,
    ],
    [
      'with more values',
      { select: { all: [prod] } },
      { select: { all: [{ label: 'env', in: ['prod', 'stage'] }] } },
      true,
    ],
    [
      'in other words',
      { select: { any: [web, db] } },
      { select: { all: [{ label: 'role', in: ['db', 'web'] }] } },
      false,
    ],
    ['for more assets', { maxAssets: 3 }, { maxAssets: 4 }, true],
    ['for any number of assets', { maxAssets: 3 }, {}, true],
    ['for fewer assets', { maxAssets: 3 }, { maxAssets: 2 }, false],
    ['for a number of assets', {}, { maxAssets: 2 }, false],
  ])('%s: %j → %j is %s', (_, then, now, widened) => {
    expect(told([until('2024-06-30', then)], [until('2024-06-30', now)])?.widened).toBe(widened);
  });

  it('under another name as well, but not than what came beside it in the first merge', () => {
    const narrow = until('2024-06-30', { select: { all: [web] } });
    const wide = named('wide', '2024-06-30');
    expect(told([narrow], [wide])?.widened).toBe(true);
    expect(told([wide, narrow])?.widened).toBe(false);
    expect(told([narrow, wide], [until('2024-06-30', { reason: 'other' })])?.widened).toBe(false);
  });
});
