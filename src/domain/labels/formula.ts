import type { Selector, Term } from '../../contracts/generated/baseline.ts';

/** What is said of the labels of one asset. */
export type Formula =
  | { readonly kind: 'selects'; readonly selector: Selector }
  | { readonly kind: 'not'; readonly of: Formula }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Formula[] };

/** Labels as far as they are settled; null: the asset lacks this one. */
export type SettledLabels = ReadonlyMap<string, string | null>;

export const selects = (selector: Selector): Formula => ({ kind: 'selects', selector });
export const not = (of: Formula): Formula => ({ kind: 'not', of });
export const all = (...of: readonly Formula[]): Formula => ({ kind: 'all', of });
export const any = (...of: readonly Formula[]): Formula => ({ kind: 'any', of });

/** True or false where the settled labels decide it, else a label that it depends on. */
export type Answer = true | false | { readonly ask: string };

export function answer(formula: Formula, labels: SettledLabels): Answer {
  switch (formula.kind) {
    case 'selects':
      return selected(formula.selector, labels);
    case 'not':
      return negated(answer(formula.of, labels));
    case 'all':
      return conjunction(formula.of, (f) => answer(f, labels));
    case 'any':
      return disjunction(formula.of, (f) => answer(f, labels));
    default:
      return formula satisfies never;
  }
}

function selected({ all: every = [], any: some, none = [] }: Selector, labels: SettledLabels): Answer {
  const on = (term: Term) => holds(term, labels);
  const parts = [
    () => conjunction(every, on),
    () => (some === undefined ? true : disjunction(some, on)),
    () => negated(disjunction(none, on)),
  ];
  return conjunction(parts, (part) => part());
}

/** A label that is not there is in no list, has no prefix, and `notIn` holds for it. */
function holds(term: Term, labels: SettledLabels): Answer {
  const value = labels.get(term.label);
  if (value === undefined) return { ask: term.label };
  if (term.in) return value !== null && term.in.includes(value);
  if (term.notIn) return value === null || !term.notIn.includes(value);
  if (term.prefix !== undefined) return value?.startsWith(term.prefix) ?? false;
  return (value !== null) === (term.exists ?? true);
}

const negated = (a: Answer): Answer => (typeof a === 'boolean' ? !a : a);

function conjunction<T>(parts: readonly T[], of: (part: T) => Answer): Answer {
  let open: Answer = true;
  for (const part of parts) {
    const a = of(part);
    if (a === false) return false;
    if (a !== true && open === true) open = a;
  }
  return open;
}

const disjunction = <T>(parts: readonly T[], of: (part: T) => Answer): Answer =>
  negated(conjunction(parts, (part) => negated(of(part))));
