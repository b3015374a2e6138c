import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadOwnPolicy } from '../../src/adapters/policy-own.ts';
import { ownPolicyTools } from '../../src/adapters/policy-own-tools.ts';
import { type GuardedPolicy, guardPolicy, LIMITS } from '../../src/adapters/policy-worker-guard.ts';
import type { OwnFiles } from '../../src/ports/own-rules.ts';
import { cli } from '../support/cli.ts';
import { POLICIES, policyExamples, policyManifest } from '../support/policy-files.ts';
import { policyTree } from '../support/policy-tree.ts';
import { tempDir } from '../support/temp-dir.ts';

const { findOpa, runOpa } = await import(new URL('tools/opa.mjs', POLICIES).href);
const { readTarGz } = await import(new URL('tools/read-bundle.mjs', POLICIES).href);
const opa: string | undefined = findOpa();

const EXAMPLES = ['perimeter.rego', 'perimeter_test.rego', 'steady_hands.rego', 'steady_hands_test.rego'];
const files: OwnFiles = new Map(
  EXAMPLES.map((name) => [
    `policies/${name}`,
    readFileSync(new URL(`../examples/own-rules/${name}`, POLICIES)),
  ]),
);
const inputOf = (name: string) =>
  structuredClone(policyExamples.find((e) => e.name === name)?.input) as never as {
    context: { labels: Record<string, string> };
  };

const rule = (body: string, name = 'x') =>
  `# METADATA
# title: X
# description: X.
# schemas:
#   - input: schema.decide_input
# custom: {id: custom/${name}, severity: low, remediation: X., reads: []}
package custom.${name}

facts contains {"effect": "ignore", "subject": "x"} if {
\tinput.finding.severity == "critical"
\t${body}
}
`;

