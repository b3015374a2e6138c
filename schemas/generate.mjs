// Writes src/contracts/generated/*.ts from schemas/*.schema.json: a type module for each, and schemas.ts with all of
// them as data (the library reads no files). With --check only compares.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile } from 'json-schema-to-typescript';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = join(here, '..', 'src', 'contracts', 'generated');
const check = process.argv.includes('--check');
const header = (name) => `/** Generated from schemas/${name} by npm run generate; do not edit. */`;

mkdirSync(out, { recursive: true });
let stale = 0;

function emit(name, file, text) {
  let before = '';
  try {
    before = readFileSync(file, 'utf8');
  } catch {}
  if (before === text) return;
  if (check) {
    console.error(`${file} is not what ${name} generates: run npm run generate`);
    stale += 1;
  } else {
    writeFileSync(file, text);
  }
}

const names = readdirSync(here)
  .filter((n) => n.endsWith('.schema.json'))
  .sort();
for (const name of names.filter((n) => n !== 'common.schema.json')) {
  const schema = JSON.parse(readFileSync(join(here, name), 'utf8'));
  delete schema.$id;
  const text = await compile(schema, schema.title, {
    cwd: here,
    bannerComment: header(name),
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
    enableConstEnums: false,
    declareExternallyReferenced: true,
    style: { singleQuote: true, printWidth: 110 },
  });
  emit(name, join(out, `${basename(name, '.schema.json')}.ts`), text);
}

const all = Object.fromEntries(
  names.map((n) => [basename(n, '.schema.json'), JSON.parse(readFileSync(join(here, n), 'utf8'))]),
);
emit(
  'all schemas',
  join(out, 'schemas.ts'),
  `${header('*.schema.json')}

/** A JSON Schema (draft-07) as data. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** Every schema by the name of its file. */
export const SCHEMAS: Readonly<Record<string, JsonSchema>> = ${JSON.stringify(all, null, 2)};
`,
);
process.exitCode = stale === 0 ? 0 : 1;
