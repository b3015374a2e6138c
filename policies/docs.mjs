// Writes docs/rules.md from policies/build/manifest.json and policies/compliance; with --check only compares.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rulesDoc } from './tools/rules-doc.mjs';

const at = (path) => new URL(path, import.meta.url);
const json = (path) => JSON.parse(readFileSync(at(path), 'utf8'));

const frameworks = readdirSync(at('compliance'))
  .sort()
  .map((name) => json(`compliance/${name}`));
const text = rulesDoc(json('build/manifest.json').rules, frameworks);
const file = at('../docs/rules.md');

let before = '';
try {
  before = readFileSync(file, 'utf8');
} catch {}
if (before !== text) {
  if (process.argv.includes('--check')) {
    console.error('docs/rules.md is not what the rules say: run npm run generate');
    process.exitCode = 1;
  } else writeFileSync(file, text);
}
