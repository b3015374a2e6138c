import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { fail, ok, type Result } from '../domain/result.ts';
import { nearest } from '../util/edit-distance.ts';
import { quote } from '../util/printable.ts';
import { explainErrors } from './explain.ts';
import type { Baseline } from './generated/baseline.ts';
import type { Calendar } from './generated/calendar.ts';
import type { Config } from './generated/config.ts';
import type { Exception } from './generated/exception.ts';
import type { Hold } from './generated/hold.ts';
import type { PatchLock } from './generated/patch-lock.ts';
import type { Pins } from './generated/pins.ts';
import type { Roles } from './generated/roles.ts';
import { SCHEMAS } from './generated/schemas.ts';
import { DOCUMENT_KINDS, type DocumentKind, type SchemaKind } from './kinds.ts';
import type { ParsedDocument } from './load-json.ts';
import { type Problem, problem } from './problem.ts';
import { schemaOf } from './schemas.ts';

/** The documents of a policy repository by their `kind`. */
export interface DocumentMap {
  readonly Config: Config;
  readonly Baseline: Baseline;
  readonly Exception: Exception;
  readonly Calendar: Calendar;
  readonly Hold: Hold;
  readonly Roles: Roles;
  readonly Pins: Pins;
  readonly PatchLock: PatchLock;
}

export type Document = DocumentMap[DocumentKind];

/** Above so many values the errors of a document are not collected: ajv copies its list for each one, which is quadratic. */
const MANY_VALUES = 10_000;

/** Compiled once, when first asked; a run that validates nothing pays nothing. */
const compilers = new Map<boolean, Ajv>();
const compiled = new Map<string, ValidateFunction>();

function validatorOf(kind: SchemaKind, allErrors: boolean): ValidateFunction {
  const name = `${kind} ${allErrors}`;
  const validator = compiled.get(name) ?? compilerOf(allErrors).compile(schemaOf(kind));
  compiled.set(name, validator);
  return validator;
}

function compilerOf(allErrors: boolean): Ajv {
  const known = compilers.get(allErrors);
  if (known) return known;
  // verbose: errors carry the schema they come from, which explain.ts needs to choose among branches.
  // strictRequired would forbid `then: {required}` for keys that the object beside it declares.
  const ajv = new Ajv({
    allErrors,
    verbose: true,
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    // The schemas are ours: a test compares them with the meta-schema, which no run needs.
    meta: false,
    validateSchema: false,
    // Takes a third of the time to compile, and what is compiled is used a few hundred times.
    code: { optimize: false },
  });
  addFormats.default(ajv, ['date', 'date-time']);
  for (const schema of Object.values(SCHEMAS)) ajv.addSchema(schema);
  compilers.set(allErrors, ajv);
  return ajv;
}

/**
 * Raw schema errors of a value; empty when it is valid. For rows, reports and policy input, which have no file.
 * All of them, but only the first of a value that {@link isLarge}.
 */
export function validateKind(kind: SchemaKind, value: unknown): readonly ErrorObject[] {
  const fast = validatorOf(kind, false);
  if (fast(value)) return [];
  const first = fast.errors ?? [];
  if (isLarge(value)) return first;
  const thorough = validatorOf(kind, true);
  return thorough(value) ? [] : (thorough.errors ?? first);
}

const SELECTOR = 'https://patchwarden.dev/schemas/v1/common.schema.json#/definitions/selector';

/** Raw schema errors of a selector by itself; empty when it is valid. */
export function validateSelector(value: unknown): readonly ErrorObject[] {
  const validator = compilerOf(true).getSchema(SELECTOR);
  return validator?.(value) === true ? [] : (validator?.errors ?? []);
}

/** More than {@link MANY_VALUES} values inside each other; counted without recursion. */
function isLarge(value: unknown): boolean {
  let count = 0;
  for (let todo: unknown[] = [value]; todo.length > 0; ) {
    const next: unknown[] = [];
    for (const item of todo) {
      count += 1;
      if (count > MANY_VALUES) return true;
      if (typeof item === 'object' && item !== null)
        for (const inner of Object.values(item)) next.push(inner);
    }
    todo = next;
  }
  return false;
}

/** A document by its `kind`, or every reason why it is none. `expected` is what the folder holds. */
export function validateDocument(
  parsed: ParsedDocument,
  expected?: DocumentKind,
): Result<Document, Problem[]> {
  const { file, value } = parsed;
  const refuse = (pointer: string, message: string) =>
    fail([problem(file, parsed.locate(pointer), 'schema', message)]);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse('', 'a document must be a JSON object with "apiVersion" and "kind"');

  const { apiVersion, kind } = value as { readonly apiVersion?: unknown; readonly kind?: unknown };
  if (typeof apiVersion === 'string' && apiVersion !== 'patchwarden/v1')
    return refuse(
      '/apiVersion',
      `"apiVersion" is ${quote(apiVersion)}, and this version reads only "patchwarden/v1"`,
    );
  const schema = isDocumentKind(kind) ? DOCUMENT_KINDS[kind] : expected && DOCUMENT_KINDS[expected];
  if (!schema) return refuse('/kind', kindMessage(kind));
  const errors = validateKind(schema, value);
  if (errors.length === 0) return ok(value as Document);
  const problems = explainErrors(parsed, schema, errors);
  if (!isLarge(value)) return fail(problems);
  const more = 'a file this large is checked up to its first problem, so more may follow';
  return fail(problems.map((p) => ({ ...p, message: `${p.message}; ${more}` })));
}

const isDocumentKind = (kind: unknown): kind is DocumentKind =>
  typeof kind === 'string' && Object.hasOwn(DOCUMENT_KINDS, kind);

function kindMessage(kind: unknown): string {
  const kinds = Object.keys(DOCUMENT_KINDS);
  const list = kinds.join(', ');
  if (typeof kind !== 'string') return `"kind" is missing or no text; write one of ${list}`;
  const meant = nearest(kind, kinds);
  return `"kind" is ${quote(kind)}, which does not exist; ${meant ? `did you mean "${meant}"?` : `write one of ${list}`}`;
}
