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

/** Compiled once, when first asked; a run that validates nothing pays nothing. */
const compiled = new Map<SchemaKind, ValidateFunction>();
let ajv: Ajv | undefined;

function validatorOf(kind: SchemaKind): ValidateFunction {
  const known = compiled.get(kind);
  if (known) return known;
  if (!ajv) {
    // verbose: errors carry the schema they come from, which explain.ts needs to choose among branches.
    // strictRequired would forbid `then: {required}` for keys that the object beside it declares.
    ajv = new Ajv({
      allErrors: true,
      verbose: true,
      strict: true,
      strictRequired: false,
      allowUnionTypes: true,
    });
    addFormats.default(ajv, ['date', 'date-time']);
    for (const schema of Object.values(SCHEMAS)) ajv.addSchema(schema);
  }
  const validator = ajv.compile(schemaOf(kind));
  compiled.set(kind, validator);
  return validator;
}

/** Raw schema errors of a value; empty when it is valid. For rows, reports and policy input, which have no file. */
export function validateKind(kind: SchemaKind, value: unknown): readonly ErrorObject[] {
  const validate = validatorOf(kind);
  return validate(value) ? [] : [...(validate.errors ?? [])];
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
  return errors.length === 0 ? ok(value as Document) : fail(explainErrors(parsed, schema, errors));
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
