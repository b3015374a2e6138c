import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createPolicyEngine,
  loadPolicyEngine,
  loadRuleCatalogue,
} from '../../src/adapters/policy-opa-wasm.ts';
import { PatchwardenError } from '../../src/domain/errors.ts';
import type { PolicyEngine } from '../../src/ports/policy-engine.ts';
import { fakePolicyWasm } from '../support/fake-policy-wasm.ts';
import { POLICIES, policyExamples, policyManifest } from '../support/policy-files.ts';

const inputOf = (name: string) => policyExamples.find((e) => e.name === name)?.input as never;
const missing = inputOf('decide-missing');
const refusedBecause = (code: string, message: RegExp) =>
  expect.objectContaining({ name: 'PatchwardenError', code, message: expect.stringMatching(message) });
const failure = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('the packaged policy', () => {
  test('loads, and is named by its digest', async () => {
    expect((await loadPolicyEngine()).digest).toBe(`sha256:${policyManifest.wasm.sha256}`);
  });

  test('gives the catalogue of its rules', async () => {
    const rules = await loadRuleCatalogue();
    expect(rules.map((r) => r.id)).toEqual(policyManifest.rules.map((r) => r.id));
    for (const rule of rules) expect(rule.remediation).not.toBe('');
  });

  test('answers after tens of thousands of questions: memory is given back each time', async () => {
    const engine = await loadPolicyEngine();
    const first = engine.decide(missing);
    for (let i = 0; i < 20_000; i += 1) engine.decide(missing);
    expect(engine.decide(missing)).toEqual(first);
  });

  test('gives each answer as a value of its own', async () => {
    const engine = await loadPolicyEngine();
    expect(engine.decide(missing)).not.toBe(engine.decide(missing));
  });
});

describe('files of a policy', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'policy-'));
    cpSync(new URL('build/', POLICIES), folder, { recursive: true });
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const load = () => loadPolicyEngine(pathToFileURL(`${folder}/`));

  test('a copy elsewhere loads', async () => {
    expect((await load()).decide(missing).status).toBe('missing');
  });

  test('one flipped byte is refused before it is compiled', async () => {
    const wasm = readFileSync(join(folder, 'policy.wasm'));
    wasm[wasm.length - 1] = (wasm.at(-1) ?? 0) ^ 1;
    writeFileSync(join(folder, 'policy.wasm'), wasm);
    await expect(load()).rejects.toEqual(refusedBecause('digest-mismatch', /policy\.wasm is not the policy/));
  });

  test.each(['policy.wasm', 'manifest.json'])('without %s there is no policy', async (name) => {
    rmSync(join(folder, name));
    await expect(load()).rejects.toEqual(
      refusedBecause('policy-failed', new RegExp(`${name} cannot be read`)),
    );
  });

  test.each(['', '{}', '[1]', '{"wasm": {"sha256": 1}, "rules": []}', 'null'])(
    'a manifest that is %j is none',
    async (text) => {
      writeFileSync(join(folder, 'manifest.json'), text);
      await expect(load()).rejects.toEqual(refusedBecause('policy-failed', /is no manifest/));
    },
  );
});

describe('what a policy must never get away with', () => {
  const change = inputOf('change-approved');
  const broken = (result: string | undefined) => createPolicyEngine(fakePolicyWasm(result));

  test('the fake policy answers like a real one', async () => {
    const engine = await broken(
      '[{"result": {"allowed": false, "reasons": [{"rule": "x", "effect": "deny"}]}}]',
    );
    expect(engine.change(change)).toEqual({ allowed: false, reasons: [{ rule: 'x', effect: 'deny' }] });
  });

  test.each([
    ['an undefined result', '[]'],
    ['two results', '[{"result": {}}, {"result": {}}]'],
    ['a result set that is no list', '{"result": {"allowed": true}}'],
  ])('%s is a failure', async (_, result) => {
    const engine = await broken(result);
    const error = failure(() => engine.change(change));
    expect(error).toEqual(refusedBecause('policy-failed', /no result for change .* nothing is allowed/));
  });

  test.each([
    ['nothing inside the result', '[{}]'],
    ['a bare true', '[{"result": true}]'],
    ['allowed without a reason', '[{"result": {"allowed": true, "reasons": []}}]'],
    [
      'a key that nobody knows',
      '[{"result": {"allowed": true, "reasons": [{"rule": "x", "effect": "y"}], "force": 1}}]',
    ],
  ])('%s breaks the contract', async (_, result) => {
    const engine = await broken(result);
    const error = failure(() => engine.change(change));
    expect(error).toEqual(
      refusedBecause('policy-failed', /result of change is not what the policy's contract says/),
    );
  });

  test('a trap is a failure with its cause', async () => {
    const engine = await broken(undefined);
    const error = failure(() => engine.change(change));
    expect(error).toEqual(refusedBecause('policy-failed', /failed in change: unreachable/));
    expect((error as PatchwardenError).cause).toBeInstanceOf(Error);
  });

  test('bytes that are no policy do not load', async () => {
    await expect(createPolicyEngine(new Uint8Array([1, 2, 3]))).rejects.toEqual(
      refusedBecause('policy-failed', /does not load/),
    );
  });

  test('a policy without an entrypoint does not load', async () => {
    await expect(createPolicyEngine(fakePolicyWasm('[]', ['main/approve']))).rejects.toEqual(
      refusedBecause('policy-failed', /no entrypoint main\/change, main\/decide/),
    );
  });
});

describe('input', () => {
  const wrong = { ...(missing as object), exceptions: 'none' };
  const ask = (engine: PolicyEngine, input: unknown) => failure(() => engine.decide(input as never));

  test('that breaks the contract is refused before the policy sees it', async () => {
    const engine = await loadPolicyEngine();
    expect(ask(engine, wrong)).toEqual(
      refusedBecause('policy-failed', /input of decide .*\/exceptions must be array/),
    );
    expect(ask(engine, undefined)).toBeInstanceOf(PatchwardenError);
  });

  test('that is too large for the memory of a policy is a failure, and the next question is answered', async () => {
    const engine = await loadPolicyEngine();
    const id = 'x'.repeat(60);
    const exceptions = Array.from({ length: 300_000 }, () => ({
      id,
      decision: 'accept-risk',
      controlled: true,
      days: 30,
    }));
    expect(ask(engine, { ...(missing as object), exceptions })).toEqual(
      refusedBecause('policy-failed', /failed in decide/),
    );
    expect(engine.decide(missing).status).toBe('missing');
  });
});
