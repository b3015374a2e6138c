import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { loadPolicyEngine } from '../../src/adapters/policy-opa-wasm.ts';
import { directoryStateStore } from '../../src/adapters/state-store-directory.ts';
import { withKeptAnswers } from '../../src/app/kept-answers.ts';
import type { DecideInput } from '../../src/contracts/generated/decide-input.ts';
import type { PolicyEngine } from '../../src/ports/policy-engine.ts';
import type { StateStore } from '../../src/ports/state-store.ts';
import { aDecideInput, anApproveInput } from '../support/arbitrary-policy.ts';
import { sharedDir } from '../support/temp-dir.ts';

const policy = await loadPolicyEngine();
const inputs = fc.sample(aDecideInput, { numRuns: 40, seed: 1 });
const approvals = fc.sample(anApproveInput, { numRuns: 20, seed: 2 });
const answers = inputs.map((input) => policy.decide(input));

let state: StateStore;
/** Questions that reached policy itself. */
let asked: unknown[];
let counted: PolicyEngine;
beforeEach(() => {
  state = directoryStateStore(sharedDir());
  asked = [];
  counted = {
    ...policy,
    approve: (input) => {
      asked.push(input);
      return policy.approve(input);
    },
    decideAll: async (questions) => {
      asked.push(...questions);
      return policy.decideAll(questions);
    },
  };
});

/** One run: everything is asked, and kept. */
async function run(questions: readonly DecideInput[] = inputs, engine = counted) {
  asked = [];
  const kept = await withKeptAnswers(engine, state);
  const decided = await kept.engine.decideAll(questions);
  const approved = approvals.map((input) => kept.engine.approve(input));
  await kept.keep();
  return { decided, approved };
}

describe('kept answers', () => {
  it('are those of policy, in the run that asks and in the next, which does not ask', async () => {
    const first = await run();
    expect(first.decided).toEqual(answers);
    expect(first.approved).toEqual(approvals.map((input) => policy.approve(input)));
    expect(asked.length).toBeGreaterThan(40);
    expect(await run()).toEqual(first);
    expect(asked).toEqual([]);
  });

  it('serve the questions that are the same; what is new, or twice the same, is asked once', async () => {
    await run(inputs.slice(0, 20));
    const questions = [...inputs.slice(10), ...inputs.slice(10).reverse()];
    const { decided } = await run(questions);
    expect(decided).toEqual(questions.map((input) => policy.decide(input)));
    const earlier = inputs.slice(0, 20).map((input) => JSON.stringify(input));
    const texts = new Set(inputs.map((input) => JSON.stringify(input)).filter((t) => !earlier.includes(t)));
    expect(asked.map((input) => JSON.stringify(input))).toEqual([...texts]);
  });

  it('do not serve another policy', async () => {
    await run();
    await run(inputs, { ...counted, digest: `sha256:${'0'.repeat(64)}` });
    expect(asked.length).toBeGreaterThan(40);
  });

  it.each<[string, (text: string) => string]>([
    ['cut', (text) => text.slice(0, -40)],
    ['changed in one byte', (text) => text.replace('"status":"', '"status":"x')],
    ['empty', () => ''],
    ['no text of ours', () => 'sha256:\n{"policy":1}\n'],
  ])('that are %s are asked again, and written again', async (_, damage) => {
    const first = await run();
    const file = state.path('answers.json');
    const text = readFileSync(file, 'utf8');
    expect(damage(text)).not.toBe(text);
    writeFileSync(file, damage(text));
    expect(await run()).toEqual(first);
    expect(asked.length).toBeGreaterThan(40);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('are not needed: a state location that can be neither read nor written changes no answer', async () => {
    const broken = async () => Promise.reject(new Error('no'));
    const kept = await withKeptAnswers(policy, { read: broken, write: broken });
    expect(await kept.engine.decideAll(inputs)).toEqual(answers);
    await expect(kept.keep()).resolves.toBeUndefined();
  });
});
