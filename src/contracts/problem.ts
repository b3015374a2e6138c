import { printable } from '../util/printable.ts';
import { compareCodePoints } from '../util/sort.ts';

/** What kind of problem it is, for programs; people read the message. */
export type ProblemCode =
  | 'unreadable' // too large, not UTF-8, a link, over-deep
  | 'not-json'
  | 'forbidden-key' // given twice, or a name that JavaScript objects treat specially
  | 'schema' // not what the schema of its kind asks for
  | 'wrong-place' // the document does not belong where it lies, or its id is not its name
  | 'missing-file'
  | 'duplicate-id'
  | 'bad-date'
  | 'unknown-reference' // names a team, person, calendar, baseline, ring or asset that is nowhere
  | 'bad-lock'
  | 'bad-signers'
  | 'bad-zone'
  | 'contradiction' // says one thing and its opposite
  | 'own-build' // policies/build is not what the own rules compile to
  | 'held' // a lock contains what a hold forbids
  | 'ambiguous' // legal, but it decides less than it seems: tie, unreachable ring, shadowed rule
  | 'not-canonical';

/** One thing that is wrong, at one place. Lines and columns count from 1, columns in UTF-16 units. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly code: ProblemCode;
  /** A plain sentence: what is wrong and what to do. Hidden characters are escaped. */
  readonly message: string;
  /** A warning does not keep the documents from being used; every other problem does. */
  readonly severity: 'error' | 'warning';
}

// A hold comes into force while other rings still have what it forbids; no change may bring it (change/halted).
const WARNINGS: readonly ProblemCode[] = ['ambiguous', 'held', 'not-canonical'];

export function problem(
  file: string,
  at: { readonly line: number; readonly column: number },
  code: ProblemCode,
  message: string,
): Problem {
  const severity = WARNINGS.includes(code) ? 'warning' : 'error';
  return { file, line: at.line, column: at.column, code, message, severity };
}

export const isError = (p: Problem): boolean => p.severity === 'error';

/** `file:line:column: sentence`, the form that editors and CI jump to. */
export const formatProblem = (p: Problem): string =>
  `${printable(p.file)}:${p.line}:${p.column}: ${p.severity === 'warning' ? 'warning: ' : ''}${p.message}`;

/** By file, place and text, each once. */
export function sortedProblems(problems: readonly Problem[]): Problem[] {
  const sorted = [...problems].sort(
    (a, b) =>
      compareCodePoints(a.file, b.file) ||
      a.line - b.line ||
      a.column - b.column ||
      compareCodePoints(a.message, b.message),
  );
  return sorted.filter((p, i) => {
    const q = sorted[i - 1];
    return !q || q.file !== p.file || q.line !== p.line || q.column !== p.column || q.message !== p.message;
  });
}
