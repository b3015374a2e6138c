import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadPolicyEngine } from '../../../src/adapters/policy-opa-wasm.ts';
import { isRead, readable } from '../../../src/assess/fleet/policy-reads.ts';
import type { DecideInput } from '../../../src/contracts/generated/decide-input.ts';
import { canonicalJson } from '../../../src/util/digest.ts';
import { aDecideInput } from '../../support/arbitrary-policy.ts';

const policy = await loadPolicyEngine();

describe('what a policy reads', () => {
  const reads = [['context', 'labels', 'zone'], ['finding']];

  it.each([
    [['context'], true],
    [['context', 'labels'], true],
    [['context', 'labels', 'zone'], true],
    [['context', 'labels', 'env'], false],
    [['context', 'ring'], false],
    [['finding', 'kev'], true],
    [['exceptions'], false],
  ])('%j: %s', (path, expected) => {
    expect(isRead(reads, path)).toBe(expected);
    expect(isRead(undefined, path)).toBe(true);
  });

  it('is all that is left of a value', () => {
    const context = { ring: 'a', labels: { zone: 'x', env: 'prod' }, baseline: null };
    expect(readable(reads, context, ['context'])).toEqual({ labels: { zone: 'x' } });
    expect(readable(reads, { kev: true }, ['finding'])).toEqual({ kev: true });
    expect(readable([['context', 'baseline', 'id']], { baseline: null }, ['context'])).toEqual({
      baseline: null,
    });
    expect(readable(undefined, context, ['context'])).toBe(context);
  });
});

describe('the compiled policy', () => {
  it('tells what it reads, and neither ring, baseline id nor stream are among it', () => {
    for (const path of [
      ['context', 'ring'],
      ['context', 'baseline', 'id'],
      ['finding', 'stream'],
    ])
      expect(isRead(policy.reads, path)).toBe(false);
    for (const path of [['context', 'baseline', 'deadlines'], ['exceptions'], ['finding', 'exploitation']])
      expect(isRead(policy.reads, path)).toBe(true);
  });

  it('is not told which baseline asks whether a patch is wanted, only by what rules', () => {
    const { reads } = JSON.parse(readFileSync('policies/build/manifest.json', 'utf8')) as {
      reads: { approve: string[][] };
    };
    expect(isRead(reads.approve, ['baseline', 'id'])).toBe(false);
    expect(isRead(reads.approve, ['baseline', 'approve'])).toBe(true);
  });

  it('answers the same where only what it does not read differs', () => {
    const seen = (input: DecideInput) => canonicalJson(readable(policy.reads, input, []));
    fc.assert(
      fc.property(aDecideInput, aDecideInput, (input, other) => {
        const mixed = graft(input, other, []) as DecideInput;
        fc.pre(seen(mixed) === seen(input));
        expect(policy.decide(mixed)).toEqual(policy.decide(input));
      }),
      { numRuns: 300 },
    );
  });
});

/** The value, with what is not read taken from another one where that has it. */
function graft(value: unknown, other: unknown, at: readonly string[]): unknown {
  if (!isRead(policy.reads, at)) return other === undefined ? value : other;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const from = (typeof other === 'object' && other !== null ? other : {}) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, graft(inner, from[key], [...at, key])]),
  );
}
