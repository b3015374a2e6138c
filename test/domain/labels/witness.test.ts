import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { all, answer, any, type Formula, not, selects } from '../../../src/domain/labels/formula.ts';
import { labelsText, witness } from '../../../src/domain/labels/witness.ts';
import { selector, labels as someLabels } from '../../support/arbitrary-selector.ts';
import { naiveSelects } from '../../support/naive-selector.ts';

const formula: fc.Arbitrary<Formula> = fc.letrec<{ formula: Formula }>((tie) => ({
  formula: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    selector.map(selects),
    tie('formula').map(not),
    fc.array(tie('formula'), { maxLength: 3 }).map((of) => all(...of)),
    fc.array(tie('formula'), { maxLength: 3 }).map((of) => any(...of)),
  ),
})).formula;

function naive(f: Formula, labels: Readonly<Record<string, string>>): boolean {
  if (f.kind === 'selects') return naiveSelects(f.selector, labels);
  if (f.kind === 'not') return !naive(f.of, labels);
  return f.kind === 'all' ? f.of.every((o) => naive(o, labels)) : f.of.some((o) => naive(o, labels));
}

const textOf = (f: Formula): string => {
  const found = witness(f);
  return found.kind === 'found' ? labelsText(found.labels) : found.kind;
};

describe('witness', () => {
  it('finds labels for which the formula is true, whatever the labels that it leaves open', () => {
    fc.assert(
      fc.property(formula, someLabels, (f, others) => {
        const found = witness(f);
        if (found.kind !== 'found') return;
        const given = new Map<string, string | null>([...Object.entries(others), ...found.labels]);
        const labels = Object.fromEntries([...given].flatMap(([l, v]) => (v === null ? [] : [[l, v]])));
        expect(naive(f, labels)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('says that there are none only where no labels make it true', () => {
    fc.assert(
      fc.property(formula, someLabels, (f, labels) => {
        if (naive(f, labels)) expect(witness(f).kind).toBe('found');
      }),
      { numRuns: 500 },
    );
  });

  it('answers with settled labels as the selector does', () => {
    fc.assert(
      fc.property(formula, someLabels, (f, labels) => {
        const settled = new Map(['env', 'role', 'unit'].map((l) => [l, labels[l] ?? null]));
        expect(answer(f, settled)).toBe(naive(f, labels));
      }),
      { numRuns: 500 },
    );
  });

  const role = (...values: string[]) => selects({ all: [{ label: 'role', in: values }] });
  const below = (prefix: string) => selects({ all: [{ label: 'role', prefix }] });
  it.each<[string, Formula, string]>([
    ['everything', selects({}), 'any labels'],
    ['a value', role('db', 'web'), 'role=db'],
    ['no value is two values', all(role('db'), role('web')), 'none'],
    ['two labels', all(role('db'), selects({ all: [{ label: 'unit', exists: false }] })), 'role=db, no unit'],
    ['all but named ones', not(role('db')), 'no role'],
    [
      'another value',
      selects({ all: [{ label: 'role', exists: true }], none: [{ label: 'role', in: ['db'] }] }),
      'role=other',
    ],
    ['below a prefix, and not the prefix itself', all(below('db'), not(role('db'))), 'role=dba'],
    ['below one prefix, and not below a longer one', all(below('d'), not(below('db'))), 'role=d'],
    ['a prefix of nothing', all(below('d'), not(below('d'))), 'none'],
    [
      'neither below the word for others',
      all(selects({ all: [{ label: 'role', exists: true }] }), not(below('o'))),
      'role=aother',
    ],
  ])('%s', (_, f, text) => expect(textOf(f)).toBe(text));

  it('does not guess when there are too many cases', () => {
    const impossible = all(role('db', 'web'), not(role('web', 'db')));
    expect(witness(impossible, 5).kind).toBe('none');
    expect(witness(impossible, 4).kind).toBe('unsettled');
  });
});
