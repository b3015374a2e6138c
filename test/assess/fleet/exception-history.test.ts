import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AcceptedState, exceptionHistories } from '../../../src/assess/fleet/exception-history.ts';
import type { Exception } from '../../../src/contracts/generated/exception.ts';
import { anException } from '../../support/fleet-world.ts';

const until = (validUntil: string, change: Partial<Exception> = {}) =>
  anException('exc', { validUntil, ...change });
const states = (...list: readonly (readonly Exception[])[]): AcceptedState[] =>
  list.map((exceptions, i) => ({ day: `2024-0${i + 1}-15`, exceptions }));
const told = (list: readonly AcceptedState[]) =>
  exceptionHistories(list, list.at(-1)?.exceptions ?? []).get(list.at(-1)?.exceptions[0]?.id ?? '');

describe('how long a risk has been accepted', () => {
  it.each<[string, AcceptedState[], number]>([
    ['once', states([until('2024-06-30')]), 0],
    [
      'and its reason was changed',
      states([until('2024-06-30')], [until('2024-06-30', { reason: 'other' })]),
      0,
    ],
    ['and was renewed', states([until('2024-06-30')], [until('2024-09-30')]), 1],
    [
      'and was renewed with a new first day',
      states([until('2024-06-30')], [until('2024-09-30', { validFrom: '2024-06-30' })]),
      1,
    ],
    ['and was renewed twice', states([until('2024-06-30')], [until('2024-09-30')], [until('2024-12-31')]), 2],
    [
      'and was shortened and given back',
      states([until('2024-06-30')], [until('2024-03-31')], [until('2024-06-30')]),
      0,
    ],
    ['and was deleted and written again', states([until('2024-06-30')], [], [until('2024-09-30')]), 1],
    ['and got a new name', states([until('2024-06-30')], [{ ...until('2024-09-30'), id: 'other' }]), 1],
    [
      'and got a new name after a pause',
      states([until('2024-06-30')], [], [{ ...until('2024-09-30'), id: 'other' }]),
      1,
    ],
  ])('%s', (_, list, renewals) => {
    expect(told(list)).toEqual({ firstAccepted: '2024-01-15', renewals, widened: false });
  });

  it('is not known of what was never merged', () => {
    expect(exceptionHistories([], [until('2024-06-30')]).size).toBe(0);
  });

  it('starts anew for another risk', () => {
    const other = anException('other', { match: { advisories: ['ADV-9'] } });
    const list = states([until('2024-06-30')], [until('2024-06-30'), other]);
    expect(exceptionHistories(list, [other]).get('other')).toEqual({
      firstAccepted: '2024-02-15',
      renewals: 0,
      widened: false,
    });
  });

  it('never becomes later or less, whatever is merged next', () => {
    const day = fc.constantFrom('2024-03-31', '2024-06-30', '2024-09-30');
    const state = fc.option(day).map((d) => (d === null ? [] : [until(d)]));
    fc.assert(
      fc.property(fc.array(state, { maxLength: 6 }), state, (list, next) => {
        const current = [until('2024-06-30')];
        const before = exceptionHistories(states(...list), current).get('exc');
        const after = exceptionHistories(states(...list, next), current).get('exc');
        if (!before) return;
        expect(after?.firstAccepted).toBe(before.firstAccepted);
        expect(after?.renewals).toBeGreaterThanOrEqual(before.renewals);
      }),
    );
  });
});

const web = { label: 'role', in: ['web'] };
const db = { label: 'role', in: ['db'] };
const prod = { label: 'env', in: ['prod'] };

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
    ['for more assets', { maxAssets: 3 }, { maxAssets: 4 }, true],
    ['for any number of assets', { maxAssets: 3 }, {}, true],
    ['for fewer assets', { maxAssets: 3 }, { maxAssets: 2 }, false],
    ['for a number of assets', {}, { maxAssets: 2 }, false],
  ])('%s: %j → %j is %s', (_, then, now, widened) => {
    expect(told(states([until('2024-06-30', then)], [until('2024-06-30', now)]))?.widened).toBe(widened);
  });
});
