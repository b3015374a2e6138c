import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sha256Hex } from '../../src/util/digest.ts';
import { POLICIES, policyManifest, readPolicyFile } from '../support/policy-files.ts';

const rego = ['lib', 'main', 'rules'].flatMap((root) =>
  readdirSync(new URL(root, POLICIES), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.rego'))
    .map((path) => `${root}/${path}`),
);

describe('policy sources', () => {
  test('are those that were compiled', () => {
    const now = rego.sort().map((path) => ({ path, sha256: sha256Hex(readPolicyFile(path)) }));
    expect(now).toEqual(policyManifest.sources);
    expect(sha256Hex(readPolicyFile('capabilities.json'))).toBe(policyManifest.capabilities.sha256);
  });

  test('have a test beside every rule and helper', () => {
    const untested = rego
      .filter((path) => !path.endsWith('_test.rego'))
      .filter((path) => !existsSync(new URL(path.replace('.rego', '_test.rego'), POLICIES)));
    expect(untested).toEqual([]);
  });

  test('declare entrypoints in main/main.rego only', () => {
    const declaring = rego.filter((path) => readPolicyFile(path).includes('# entrypoint:'));
    expect(declaring).toEqual(['main/main.rego']);
    expect(policyManifest.entrypoints).toEqual(['main/approve', 'main/change', 'main/decide']);
  });

  test('may use no network, clock, randomness, keys, files or pattern engines', () => {
    const { builtins } = JSON.parse(readPolicyFile('capabilities.json')) as { builtins: { name: string }[] };
    const names = builtins.map((b) => b.name);
    const forbidden =
      /^(http|net|opa|time|rand|uuid|io|crypto|regex|glob|providers|graphql|json|yaml|semver|rego|units)\.|^(sprintf|print|trace|re_match|walk)$/;
    expect(names.filter((name) => forbidden.test(name))).toEqual([]);
    expect(names).toContain('startswith');
  });
});
