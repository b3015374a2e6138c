import { quote } from '../util/printable.ts';
import type { JsonSchema } from './schemas.ts';

const WORDS: Readonly<Record<string, string>> = {
  string: 'a text in double quotes',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object {…}',
  array: 'a list […]',
  null: 'null',
};

export const typesOf = (schema: JsonSchema): readonly string[] =>
  [schema.type].flat().filter((t) => typeof t === 'string');

export const typeWords = (types: readonly string[]): string => types.map((t) => WORDS[t] ?? t).join(' or ');

/** JSON’s name for the type of a value. */
export function typeNameOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** A value as a short piece of a sentence. */
export function valueWords(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'number':
    case 'boolean':
      return String(value);
    default:
      return WORDS[typeNameOf(value)] ?? 'nothing';
  }
}
