import type { ErrorObject } from 'ajv';
import { nearest } from '../util/edit-distance.ts';
import { printable, quote } from '../util/printable.ts';
import type { SchemaKind } from './kinds.ts';
import { FORMAT_WORDS, PATTERN_WORDS } from './pattern-words.ts';
import { isSchema, type JsonSchema, resolve, schemaOf, subschemas } from './schemas.ts';
import { typesOf, typeWords, valueWords } from './type-words.ts';

/** One schema error as a sentence: what is wrong and what to do. */
export function sentenceOf(kind: SchemaKind, error: ErrorObject): string {
  const schema: JsonSchema = error.parentSchema ?? {};
  const params: Readonly<Record<string, unknown>> = error.params;
  const name = nameOf(error);
  const but = `but is ${valueWords(error.data)}`;
  const limit = Number(params.limit);
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownKey(error, schema, String(params.additionalProperty));
    case 'required':
      return missingKey(kind, error, schema, String(params.missingProperty));
    case 'type':
      return `${name} must be ${typeWords([params.type].flat().map(String))}, ${but}`;
    case 'enum':
      return notInList(name, but, error.data, listOf(params.allowedValues));
    case 'const':
      return `${name} must be ${valueWords(params.allowedValue)}, ${but}`;
    case 'pattern': {
      const words = PATTERN_WORDS[String(params.pattern)] ?? `of the form ${String(params.pattern)}`;
      return `${name} must be ${words}${error.propertyName === undefined ? `, ${but}` : ''}`;
    }
    case 'format':
      return `${name} must be ${FORMAT_WORDS[String(params.format)] ?? String(params.format)}, ${but}`;
    case 'minimum':
      return `${name} must be at least ${limit}, ${but}`;
    case 'maximum':
      return `${name} must be at most ${limit}, ${but}`;
    case 'minLength':
      return limit === 1 ? `${name} must not be empty` : `${name} must have at least ${limit} characters`;
    case 'maxLength':
      return `${name} must have at most ${limit} characters, but has ${String(error.data).length}`;
    case 'minItems':
      return `${name} must have at least ${count(limit, 'item')}; add one`;
    case 'maxItems':
      return `${name} must have at most ${count(limit, 'item')}`;
    case 'minProperties':
    case 'maxProperties':
      return `${name} must have at ${error.keyword === 'minProperties' ? 'least' : 'most'} ${count(limit, 'key')}${hint(schema)}`;
    case 'oneOf':
    case 'anyOf':
      return `${name} must be ${branchWords(kind, schema, error.keyword)}, ${but}${hint(schema)}`;
    default:
      return `${name} ${printable(error.message ?? 'is not valid')}${hint(schema)}`;
  }
}

/** `rings[1].select` for `/rings/1/select`; the whole document has no name of its own. */
function nameOf(error: ErrorObject): string {
  if (error.propertyName !== undefined) return `the key ${quote(error.propertyName)}`;
  return error.instancePath === '' ? 'the document' : `"${pathWords(error.instancePath)}"`;
}

function pathWords(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((raw) => raw.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step, i) => {
      if (/^\d+$/.test(step)) return `[${step}]`;
      const plain = /^[A-Za-z$_][\w$-]*$/.test(step);
      return plain ? `${i === 0 ? '' : '.'}${step}` : `[${quote(step).replaceAll('"', "'")}]`;
    })
    .join('');
}

const ofWhat = (error: ErrorObject, schema: JsonSchema): string =>
  error.instancePath === ''
    ? typeof schema.title === 'string'
      ? withArticle(schema.title)
      : 'the document'
    : `"${pathWords(error.instancePath)}"`;

const withArticle = (noun: string): string => `${/^[AEIOU]/.test(noun) ? 'an' : 'a'} ${noun}`;

function unknownKey(error: ErrorObject, schema: JsonSchema, key: string): string {
  const known = isSchema(schema.properties) ? Object.keys(schema.properties) : [];
  const meant = nearest(key, known);
  const help = meant ? `did you mean "${meant}"?` : `it can have ${known.join(', ')}`;
  return `${quote(key)} is no key of ${ofWhat(error, schema)}; ${help}`;
}

function missingKey(kind: SchemaKind, error: ErrorObject, schema: JsonSchema, key: string): string {
  const property = subschemas({ schema, root: schemaOf(kind) }, 'properties').find(([n]) => n === key)?.[1];
  const what = property && (property.schema.description ?? resolve(property).schema.description);
  return `${ofWhat(error, schema)} needs the key "${key}"; add it${typeof what === 'string' ? ` (${what.replace(/\.$/, '')})` : ''}`;
}

function notInList(name: string, but: string, data: unknown, values: readonly string[]): string {
  const meant = typeof data === 'string' ? nearest(data, values) : undefined;
  return `${name} must be one of ${values.join(', ')}, ${but}${meant ? `; did you mean "${meant}"?` : ''}`;
}

const listOf = (values: unknown): readonly string[] =>
  Array.isArray(values) ? values.map((v) => (typeof v === 'string' ? v : String(v))) : [];

function branchWords(kind: SchemaKind, schema: JsonSchema, keyword: string): string {
  const branches = subschemas({ schema, root: schemaOf(kind) }, keyword).map(([, b]) => resolve(b).schema);
  const types = branches.map((b) => typeWords(typesOf(b)));
  const distinct = [...new Set(types)];
  if (distinct.length > 1) return distinct.join(' or ');
  const constants = branches.flatMap((b) => constantsOf(b));
  return constants.length > 0
    ? `an object with ${constants.join(' or ')}`
    : (distinct[0] ?? 'something else');
}

/** What tells the branches apart: `"type": "merge"`. */
const constantsOf = (branch: JsonSchema): readonly string[] =>
  Object.entries(isSchema(branch.properties) ? branch.properties : {})
    .filter(([name, s]) => name !== 'apiVersion' && isSchema(s) && typeof s.const === 'string')
    .map(([name, s]) => `"${name}": "${String((s as JsonSchema).const)}"`);

const hint = (schema: JsonSchema): string =>
  typeof schema.description === 'string' ? ` (${schema.description.replace(/\.$/, '')})` : '';

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
