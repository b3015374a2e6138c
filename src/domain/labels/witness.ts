import type { Selector, Term } from '../../contracts/generated/baseline.ts';
import { compareCodePoints } from '../../util/sort.ts';
import { answer, type Formula, type SettledLabels } from './formula.ts';

/** Labels for which a formula is true; none: there are no such labels; unsettled: too many cases to tell. */
export type Witness =
  | { readonly kind: 'found'; readonly labels: SettledLabels }
  | { readonly kind: 'none' }
  | { readonly kind: 'unsettled' };

/** Beyond so many cases the question stays open. A constant, so that every machine gives the same answer. */
const MAX_CASES = 20_000;

/**
 * Searches labels of an imaginable asset for which the formula is true. Exact up to {@link MAX_CASES}: selectors only
 * compare with the values and prefixes that they name, so one value stands for all that they cannot tell apart.
 */
export function witness(formula: Formula, maxCases = MAX_CASES): Witness {
  const values = new Map<string, readonly (string | null)[]>();
  const terms = termsOf(formula);
  const valuesOf = (label: string) => {
    const known = values.get(label) ?? distinctValues(terms.filter((t) => t.label === label));
    values.set(label, known);
    return known;
  };
  let cases = 0;
  const search = (labels: SettledLabels): Witness => {
    cases += 1;
    if (cases > maxCases) return { kind: 'unsettled' };
    const said = answer(formula, labels);
    if (typeof said === 'boolean') return said ? { kind: 'found', labels } : { kind: 'none' };
    for (const value of valuesOf(said.ask)) {
      const found = search(new Map([...labels, [said.ask, value]]));
      if (found.kind !== 'none') return found;
    }
    return { kind: 'none' };
  };
  return search(new Map());
}

/** `role=db, unit=pay, no zone`: the labels of such an asset; the others may be anything. */
export const labelsText = (labels: SettledLabels): string =>
  [...labels]
    .sort(([a], [b]) => compareCodePoints(a, b))
    .map(([label, value]) => (value === null ? `no ${label}` : `${label}=${value}`))
    .join(', ') || 'any labels';

function termsOf(formula: Formula): readonly Term[] {
  switch (formula.kind) {
    case 'selects':
      return termsIn(formula.selector);
    case 'not':
      return termsOf(formula.of);
    case 'all':
    case 'any':
      return formula.of.flatMap(termsOf);
    default:
      return formula satisfies never;
  }
}

const termsIn = ({ all = [], any = [], none = [] }: Selector): readonly Term[] => [...all, ...any, ...none];

/** One value of each kind that these terms of one label can tell apart: named ones, one below each prefix, none, another. */
function distinctValues(terms: readonly Term[]): readonly (string | null)[] {
  const named = [...new Set(terms.flatMap((t) => t.in ?? t.notIn ?? []))];
  const prefixes = [...new Set(terms.flatMap((t) => t.prefix ?? []))];
  const below = prefixes.map((p) =>
    firstThat(
      (letter) => p + letter,
      (v) => !named.includes(v) && longest(v, prefixes) === p,
    ),
  );
  const other = firstThat(
    (letter) => `${letter}other`,
    (v) => !named.includes(v) && longest(v, prefixes) === undefined,
  );
  return [...named, ...below, null, other];
}

const longest = (value: string, prefixes: readonly string[]): string | undefined =>
  prefixes.filter((p) => value.startsWith(p)).sort((a, b) => b.length - a.length)[0];

/** There always is one: names and prefixes are finite. */
function firstThat(form: (letter: string) => string, fits: (value: string) => boolean): string {
  for (let letter = ''; ; letter = String.fromCodePoint((letter.codePointAt(0) ?? 0x60) + 1))
    if (fits(form(letter))) return form(letter);
}
