import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { catalogue } from './catalogue.mjs';
import { deriveSchemas } from './derive-schemas.mjs';
import { BuildError, OPA_VERSION, runOpa } from './opa.mjs';
import { readTarGz } from './read-bundle.mjs';

export const ROOTS = ['lib', 'main', 'rules'];
export const CAPABILITIES = ['--capabilities', 'capabilities.json'];
export const NO_TESTS = ['--ignore', '*_test.rego'];
/** Exit status of `opa test` when it ran and a test did not pass. */
const TESTS_FAILED = 2;
export const ENTRYPOINTS = ['main/approve', 'main/change', 'main/decide'];
export const sha256 = (data) => createHash('sha256').update(data).digest('hex');

/**
 * Checks, tests and compiles the Rego below `folder`. Returns what belongs into policies/build, by file name.
 * Paths given to OPA are relative, so that the bytes do not depend on where the folder lies.
 */
export function compilePolicies(opa, folder, schemas) {
  const scratch = mkdtempSync(join(tmpdir(), 'patchwarden-policy-'));
  try {
    const texts = regoTexts(folder);
    check(opa, folder, schemas, scratch);
    const rules = checkedCatalogue(opa, folder, texts);
    const tests = passingTests(opa, folder);
    const policy = compileWasm(opa, folder, scratch, ENTRYPOINTS, [...NO_TESTS, ...ROOTS]);
    const testWasm = compileWasm(opa, folder, scratch, Object.keys(tests), ROOTS);
    const manifest = {
      opaVersion: OPA_VERSION,
      capabilities: {
        path: 'capabilities.json',
        sha256: sha256(readFileSync(join(folder, 'capabilities.json'))),
      },
      sources: [...texts].map(([path, text]) => ({ path, sha256: sha256(text) })),
      entrypoints: ENTRYPOINTS,
      reads: {
        approve: inputsRead(opa, folder, 'main/approve', ROOTS),
        decide: inputsRead(opa, folder, 'main/decide', ROOTS),
      },
      wasm: describe('policy.wasm', policy),
      tests: { ...describe('tests.wasm', testWasm), packages: tests },
      rules,
    };
    return new Map([
      ['manifest.json', Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)],
      ['policy.wasm', policy],
      ['tests.wasm', testWasm],
    ]);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

export const describe = (path, bytes) => ({ path, sha256: sha256(bytes), size: bytes.length });

function regoTexts(folder) {
  const paths = ROOTS.flatMap((root) =>
    readdirSync(join(folder, root), { recursive: true, withFileTypes: true }),
  )
    .filter((entry) => entry.isFile() && entry.name.endsWith('.rego'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
  return new Map(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

function check(opa, folder, schemas, scratch) {
  deriveSchemas(schemas, scratch);
  const unformatted = runOpa(opa, ['fmt', '--list', ...ROOTS], folder).trim();
  if (unformatted) throw new BuildError(`these are not formatted, run opa fmt --write:\n${unformatted}`);
  runOpa(opa, ['check', '--strict', ...CAPABILITIES, '--schema', scratch, ...ROOTS], folder);
}

function checkedCatalogue(opa, folder, texts) {
  const inspected = JSON.parse(runOpa(opa, ['inspect', '--annotations', '--format', 'json', '.'], folder));
  const { rules, problems } = catalogue(inspected, texts);
  if (problems.length > 0) throw new BuildError(problems.join('\n'));
  return rules;
}

/** Test package (as an entrypoint) → names of its tests, sorted. A test that fails ends the build. */
function passingTests(opa, folder) {
  const results = testResults(opa, folder, ROOTS);
  const failed = results.filter((result) => result.fail || result.error || result.skip);
  if (failed.length > 0)
    throw new BuildError(
      failed
        .map(({ location, name }) => `${location.file}:${location.row}: ${name} does not pass`)
        .join('\n'),
    );
  return testPackages(results);
}

/** What `opa test` says about each test. */
export function testResults(opa, folder, args) {
  const all = ['test', '--format', 'json', ...CAPABILITIES, ...args];
  return JSON.parse(runOpa(opa, all, folder, [0, TESTS_FAILED])) ?? [];
}

export function testPackages(results) {
  const packages = {};
  for (const { package: name, name: test } of results) {
    const entrypoint = name.replace(/^data\./, '').replaceAll('.', '/');
    packages[entrypoint] = [...(packages[entrypoint] ?? []), test];
  }
  return Object.fromEntries(
    Object.entries(packages)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, tests]) => [name, tests.sort()]),
  );
}

/** Every path of the input that an entrypoint can read, whatever the input, sorted; one that ends early is read whole. */
export function inputsRead(opa, folder, entrypoint, roots) {
  const query = `data.${entrypoint.replaceAll('/', '.')}`;
  const data = roots.flatMap((root) => ['--data', root]);
  const { base } = JSON.parse(runOpa(opa, ['deps', '--format', 'json', ...NO_TESTS, ...data, query], folder));
  const paths = base
    .map((ref) => ref.map((part) => part.value))
    .filter(([root]) => root === 'input')
    .map(([, ...path]) => path);
  const whole = paths.filter((path) => !paths.some((other) => isBelow(path, other)));
  return whole
    .map((path) => JSON.stringify(path))
    .sort()
    .map((path) => JSON.parse(path));
}

const isBelow = (path, above) => path.length > above.length && above.every((part, i) => part === path[i]);

/** The policy that these arguments (options and paths) name, with these entrypoints. */
export function compileWasm(opa, folder, scratch, entrypoints, args) {
  const bundle = join(scratch, 'bundle.tar.gz');
  const targets = entrypoints.flatMap((name) => ['--entrypoint', name]);
  runOpa(
    opa,
    ['build', '--target', 'wasm', ...CAPABILITIES, ...targets, '--output', bundle, ...args],
    folder,
  );
  const wasm = readTarGz(readFileSync(bundle)).get('policy.wasm');
  if (!wasm) throw new BuildError('opa build left no policy.wasm in its bundle', 70);
  return wasm;
}
