import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sha256Hex } from '../../src/util/digest.ts';
import { POLICIES, policyManifest, readPolicyFile } from '../support/policy-files.ts';
import { failingRegoTests } from '../support/rego-tests.ts';

const wasm = readFileSync(new URL('build/tests.wasm', POLICIES));
const { packages, sha256 } = policyManifest.tests;
const hold = packages['rules/approval/hold_test'] ?? [];

describe('Rego tests as wasm', () => {
  test('are those of the manifest', () => {
    expect(sha256Hex(wasm)).toBe(sha256);
  });

  test('pass, every one that the manifest names', async () => {
    expect(Object.values(packages).flat().length).toBeGreaterThan(150);
    expect(await failingRegoTests(wasm, packages)).toEqual([]);
  });

  test('are all those that the sources hold', () => {
    const written = policyManifest.sources
      .filter(({ path }) => path.endsWith('_test.rego'))
      .flatMap(({ path }) => [...readPolicyFile(path).matchAll(/^(test_\w+) if/gm)].map((m) => m[1]));
    expect(Object.values(packages).flat().sort()).toEqual(written.sort());
  });

  test('a test that fails, and is therefore absent, is caught', async () => {
    const planted = { 'rules/approval/hold_test': [...hold, 'test_that_never_holds'] };
    expect(await failingRegoTests(wasm, planted)).toEqual([
      'rules/approval/hold_test: test_that_never_holds did not pass',
    ]);
  });

  test('a test that nobody expects is caught', async () => {
    expect(await failingRegoTests(wasm, { 'rules/approval/hold_test': hold.slice(1) })).toEqual([
      `rules/approval/hold_test: ${hold[0]} is not expected`,
    ]);
  });

  test('a package that was not compiled is caught', async () => {
    expect(await failingRegoTests(wasm, { 'rules/nowhere_test': ['test_x'] })).toEqual([
      'rules/nowhere_test: test_x did not pass',
    ]);
  });
});
