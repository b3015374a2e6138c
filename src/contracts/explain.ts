import type { ErrorObject } from 'ajv';
import { withoutOtherBranches } from './branches.ts';
import type { SchemaKind } from './kinds.ts';
import type { ParsedDocument } from './load-json.ts';
import { type Problem, problem, sortedProblems } from './problem.ts';
import { sentenceOf } from './sentence.ts';

/** Beyond this many a person fixes some and asks again; a hostile file must not make more work. */
const MAX_PROBLEMS = 100;

/** Schema errors of a document as sentences at their places: all of them, sorted by place, none twice. */
export function explainErrors(
  parsed: ParsedDocument,
  kind: SchemaKind,
  errors: readonly ErrorObject[],
): Problem[] {
  const kept = withoutConsequences(withoutOtherBranches(kind, errors.slice(0, MAX_PROBLEMS * 10)));
  const all = sortedProblems(
    kept.map((e) => problem(parsed.file, placeOf(parsed, e), 'schema', sentenceOf(kind, e))),
  );
  const shown = all.slice(0, MAX_PROBLEMS);
  const last = shown.at(-1);
  const more = Math.max(all.length, errors.length) - shown.length;
  if (all.length > MAX_PROBLEMS && last)
    shown.push(
      problem(
        parsed.file,
        last,
        'schema',
        `there are about ${more} more problems in this file; fix these first`,
      ),
    );
  return shown;
}

/** Errors that only say that another one happened, or that say it worse. */
function withoutConsequences(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const patternFailed = new Set(errors.filter((e) => e.keyword === 'pattern').map((e) => e.instancePath));
  const kept = errors.filter(
    (e) =>
      e.keyword !== 'if' &&
      e.keyword !== 'propertyNames' &&
      !(e.keyword === 'format' && patternFailed.has(e.instancePath)),
  );
  return kept.length > 0 ? kept : errors;
}

function placeOf(parsed: ParsedDocument, error: ErrorObject) {
  const key: unknown =
    error.keyword === 'additionalProperties' ? error.params.additionalProperty : error.propertyName;
  return typeof key === 'string'
    ? parsed.locateKey(`${error.instancePath}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    : parsed.locate(error.instancePath);
}
