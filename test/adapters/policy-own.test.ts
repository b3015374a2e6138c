import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createPolicyEngine, loadPolicyEngine } from '../../src/adapters/policy-opa-wasm.ts';
import { loadOwnPolicy, ownEngine } from '../../src/adapters/policy-own.ts';
import { hasOwnRules } from '../../src/adapters/policy-own-manifest.ts';
import { sha256Hex } from '../../src/util/digest.ts';
import { POLICIES, policyExamples, policyManifest, readPolicyFile } from '../support/policy-files.ts';

const inputOf = (name: string) => policyExamples.find((e) => e.name === name)?.input as never;
const RULE = 'policies/perimeter.rego';
const text = 'package custom.perimeter\n';
const wasm = readFileSync(new URL('build/policy.wasm', POLICIES));
const shipped = JSON.parse(readPolicyFile('build/manifest.json')) as {
  readonly capabilities: unknown;
  readonly sources: readonly { readonly path: string; readonly sha256: string }[];
  readonly rules: readonly object[];
};
const rule = { ...shipped.rules[0], id: 'custom/perimeter', reads: ['zone'], path: 'perimeter.rego' };
const manifest = {
  opaVersion: policyManifest.opaVersion,
  capabilities: shipped.capabilities,
  product: shipped.sources.filter(({ path }) => !path.endsWith('_test.rego')),
  sources: [{ path: RULE, sha256: sha256Hex(text) }],
  wasm: { path: 'policy.wasm', sha256: sha256Hex(wasm), size: wasm.length },
  rules: [...shipped.rules, rule],
};

/** A policy repository whose build is what it should be, but for what is named. */
const built = (changes: Readonly<Record<string, string | Uint8Array | null>> = {}, other: object = {}) => {
  const files = new Map<string, string | Uint8Array>([
    [RULE, text],
    ['policies/build/policy.wasm', wasm],
    ['policies/build/manifest.json', JSON.stringify({ ...manifest, ...other })],
  ]);
  for (const [path, content] of Object.entries(changes))
    if (content === null) files.delete(path);
    else files.set(path, content);
  return files;
};

