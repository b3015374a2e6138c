import { loadPolicy } from '@open-policy-agent/opa-wasm';

/**
 * Runs Rego tests that were compiled to wasm. A passing test is `true` in its package, a failing one is absent, so what
 * is expected comes from the manifest. Returns `<package>: <test>` of everything that did not pass or was not expected.
 */
export async function failingRegoTests(
  wasm: Uint8Array,
  expected: Readonly<Record<string, readonly string[]>>,
): Promise<string[]> {
  const policy = await loadPolicy(Uint8Array.from(wasm), { initial: 5, maximum: 1024 });
  const failing: string[] = [];
  for (const [name, tests] of Object.entries(expected)) {
    const results: unknown = Object.hasOwn(policy.entrypoints, name) ? policy.evaluate({}, name) : [];
    const found = ((results as { result?: object }[])[0]?.result ?? {}) as Record<string, unknown>;
    for (const test of tests) if (found[test] !== true) failing.push(`${name}: ${test} did not pass`);
    for (const test of Object.keys(found))
      if (test.startsWith('test_') && !tests.includes(test)) failing.push(`${name}: ${test} is not expected`);
  }
  return failing;
}
