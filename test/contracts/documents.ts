import { readdirSync, readFileSync } from 'node:fs';
import { parseJsonDocument } from '../../src/contracts/load-json.ts';
import { type Document, validateDocument } from '../../src/contracts/validate.ts';

const examples = new URL('../../schemas/examples/', import.meta.url);

export const exampleNames = (folder: 'valid' | 'invalid'): readonly string[] =>
  readdirSync(new URL(`${folder}/`, examples)).filter((n) => n !== 'expected.json');

export const exampleBytes = (folder: 'valid' | 'invalid', name: string): Buffer =>
  readFileSync(new URL(`${folder}/${name}`, examples));

/** A fresh copy of a valid example, to be changed by a test. */
export function example<T extends object = Record<string, unknown>>(name: string): T {
  return JSON.parse(exampleBytes('valid', `${name}.json`).toString('utf8')) as T;
}

/** `line:column: message` of everything that is wrong. */
export function problemsOf(bytes: string | Uint8Array): readonly string[] {
  const parsed = parseJsonDocument(bytes, { file: 'f.json' });
  const result = parsed.ok ? validateDocument(parsed.value) : parsed;
  return result.ok ? [] : result.error.map((p) => `${p.line}:${p.column}: ${p.message}`);
}

export function documentOf(bytes: string | Uint8Array): Document {
  const parsed = parseJsonDocument(bytes, { file: 'f.json' });
  if (!parsed.ok) throw new Error(parsed.error[0]?.message);
  const result = validateDocument(parsed.value);
  if (!result.ok) throw new Error(result.error[0]?.message);
  return result.value;
}
