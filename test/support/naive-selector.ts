import type { Selector, Term } from '../../src/contracts/generated/baseline.ts';

function holds(term: Term, labels: Readonly<Record<string, string>>): boolean {
  const value = Object.hasOwn(labels, term.label) ? labels[term.label] : undefined;
  if (term.in) return value !== undefined && term.in.includes(value);
  if (term.notIn) return value === undefined || !term.notIn.includes(value);
  if (term.exists !== undefined) return (value !== undefined) === term.exists;
  return value?.startsWith(term.prefix ?? '') ?? false;
}

/** The selector algebra once more, in plain TypeScript. */
export function naiveSelects(selector: Selector, labels: Readonly<Record<string, string>>): boolean {
  const on = (term: Term) => holds(term, labels);
  return (
    (selector.all ?? []).every(on) &&
    (selector.any === undefined || selector.any.some(on)) &&
    !(selector.none ?? []).some(on)
  );
}