describe.skipIf(!opa)(`own rules with OPA v${policyManifest.opaVersion}${opa ? '' : ' (not found)'}`, () => {
  test('the example builds to the same bytes twice, and decides as it says', async () => {
    const [built, again] = [await ownPolicyTools.build(files), await ownPolicyTools.build(files)];
    expect([...built]).toEqual([...again]);
    const own = await loadOwnPolicy(new Map([...files, ...built]));
    expect(own?.rules.filter((r) => r.id.startsWith('custom/')).map((r) => r.id)).toEqual([
      'custom/perimeter',
      'custom/steady-hands',
    ]);
    const input = inputOf('decide-excepted');
    expect(own?.engine.decide(input as never)).toMatchObject({ status: 'excepted' });
    // What an own rule reads can split a fleet, what none reads cannot.
    expect(own?.engine.reads).toContainEqual(['context', 'labels', 'zone']);
    expect(own?.engine.reads?.some(([, second]) => second === 'ring' || second === 'stream')).toBe(false);
    input.context.labels.zone = 'perimeter';
    expect(own?.engine.decide(input as never)).toMatchObject({
      status: 'missing',
      obligations: [
        { rule: 'custom/perimeter:two-days', clock: 'fixAvailable', days: 2, kind: 'patch' },
        { rule: 'deadlines/severity-sla:sla' },
      ],
    });
    for (const { entrypoint, input, decision } of policyExamples)
      expect(own?.engine[entrypoint](input)).toEqual(decision);
  });

  test('the tests of the example pass in OPA and in WebAssembly', async () => {
    const tests = await ownPolicyTools.test(files);
    expect(tests).toHaveLength(8);
    expect(tests.filter((t) => !t.opa || !t.wasm)).toEqual([]);
  });

  test('a test that fails does so in both, with its line', async () => {
    const wrong = 'package custom.perimeter_test\n\ntest_wrong if count(data.custom.perimeter.facts) == 7\n';
    const tests = await ownPolicyTools.test(new Map([...files, ['policies/perimeter_test.rego', wrong]]));
    expect(tests.filter((t) => !t.opa || !t.wasm)).toEqual([
      {
        name: 'custom.perimeter_test.test_wrong',
        at: 'policies/perimeter_test.rego:3',
        opa: false,
        wasm: false,
      },
    ]);
  });

  test.each([
    [
      'a catastrophic pattern',
      'regex.match("(a+)+$", input.finding.stream)',
      /^policies\/x\.rego:11:2: own rules have no function regex\.match/,
    ],
    [
      'the network',
      'http.send({"method": "get", "url": "http://x"}).status_code == 200',
      /^policies\/x\.rego:11:2: own rules have no function http\.send/,
    ],
    ['the clock', 'time.now_ns() > 0', /no function time\.now_ns/],
    ['chance', 'rand.intn("x", 2) == 1', /no function rand\.intn/],
    ['words of the host', 'sprintf("%v", [1]) == "1"', /no function sprintf/],
    [
      'a fact that there is not',
      'input.finding.color == 1',
      /^policies\/x\.rego:11:2: undefined ref: input\.finding\.color/,
    ],
    ['a sentence without an end', 'input.finding.kind == ', /^policies\/x\.rego:\d+:\d+: /],
    [
      'a label in secret',
      'input.context.labels.zone == "x"',
      /^policies\/x\.rego:\d+: the rule reads label zone/,
    ],
  ])('%s is refused by the build, with its place', async (_, body, message) => {
    await expect(ownPolicyTools.build(new Map([['policies/x.rego', rule(body)]]))).rejects.toMatchObject({
      code: 'bad-document',
      message: expect.stringMatching(message),
    });
  });

  /** The whole policy with a hostile rule, compiled by hand and without our capabilities. */
  function compiled(body: string): Uint8Array {
    const dir = tempDir();
    mkdirSync(join(dir, 'custom'));
    writeFileSync(join(dir, 'custom/x.rego'), rule(body));
    const product = ['lib', 'main', 'rules'].map((n) => new URL(n, POLICIES).pathname);
    const args = ['build', '--target', 'wasm', '--ignore', '*_test.rego', '--entrypoint', 'main/decide'];
    runOpa(opa, [...args, '--output', 'b.tar.gz', 'custom', ...product], dir);
    return readTarGz(readFileSync(join(dir, 'b.tar.gz'))).get('policy.wasm') as Uint8Array;
  }

  const many = 'numbers.range(1, 3000)';
  test.each([
    [
      'a loop that takes for ever',
      `count([1 | some a in ${many}; some b in ${many}; some c in ${many}; a + b == c * 7]) > 0`,
      /gave no answer within 3000 ms/,
    ],
    ['a memory bomb', 'count(numbers.range(1, 100000000)) > 0', /fails: |gave no answer/],
    [
      'a set that grows',
      `count({[a, b, c] | some a in ${many}; some b in ${many}; some c in ${many}}) > 0`,
      /fails: |gave no answer/,
    ],
    [
      'a pattern that the host would match',
      'count(regex.split("(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab")) > 5',
      /asks for a function of the host/,
    ],
    ['words of the host', 'sprintf("%v", [1]) == "1"', /asks for a function of the host/],
  ])('%s in Rego is stopped, and the next answer is right', (_, body, message) => {
    const question = policyExamples.find((e) => e.name === 'decide-missing')!;
    const input = structuredClone(question.input) as { finding: { severity: string } };
    input.finding.severity = 'critical';
    const guarded: GuardedPolicy = guardPolicy(compiled(body), 'the own rule', {
      ...LIMITS,
      deadlineMs: 3000,
    });
    const right = () =>
      JSON.parse(guarded.evaluate('main/decide', [JSON.stringify(question.input)])[0] ?? '');
    expect(right()).toEqual([{ result: question.decision }]);
    const start = performance.now();
    expect(() => guarded.evaluate('main/decide', [JSON.stringify(input)])).toThrow(message);
    expect(performance.now() - start).toBeLessThan(3000 + 200);
    expect(right()).toEqual([{ result: question.decision }]);
  });

  test('on the command line: build, verify, test', async () => {
    const dir = tempDir();
    for (const [path, text] of [...policyTree(), ...files]) {
      mkdirSync(join(dir, path, '..'), { recursive: true });
      writeFileSync(join(dir, path), text);
    }
    const run = (...args: string[]) => cli(['policy', ...args, '--repo', dir], { env: { OPA: opa ?? '' } });
    expect(await run('build', '--dry-run')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('would be written'),
    });
    expect(await run('build', '--verify')).toMatchObject({ code: 5 });
    expect(await run('build')).toMatchObject({ code: 0 });
    expect(await run('build', '--verify')).toMatchObject({ code: 0 });
    expect(await run('test')).toMatchObject({
      code: 0,
      stdout: '8 tests: 8 pass in OPA, 8 in WebAssembly\n',
    });
  });
});

test('without OPA both verbs say how to get it', async () => {
  const dir = tempDir();
  for (const [path, text] of [...policyTree(), ...files]) {
    mkdirSync(join(dir, path, '..'), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  for (const action of ['build', 'test'])
    expect(await cli(['policy', action, '--repo', dir], { env: { OPA: '/nowhere/opa' } })).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('go install github.com/open-policy-agent/opa@v1.22.2'),
    });
});
