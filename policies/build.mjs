// Compiles the Rego into policies/build; with --verify compiles again and compares every byte.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compilePolicies } from './tools/compile.mjs';
import { BuildError, requireOpa } from './tools/opa.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = join(here, 'build');

function verify(files) {
  const stale = [...files].filter(([name, bytes]) => !bytes.equals(readOrEmpty(join(out, name))));
  if (stale.length === 0) return console.log('policies/build is what the sources compile to');
  const names = stale.map(([name]) => `policies/build/${name}`).join(', ');
  throw new BuildError(
    `${names}: not what the sources compile to; run npm run policy:build and look at what changed`,
    5,
  );
}

function write(files) {
  mkdirSync(out, { recursive: true });
  for (const [name, bytes] of files) {
    writeFileSync(join(out, name), bytes);
    console.log(`policies/build/${name}: ${bytes.length} bytes`);
  }
}

function readOrEmpty(path) {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}

try {
  const files = compilePolicies(requireOpa(), here, join(here, '..', 'schemas'));
  if (process.argv.includes('--verify')) verify(files);
  else write(files);
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}
