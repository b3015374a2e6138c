import { describe, expect, test } from 'vitest';
import { loadPolicyEngine } from '../../src/adapters/policy-opa-wasm.ts';
import { policyExamples, policyManifest } from '../support/policy-files.ts';

const engine = await loadPolicyEngine();

describe('examples through wasm', () => {
  test.each(policyExamples)('$name', ({ entrypoint, input, decision }) => {
    expect(engine[entrypoint](input)).toEqual(decision);
  });

  test('there are some for each entrypoint', () => {
    for (const entrypoint of ['approve', 'change', 'decide'])
      expect(policyExamples.filter((e) => e.entrypoint === entrypoint).length).toBeGreaterThan(7);
  });

  test('every rule shows itself in one of them, and none is without METADATA', () => {
    const text = policyExamples.flatMap(({ decision }) => [
      ...decision.reasons.map((r) => r.rule),
      ...((decision as { obligations?: { rule: string }[] }).obligations ?? []).map(
        (o) => o.rule.split(':')[0],
      ),
    ]);
    expect([...new Set(text)].sort()).toEqual(policyManifest.rules.map((r) => r.id).sort());
  });
});