describe('the build of a policy repository', () => {
  test('decides in its thread what the same policy decides here, one question or many', async () => {
    const own = await loadOwnPolicy(built());
    const here = await createPolicyEngine(wasm);
    expect(own?.engine.digest).toBe(here.digest);
    const questions = policyExamples.filter((e) => e.entrypoint === 'decide').map((e) => e.input);
    const many = Array.from({ length: 600 }, (_, i) => questions[i % questions.length] as never);
    expect(await own?.engine.decideAll(many)).toEqual(many.map((q) => here.decide(q)));
    expect(own?.engine.decide(many[0] as never)).toEqual(here.decide(many[0] as never));
    for (const { entrypoint, input, decision } of policyExamples)
      if (entrypoint !== 'decide') expect(own?.engine[entrypoint](input)).toEqual(decision);
  });

  test('tells the rules of both, and so the labels that they read', async () => {
    const rules = (await loadOwnPolicy(built()))?.rules ?? [];
    expect(rules).toHaveLength(shipped.rules.length + 1);
    expect(rules.at(-1)).toMatchObject({ id: 'custom/perimeter', reads: ['zone'], path: 'perimeter.rego' });
  });

  test('is not asked for where there are no rules', async () => {
    const none = new Map([
      ['policies/README.md', 'x'],
      ['policies/perimeter_test.rego', text],
    ]);
    expect(hasOwnRules(none)).toBe(false);
    expect(await loadOwnPolicy(none)).toBeUndefined();
  });

  test.each<[string, ReturnType<typeof built>, string, RegExp]>([
    [
      'a rule that changed',
      built({ [RULE]: `${text}# x\n` }),
      'bad-document',
      /^policies\/perimeter\.rego: changed since .* run patchwarden policy build/,
    ],
    [
      'a rule that is new',
      built({ 'policies/more.rego': text }),
      'bad-document',
      /^policies\/more\.rego: changed/,
    ],
    ['a rule that is gone', built({ [RULE]: null }), 'bad-document', /^policies\/perimeter\.rego: changed/],
    [
      'another product',
      built({}, { product: [] }),
      'bad-document',
      /another version of patchwarden; run patchwarden policy build/,
    ],
    ['other capabilities', built({}, { capabilities: {} }), 'bad-document', /another version of patchwarden/],
    [
      'other bytes',
      built({ 'policies/build/policy.wasm': Uint8Array.of(...wasm.subarray(0, 99)) }),
      'digest-mismatch',
      /policy\.wasm is not the policy that manifest\.json/,
    ],
    [
      'no bytes',
      built({ 'policies/build/policy.wasm': null }),
      'bad-document',
      /policies\/build\/policy\.wasm is missing; run/,
    ],
    [
      'no manifest',
      built({ 'policies/build/manifest.json': null }),
      'bad-document',
      /manifest\.json is missing; run/,
    ],
    [
      'a manifest that is none',
      built({ 'policies/build/manifest.json': '[1]' }),
      'bad-document',
      /is no manifest/,
    ],
    [
      'a manifest that is no JSON',
      built({ 'policies/build/manifest.json': '{' }),
      'bad-document',
      /is no JSON/,
    ],
    [
      'a manifest with a trap',
      built({ 'policies/build/manifest.json': '{"__proto__":{}}' }),
      'bad-document',
      /__proto__/,
    ],
    ['rules that are none', built({}, { rules: [{ id: 'x' }] }), 'bad-document', /is no manifest/],
    [
      'labels that are none',
      built({}, { rules: [{ ...rule, reads: [1] }] }),
      'bad-document',
      /is no manifest/,
    ],
    ['paths that are none', built({}, { reads: { decide: ['x'] } }), 'bad-document', /is no manifest/],
  ])('%s is refused', async (_, files, code, message) => {
    await expect(loadOwnPolicy(files)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  test('a test that changed makes no build out of date', async () => {
    expect(await loadOwnPolicy(built({ 'policies/perimeter_test.rego': 'package x' }))).toBeDefined();
  });
});

describe('what own rules answer', async () => {
  const product = await loadPolicyEngine();
  const answering = (output: string) => ownEngine({ evaluate: () => [output] }, product, 'sha256:x');
  const result = (reasons: readonly object[]) =>
    JSON.stringify([{ result: { status: 'missing', reasons, obligations: [] } }]);

  test('is believed when the contract allows it', () => {
    const reasons = [{ rule: 'status/missing', effect: 'missing' }];
    expect(answering(result(reasons)).decide(inputOf('decide-missing'))).toMatchObject({ reasons });
  });

  test.each<[string, string, RegExp]>([
    ['nothing', '[]', /leave decide without a result .* nothing is decided/],
    ['two results', '[{"result":{}},{"result":{}}]', /without a result/],
    ['no JSON', 'fixed', /without a result/],
    [
      'a status that there is not',
      '[{"result":{"status":"fine","reasons":[{"rule":"x","effect":"y"}],"obligations":[]}}]',
      /result of decide with own rules is not what the contract says/,
    ],
    [
      'what own rules may not say',
      result([{ rule: 'custom/x', effect: 'invalid', params: { in: 'facts' } }]),
      /the rule "custom\/x" puts something into its "facts" that own rules may not say/,
    ],
  ])('%s decides nothing', (_, output, message) => {
    expect(() => answering(output).decide(inputOf('decide-missing'))).toThrow(
      expect.objectContaining({ code: 'bad-document', message: expect.stringMatching(message) }),
    );
  });

  test('what is asked of it is held against the contract first', () => {
    expect(() => answering('[]').decide({} as never)).toThrow(expect.objectContaining({ code: 'bug' }));
  });

  test('what is wanted is asked of the product alone', () => {
    expect(answering('[]').approve(inputOf('approve-held'))).toEqual(
      product.approve(inputOf('approve-held')),
    );
  });
});
