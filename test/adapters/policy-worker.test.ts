import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { openPolicyProgram } from '../../src/adapters/policy-program.ts';
import { roomBeyondLimits } from '../../src/adapters/policy-wasm-shape.ts';
import { type GuardedPolicy, guardPolicy, LIMITS } from '../../src/adapters/policy-worker-guard.ts';
import { policyServer } from '../../src/adapters/policy-worker-protocol.ts';
import { fakePolicyWasm, HOSTILE } from '../support/fake-policy-wasm.ts';
import { POLICIES, policyExamples } from '../support/policy-files.ts';

const RIGHT = '[{"result":"right"}]';
const hostile = (what: keyof typeof HOSTILE) => fakePolicyWasm(RIGHT, undefined, HOSTILE[what]);
const failureOf = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

describe('a policy in its thread', () => {
  const opened: GuardedPolicy[] = [];
  const guard = (wasm: Uint8Array, deadlineMs = LIMITS.deadlineMs) => {
    const policy = guardPolicy(wasm, 'the own rule', { ...LIMITS, deadlineMs });
    opened.push(policy);
    return policy;
  };
  afterEach(async () => {
    for (const policy of opened.splice(0)) await policy.close();
  });

  test('answers in the order of the questions, as the policy itself does', () => {
    const questions = policyExamples.filter((e) => e.entrypoint === 'decide');
    const policy = guard(readFileSync(new URL('build/policy.wasm', POLICIES)));
    const texts = policy.evaluate(
      'main/decide',
      questions.map((q) => JSON.stringify(q.input)),
    );
    expect(texts.map((t) => JSON.parse(t))).toEqual(questions.map((q) => [{ result: q.decision }]));
    expect(policy.evaluate('main/decide', [])).toEqual([]);
  });

  test.each([
    ['a loop without end', 'loop', 1500, /gave no answer within 1500 ms and 128 MiB, and was stopped/],
    ['memory without end', 'memory', 1500, /gave no answer within 1500 ms and 128 MiB, and was stopped/],
    ['an answer without end', 'answer', 5000, /fails: it answers with more than \d+ bytes|gave no answer/],
    ['a pattern that the host would match', 'host', 1500, /fails: it asks for a function of the host/],
  ] as const)('%s is stopped, and the next answer is right', (_, what, deadlineMs, sentence) => {
    const policy = guard(hostile(what), deadlineMs);
    expect(policy.evaluate('main/decide', ['{}'])).toEqual([RIGHT]);
    const before = memory();
    const start = performance.now();
    const error = failureOf(() => policy.evaluate('main/change', ['{}']));
    expect(performance.now() - start).toBeLessThan(deadlineMs + 200);
    expect(error).toMatchObject({ name: 'PatchwardenError', code: 'bad-document' });
    expect((error as Error).message).toMatch(sentence);
    const taken = memory('VmHWM') - before;
    expect(taken).toBeLessThan(256 << 20);
    if (what === 'memory' && before > 0) expect(taken).toBeGreaterThan(16 << 20);
    expect(policy.evaluate('main/decide', ['{}'])).toEqual([RIGHT]);
  });

  test('what it answers with is capped over a whole batch', () => {
    const letters = JSON.stringify([{ result: 'x'.repeat(40_000) }]);
    const policy = guard(fakePolicyWasm(letters));
    const many = (n: number) => failureOf(() => policy.evaluate('main/decide', Array(n).fill('{}')));
    expect(many(200)).toHaveLength(200);
    expect(many(300)).toMatchObject({ message: expect.stringMatching(/more than \d+ bytes/) });
  });

  test('bytes that are no policy are said so when they are asked', () => {
    expect(failureOf(() => guard(new Uint8Array(8)).evaluate('main/decide', ['{}']))).toMatchObject({
      message: 'the own rule fails: it is no WebAssembly module',
    });
  });

  test('a thread that was closed is started again', async () => {
    const policy = guard(fakePolicyWasm(RIGHT));
    for (let i = 0; i < 2; i += 1) {
      expect(policy.evaluate('main/decide', ['{}'])).toEqual([RIGHT]);
      await policy.close();
    }
  });
});

describe('the program in the thread', () => {
  const open = (wasm: Uint8Array) => openPolicyProgram(wasm, 128);

  test('says which entrypoint is missing, and why a policy trapped', () => {
    const ask = (entrypoint: string) =>
      failureOf(() => open(fakePolicyWasm(undefined)).evaluate(entrypoint, '{}', 100));
    expect(ask('main/other')).toMatchObject({ message: 'it has no entrypoint main/other' });
    expect(ask('main/decide')).toMatchObject({ message: expect.stringContaining('unreachable') });
  });

  test('takes input up to its memory and refuses more', () => {
    const program = open(fakePolicyWasm(RIGHT));
    expect(program.evaluate('main/decide', 'x'.repeat(5 << 20), 100)).toBe(RIGHT);
    expect(() => program.evaluate('main/decide', 'x'.repeat(9 << 20), 100)).toThrow(/Memory.grow/);
  });

  test('never throws over the thread', () => {
    const answer = policyServer(open);
    expect(answer({ kind: 'evaluate', entrypoint: 'main/decide', inputs: ['{}'] })).toEqual({
      kind: 'failed',
      message: 'no policy is loaded',
    });
    expect(answer({ kind: 'load', wasm: new Uint8Array(3), pages: 64 })).toMatchObject({ kind: 'failed' });
    expect(answer({ kind: 'load', wasm: fakePolicyWasm(RIGHT), pages: 64 })).toEqual({ kind: 'done' });
  });
});

describe('room beyond the limits', () => {
  const module = (...sections: readonly number[]) =>
    Uint8Array.from([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...sections]);

  test.each<[string, readonly number[], string | undefined]>([
    ['nothing', [], undefined],
    ['a table with a small end', [4, 6, 1, 0x70, 1, 3, 0x80, 4], undefined],
    ['a memory of its own', [5, 3, 1, 0, 1], 'it brings a memory of its own'],
    ['a memory after another section', [0, 1, 0, 5, 3, 1, 0, 1], 'it brings a memory of its own'],
    ['a table without an end', [4, 4, 1, 0x70, 0, 1], 'its tables have no small end'],
    ['a table with a large end', [4, 6, 1, 0x70, 1, 3, 0x81, 0x80, 4], 'its tables have no small end'],
    ['two tables', [4, 9, 2, 0x70, 1, 1, 1, 0x70, 1, 1, 1], 'its tables have no small end'],
    ['a section longer than the module', [1, 9, 0], 'it is cut off'],
    ['a size without an end', [1, 0x80, 0x80, 0x80, 0x80, 0x80], 'it is cut off'],
  ])('%s', (_, sections, said) => {
    expect(roomBeyondLimits(module(...sections))).toBe(said);
  });

  test('other bytes', () => {
    expect(roomBeyondLimits(Uint8Array.from([0x7f, 0x45]))).toBe('it is no WebAssembly module');
  });

  test('the policy of the package asks for none', () => {
    expect(roomBeyondLimits(readFileSync(new URL('build/policy.wasm', POLICIES)))).toBeUndefined();
  });
});

/** Bytes of this process now, from which its peak is counted anew; or that peak. 0 where there is no such file. */
function memory(peak?: 'VmHWM'): number {
  try {
    if (!peak) writeFileSync('/proc/self/clear_refs', '5');
    const field = new RegExp(`^${peak ?? 'VmRSS'}:\\s+(\\d+) kB`, 'm');
    return Number(field.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
