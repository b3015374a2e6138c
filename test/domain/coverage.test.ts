import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Selector } from '../../src/contracts/generated/baseline.ts';
import { coverageLosses, ties } from '../../src/domain/coverage.ts';
import { selector, labels as someLabels } from '../support/arbitrary-selector.ts';
import { naiveSelects } from '../support/naive-selector.ts';

const role = (...values: string[]): Selector => ({ all: [{ label: 'role', in: values }] });
const unit = (...values: string[]): Selector => ({ all: [{ label: 'unit', in: values }] });
const baseline = (id: string, priority: number, select: Selector) => ({ id, priority, select });
const everything = baseline('all', 0, {});
const told = (before: Parameters<typeof coverageLosses>[0], after: Parameters<typeof coverageLosses>[0]) =>
  coverageLosses(before, after).map((c) => `${c.kind} ${c.baselines}: ${c.labels}`);

describe('coverageLosses', () => {
  const db = baseline('db', 10, role('db', 'cache'));
  it.each<[string, Parameters<typeof told>, string[]]>([
    ['nothing changes', [[db], [db]], []],
    ['one is removed', [[db], []], ['none db: role=db']],
    ['one is removed, and another has its assets', [[everything, db], [everything]], []],
    ['one selects fewer', [[db], [baseline('db', 10, role('db'))]], ['none db: role=cache']],
    ['one is renamed', [[db], [baseline('databases', 10, role('cache', 'db'))]], []],
    ['two share what one had', [[db], [baseline('a', 10, role('db')), baseline('b', 10, role('cache'))]], []],
    [
      'a second one of the same priority',
      [[db], [db, baseline('pay', 10, unit('pay'))]],
      ['two db, pay: role=db, unit=pay'],
    ],
    ['a second one of another priority', [[db], [db, baseline('pay', 11, unit('pay'))]], []],
    [
      'a third one above both hides the tie',
      [
        [db],
        [
          db,
          baseline('pay', 10, unit('pay')),
          baseline('both', 20, { all: [...(role('db', 'cache').all ?? []), ...(unit('pay').all ?? [])] }),
        ],
      ],
      [],
    ],
    [
      'a tie that was there before',
      [
        [db, baseline('x', 10, role('db'))],
        [db, baseline('x', 10, role('db'))],
      ],
      [],
    ],
    [
      'a tie that grows',
      [
        [db, baseline('x', 10, role('db'))],
        [db, baseline('x', 10, role('db', 'cache'))],
      ],
      ['two db, x: role=cache'],
    ],
  ])('%s', (_, [before, after], expected) => expect(told(before, after)).toEqual(expected));

  const fleet = fc
    .array(fc.record({ priority: fc.integer({ min: 1, max: 2 }), select: selector }), { maxLength: 3 })
    .map((list) => list.map((b, i) => ({ ...b, id: `b${i}` })));
  const stateOf = (
    baselines: readonly { priority: number; select: Selector }[],
    labels: Record<string, string>,
  ) => {
    const selecting = baselines.filter((b) => naiveSelects(b.select, labels));
    const top = Math.max(...selecting.map((b) => b.priority));
    const governing = selecting.filter((b) => b.priority === top).length;
    return governing === 0 ? 'none' : governing === 1 ? 'one' : 'two';
  };

  it('tells of a loss exactly where labels exist that have it', () => {
    fc.assert(
      fc.property(
        fleet,
        fleet,
        fc.array(someLabels, { minLength: 20, maxLength: 20 }),
        (before, after, many) => {
          const kinds = new Set(coverageLosses(before, after).map((c) => c.kind));
          for (const labels of many) {
            const [was, is] = [stateOf(before, labels), stateOf(after, labels)];
            if (is === 'none' && was !== 'none') expect(kinds).toContain('none');
            if (is === 'two' && was !== 'two') expect(kinds).toContain('two');
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('of the same baselines in any order is nothing', () => {
    fc.assert(
      fc.property(fleet, (baselines) => {
        expect(coverageLosses(baselines, [...baselines].reverse())).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('names the labels of a tie', () => {
    expect(ties([baseline('b', 1, role('db')), baseline('a', 1, unit('x'))])).toEqual([
      { pair: ['a', 'b'], labels: 'role=db, unit=x' },
    ]);
  });
});
