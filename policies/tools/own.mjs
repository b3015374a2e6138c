import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CAPABILITIES,
  compileWasm,
  describe,
  ENTRYPOINTS,
  inputsRead,
  NO_TESTS,
  ROOTS,
  sha256,
  testPackages,
  testResults,
} from './compile.mjs';
import { deriveSchemas } from './derive-schemas.mjs';
import { BuildError, requireOpaSince, runOpa } from './opa.mjs';
import { homeOf, isTest, ownCatalogue, sourceProblems } from './own-sources.mjs';

const PRODUCT = fileURLToPath(new URL('../', import.meta.url));
const SCHEMAS = fileURLToPath(new URL('../../schemas/', import.meta.url));
const ALL = [...ROOTS, 'custom'];
const OWN_TESTS = ['--run', '^data\\.custom\\.'];

/**
 * Compiles the product's policy with the rules of a user (name → text, such as two_days.rego).
 * Returns what belongs into policies/build, by file name. The bytes depend on the sources and the version of OPA alone.
 * @throws BuildError with a line for each problem
 */
export function buildOwn(sources, env) {
  return prepared(sources, env, ({ opa, version, folder, scratch, rules }) => {
    const wasm = compileWasm(opa, folder, scratch, ENTRYPOINTS, [...NO_TESTS, ...ALL]);
    const shipped = JSON.parse(readFileSync(join(PRODUCT, 'build/manifest.json'), 'utf8'));
    const manifest = {
      opaVersion: version,
      capabilities: shipped.capabilities,
      product: shipped.sources.filter(({ path }) => !isTest(path)),
      sources: [...sources]
        .filter(([name]) => !isTest(name))
        .map(([name, text]) => ({ path: `policies/${name}`, sha256: sha256(text) })),
      reads: { decide: inputsRead(opa, folder, 'main/decide', ALL) },
      wasm: describe('policy.wasm', wasm),
      rules: [...shipped.rules, ...rules],
    };
    return new Map([
      ['manifest.json', Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)],
      ['policy.wasm', wasm],
    ]);
  });
}

/**
 * Runs the tests of a user in OPA, and compiles the same to wasm: `{results: [{at, name, passed}], packages, wasm}`, wasm
 * null where there is no test.
 */
export function testOwn(sources, env) {
  return prepared(sources, env, ({ opa, folder, scratch }) => {
    const found = spoken(() => testResults(opa, folder, [...OWN_TESTS, ...ALL]));
    const packages = testPackages(found);
    const results = found.map(({ location, name, package: where, fail, error, skip }) => ({
      at: `${homeOf(location.file)}:${location.row}`,
      name: `${where.replace(/^data\./, '')}.${name}`,
      passed: !fail && !error && !skip,
    }));
    const names = Object.keys(packages);
    const wasm = names.length === 0 ? null : compileWasm(opa, folder, scratch, names, ALL);
    return { results, packages, wasm };
  });
}

/** The product's sources and the user's in one throw-away folder, checked: where they lie must not show in the bytes. */
function prepared(sources, env, act) {
  const { path: opa, version } = requireOpaSince(env);
  const problems = sourceProblems(sources);
  if (problems.length > 0) throw new BuildError(problems.join('\n'));
  const scratch = mkdtempSync(join(tmpdir(), 'patchwarden-own-policy-'));
  const folder = join(scratch, 'all');
  try {
    for (const name of [...ROOTS, 'capabilities.json'])
      cpSync(join(PRODUCT, name), join(folder, name), { recursive: true });
    mkdirSync(join(folder, 'custom'));
    for (const [name, text] of sources) writeFileSync(join(folder, 'custom', name), text);
    mkdirSync(join(scratch, 'schemas'));
    deriveSchemas(SCHEMAS, join(scratch, 'schemas'));
    return spoken(() => {
      const types = ['--strict', ...CAPABILITIES, '--schema', '../schemas', '--format', 'json'];
      runOpa(opa, ['check', ...types, ...ALL], folder);
      const inspected = JSON.parse(
        runOpa(opa, ['inspect', '--annotations', '--format', 'json', 'custom'], folder),
      );
      const { rules, problems } = ownCatalogue(inspected, sources);
      if (problems.length > 0) throw new BuildError(problems.join('\n'));
      return act({ opa, version, folder, scratch, rules });
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What OPA complains about, as one sentence a line with the place that a user knows. */
function spoken(act) {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    throw new BuildError(sentences(error.message), error.exitCode);
  }
}

function sentences(text) {
  const start = text.indexOf('{\n  "errors"');
  if (start >= 0) {
    const { errors } = JSON.parse(text.slice(start));
    return [...new Set(errors.map(sentence))].join('\n');
  }
  return text.replace(/\bcustom\/([\w.-]+\.rego:\d+)(?:: rego_\w+_error)?/g, 'policies/$1');
}

function sentence({ message, location }) {
  const unknown = /^undefined function (.+)$/.exec(message)?.[1];
  const what = unknown
    ? `own rules have no function ${unknown}: none for the network, the clock, chance or patterns is offered`
    : message;
  return location?.file ? `${homeOf(location.file)}:${location.row}:${location.col}: ${what}` : what;
}
