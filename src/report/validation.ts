import { formatProblem, type Problem } from '../contracts/problem.ts';
import { printable } from '../util/printable.ts';

/** What validation found, as the report needs it. */
export interface ValidationFacts {
  readonly ok: boolean;
  readonly problems: readonly Problem[];
  readonly fixed: readonly string[];
  readonly documents: number;
}

/** For people: one line a problem, as editors read it, and a sum at the end. */
export function validationText(facts: ValidationFacts, dryRun: boolean): string {
  const files = new Set(facts.problems.map((p) => p.file)).size;
  const sum = facts.ok
    ? `${count(facts.documents, 'document')}, no problem`
    : `${count(facts.problems.length, 'problem')} in ${count(files, 'file')}`;
  return [
    ...facts.fixed.map((path) => `${dryRun ? 'would rewrite' : 'rewrote'} ${printable(path)}`),
    ...facts.problems.map(formatProblem),
    sum,
    '',
  ].join('\n');
}

/** For programs: `{ok, problems, fixed}`. */
export const validationJson = ({ ok, problems, fixed }: ValidationFacts): string =>
  `${JSON.stringify({ ok, problems, fixed }, null, 2)}\n`;

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
