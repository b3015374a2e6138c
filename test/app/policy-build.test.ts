import { describe, expect, test } from 'vitest';
import { buildPolicy, testPolicy } from '../../src/app/policy-build.ts';
import { PatchwardenError } from '../../src/domain/errors.ts';
import type { OwnFiles } from '../../src/ports/own-rules.ts';
import { builtText, policyTestText } from '../../src/report/policy.ts';
import { fakeFileTree } from '../support/fakes/file-tree.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const WASM = 'policies/build/policy.wasm';

/** A repository and tools whose build is the texts of its rules. */
function world(files: Readonly<Record<string, string | Error>>) {
  const tree = fakeFileTree(new Map(Object.entries({ 'patchwarden.json': '{}', ...files })));
  const written = new Map<string, string>();
  const asked: string[][] = [];
  return {
    ...{ tree, written, asked },
    write: async (path: string, content: Uint8Array) =>
      void written.set(path, new TextDecoder().decode(content)),
    tools: {
      build: async (own: OwnFiles) => {
        asked.push([...own.keys()]);
        return new Map([[WASM, bytes('compiled')]]);
      },
      test: async () => [
        { name: 'custom.x_test.test_a', at: 'policies/x_test.rego:3', opa: true, wasm: false },
      ],
    },
  };
}
const refused = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe('policy build', () => {
  test('writes what was compiled from policies/, and nothing else goes in', async () => {
    const w = world({ 'policies/x.rego': 'x', 'policies/README.md': 'y', 'baselines/b.json': '{}' });
    expect(await buildPolicy(w, { verify: false })).toMatchObject([{ path: WASM, size: 8, same: false }]);
    expect(w.asked).toEqual([['policies/README.md', 'policies/x.rego']]);
    expect([...w.written]).toEqual([[WASM, 'compiled']]);
  });

  test('writes nothing where the bytes are there already, and then they verify', async () => {
    const w = world({ 'policies/x.rego': 'x', [WASM]: 'compiled' });
    for (const verify of [false, true])
      expect(await buildPolicy(w, { verify })).toMatchObject([{ same: true }]);
    expect([...w.written]).toEqual([]);
  });

  test('verifies no other bytes, and writes none', async () => {
    const w = world({ 'policies/x.rego': 'x', [WASM]: 'by hand' });
    await expect(buildPolicy(w, { verify: true })).rejects.toEqual(
      refused('digest-mismatch', /policy\.wasm: not what the sources compile to/),
    );
    expect([...w.written]).toEqual([]);
  });

  test.each([
    ['without rules', {}, 'usage', /no rules of its own/],
    ['with tests alone', { 'policies/x_test.rego': 'x' }, 'usage', /no rules of its own/],
    [
      'with a file that cannot be read',
      { 'policies/x.rego': new PatchwardenError('source-failed', 'it is a link') },
      'bad-document',
      /^policies\/x\.rego: it is a link/,
    ],
  ] as const)('%s there is nothing to build or test', async (_, files, code, message) => {
    await expect(buildPolicy(world(files), { verify: false })).rejects.toEqual(refused(code, message));
    await expect(testPolicy(world(files))).rejects.toEqual(refused(code, message));
  });

  test('elsewhere there is no repository', async () => {
    const ports = { ...world({}), tree: fakeFileTree(new Map([['policies/x.rego', 'x']])) };
    await expect(buildPolicy(ports, { verify: false })).rejects.toEqual(refused('not-a-repository', /./));
  });
});

describe('what it prints', () => {
  const file = { path: WASM, size: 8, sha256: 'x', same: false };

  test.each([
    [file, true, `${WASM}: 8 bytes, written\nCommit policies/ as a whole.\n`],
    [file, false, `${WASM}: 8 bytes, would be written\n`],
    [{ ...file, same: true }, true, `${WASM}: 8 bytes, unchanged\n`],
  ])('of a build %#', (built, written, text) => {
    expect(builtText([built], written)).toBe(text);
  });

  test('of tests: where each one fails', async () => {
    const passing = { name: 'custom.x_test.test_b', at: 'policies/x_test.rego:9', opa: true, wasm: true };
    const [failing] = await testPolicy(world({ 'policies/x.rego': 'x' }));
    expect(policyTestText([failing!, passing])).toBe(
      'policies/x_test.rego:3: custom.x_test.test_a does not pass in WebAssembly, though in OPA\n2 tests: 2 pass in OPA, 1 in WebAssembly\n',
    );
    expect(policyTestText([{ ...passing, opa: false }])).toContain('does not pass in OPA\n');
    expect(policyTestText([{ ...passing, opa: false, wasm: false }])).toContain('test_b does not pass\n');
    expect(policyTestText([])).toBe('no tests; write policies/<name>_test.rego\n');
  });
});
