// Writes src/contracts/generated/*.ts from schemas/*.schema.json; with --check only compares.
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
for (const name of readdirSync(here)
  .filter((n) => n.endsWith('.schema.json') && n !== 'common.schema.json')
  .sort()) {
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
  const file = join(out, `${basename(name, '.schema.json')}.ts`);
  let before = '';
  try {
    before = readFileSync(file, 'utf8');
  } catch {}
  if (before === text) continue;
  if (check) {
    console.error(`${file} is not what ${name} generates: run npm run generate`);
    stale += 1;
  } else {
    writeFileSync(file, text);
  }
}
process.exitCode = stale === 0 ? 0 : 1;
