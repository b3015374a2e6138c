import type { Selector, Term } from '../../contracts/generated/baseline.ts';
import { PatchwardenError } from '../../domain/errors.ts';
import type { Cell } from '../../ports/fleet-store.ts';

/** A condition on a row that has a column `labels`, a map or a struct, and the values of its parameters. */
export interface Condition {
  readonly sql: string;
  readonly params: readonly Cell[];
}

/**
 * The selector algebra as SQL. A label that is not there is in no list, has no prefix, and `notIn` holds for it.
 * Names and values are bound, never pasted. An empty selector is true.
 * @param first number of the first parameter
 */
export function selectorSql(selector: Selector, first = 1): Condition {
  const params: Cell[] = [];
  const bind = (value: Cell): string => `$${first - 1 + params.push(value)}`;
  const terms = (list: readonly Term[]) => list.map((term) => termSql(term, bind));
  const parts = terms(selector.all ?? []);
  if (selector.any) parts.push(`(${terms(selector.any).join(' OR ')})`);
  for (const term of terms(selector.none ?? [])) parts.push(`NOT ${term}`);
  return { sql: parts.length === 0 ? 'true' : parts.join(' AND '), params };
}

/** Never null, so that NOT and OR stay two-valued. */
function termSql(term: Term, bind: (value: Cell) => string): string {
  const value = `labels[${bind(term.label)}]`;
  // One value is compared in half the time that it takes to look through a list of one.
  const among = (list: readonly string[]): string =>
    list.length === 1
      ? `(${value} IS NOT DISTINCT FROM ${bind(list[0] ?? null)})`
      : `coalesce(list_contains(${bind(list)}, ${value}), false)`;
  if (term.in) return among(term.in);
  if (term.notIn) return `NOT ${among(term.notIn)}`;
  if (term.prefix !== undefined) return `coalesce(starts_with(${value}, ${bind(term.prefix)}), false)`;
  if (term.exists !== undefined) return `(${value} IS ${term.exists ? 'NOT NULL' : 'NULL'})`;
  throw new PatchwardenError('bug', `the condition on label "${term.label}" says nothing`);
}
