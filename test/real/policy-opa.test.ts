import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadPolicyEngine } from '../../src/adapters/policy-opa-wasm.ts';
import { canonicalJson } from '../../src/util/digest.ts';
import { aChangeInput, aDecideInput, anApproveInput } from '../support/arbitrary-policy.ts';
import { POLICIES, policyExamples, policyManifest, readPolicyFile } from '../support/policy-files.ts';

const { findOpa } = await import(new URL('tools/opa.mjs', POLICIES).href);
const opa: string | undefined = findOpa();
/** Generated inputs on which both must agree; half of them ask `decide`. */
const PARITY = 10_000;
const ENTRYPOINTS = ['approve', 'change', 'decide'] as const;
type Entrypoint = (typeof ENTRYPOINTS)[number];
const root = fileURLToPath(new URL('../', POLICIES));
const run = (command: string, args: readonly string[], cwd: string, input?: string) =>
  spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    input,
    env: { ...process.env, OPA: opa },
    maxBuffer: 2 ** 28,
  });
const runOpa = (...args: string[]) => run(opa ?? 'opa', args, join(root, 'policies'));

describe.skipIf(!opa)(`with OPA v${policyManifest.opaVersion}${opa ? '' : ' (not found)'}`, () => {
  test('the committed build is what the sources compile to', () => {
    const { status, stdout, stderr } = run('node', ['policies/build.mjs', '--verify'], root);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('is what the sources compile to');
  });

  test('the Rego tests cover every line', () => {
    const { stdout } = runOpa('test', '--coverage', '--format', 'json', 'lib', 'main', 'rules');
    const report = JSON.parse(stdout) as {
      coverage: number;
      files: Record<string, { not_covered?: object[] }>;
    };
    const open = Object.entries(report.files).filter(([, f]) => f.not_covered);
    expect(open).toEqual([]);
    expect(report.coverage).toBe(100);
  });

  test('the capabilities are a part of what OPA itself declares', () => {
    const { stdout } = runOpa('capabilities', '--current');
    const all = JSON.parse(stdout) as { builtins: { name: string; decl: { args?: object[] } }[] };
    const ours = JSON.parse(readPolicyFile('capabilities.json')) as typeof all;
    const shape = (b: { name: string; decl: { args?: object[] } }) => [b.name, b.decl.args?.length ?? 0];
    const declared = all.builtins.map((b) => JSON.stringify(shape(b)));
    for (const builtin of ours.builtins) expect(declared).toContain(JSON.stringify(shape(builtin)));
    expect(ours.builtins.length).toBeLessThan(all.builtins.length / 2);
  });

  test.each(policyExamples)('opa eval agrees on $name', ({ entrypoint, input, decision }) => {
    const args = ['eval', '--format', 'json', '--stdin-input', '--capabilities', 'capabilities.json'];
    const data = ['--data', 'lib', '--data', 'main', '--data', 'rules', `data.main.${entrypoint}`];
    const { stdout } = run(opa ?? 'opa', [...args, ...data], join(root, 'policies'), JSON.stringify(input));
    const { result } = JSON.parse(stdout) as { result: { expressions: { value: unknown }[] }[] };
    expect(result[0]?.expressions[0]?.value).toEqual(decision);
  });

  test(`opa and wasm give the same bytes on ${PARITY.toLocaleString('en')} inputs, in one process`, async () => {
    const seed = Number(process.env.PATCHWARDEN_SEED ?? Date.now() % 2 ** 31);
    const inputs: Record<Entrypoint, readonly unknown[]> = {
      approve: fc.sample<unknown>(anApproveInput, { seed, numRuns: PARITY / 4 }),
      change: fc.sample<unknown>(aChangeInput, { seed, numRuns: PARITY / 4 }),
      decide: fc.sample<unknown>(aDecideInput, { seed, numRuns: PARITY / 2 }),
    };
    const each = Object.keys(inputs).map(
      (name) =>
        `"${name}": [result | some one in input.${name}; result := data.main.${name} with input as one]`,
    );
    const args = ['eval', '--format', 'raw', '--stdin-input', '--capabilities', 'capabilities.json'];
    const started = performance.now();
    const { status, stdout } = run(
      opa ?? 'opa',
      [...args, '--data', 'lib', '--data', 'main', '--data', 'rules', `{${each.join(', ')}}`],
      join(root, 'policies'),
      JSON.stringify(inputs),
    );
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    expect(status).toBe(0);
    const told = JSON.parse(stdout) as Record<Entrypoint, readonly unknown[]>;
    const engine = await loadPolicyEngine();
    for (const name of ENTRYPOINTS) {
      const expected = inputs[name].map((one) => canonicalJson(engine[name](one as never)));
      expect(told[name].map(canonicalJson), `${name}, seed ${seed}`).toEqual(expected);
      const distinct = new Set(inputs[name].map((one) => JSON.stringify(one))).size;
      console.log(
        `${name}: ${expected.length} inputs agree, ${distinct} distinct, ${new Set(expected).size} answers`,
      );
    }
    console.log(`opa took ${seconds} s, seed ${seed}`);
  });

  describe('the build refuses', () => {
    let copy: string;
    beforeEach(() => {
      copy = mkdtempSync(join(tmpdir(), 'policy-build-'));
      for (const folder of ['policies', 'schemas'])
        cpSync(join(root, folder), join(copy, folder), { recursive: true });
    });
    afterEach(() => {
      rmSync(copy, { recursive: true, force: true });
    });
    const file = (path: string) => join(copy, 'policies', path);
    const edit = (path: string, change: (text: string) => string) => {
      const before = readFileSync(file(path), 'utf8');
      const after = change(before);
      expect(after).not.toBe(before);
      writeFileSync(file(path), after);
    };
    const build = (...args: string[]) => {
      const { status, stderr } = run('node', ['policies/build.mjs', ...args], copy);
      return { status, stderr };
    };
    const HOLD = 'rules/approval/hold/hold.rego';
    const refused = (sentence: RegExp) => ({ status: 2, stderr: expect.stringMatching(sentence) });

    test('nothing in an untouched copy, whose bytes are the same elsewhere', () => {
      expect(build('--verify')).toEqual({ status: 0, stderr: '' });
    });

    test.each([
      [
        'the network',
        'http.send({"method": "get", "url": "http://localhost"}).status_code == 200',
        /http\.send/,
      ],
      ['the clock', 'time.now_ns() > 0', /time\.now_ns/],
      ['randomness', 'rand.intn("x", 2) == 1', /rand\.intn/],
      ['the environment', 'opa.runtime().env.HOME', /opa\.runtime/],
      ['pattern engines', 'regex.match("a", input.candidate.package)', /regex\.match/],
      [
        'a fact that the input does not have',
        'input.candidate.color',
        /undefined ref: input\.candidate\.color/,
      ],
      ['a comparison that can never hold', 'input.candidate.version == 1', /match error/],
    ])('a rule that uses %s', (_, condition, sentence) => {
      edit(HOLD, (text) =>
        text.replace('\tinput.candidate.held\n', `\tinput.candidate.held\n\t${condition}\n`),
      );
      expect(build()).toEqual(refused(sentence));
    });

    test('a rule without an id', () => {
      edit(HOLD, (text) => text.replace('#   id: approval/hold\n', ''));
      expect(build()).toEqual(refused(/hold\.rego: METADATA custom\.id is missing, write approval\/hold/));
    });

    test('a rule with the id of another', () => {
      edit(HOLD, (text) => text.replace('id: approval/hold', 'id: approval/reject'));
      expect(build()).toEqual(refused(/METADATA id approval\/reject is used by more than one rule/));
    });

    test('a rule that is not formatted', () => {
      edit(HOLD, (text) => text.replace('\tinput', '  input'));
      expect(build()).toEqual(refused(/not formatted/));
    });

    test('a Rego test that fails', () => {
      edit(HOLD, (text) => text.replace('"effect": "reject"', '"effect": "rejected"'));
      expect(build()).toEqual(
        refused(/^rules\/approval\/hold\/hold_test\.rego:\d+: test_held_version_is_rejected does not pass/m),
      );
    });

    test('to call other bytes verified, with exit 5', () => {
      edit('build/policy.wasm', (text) => `${text}x`);
      expect(build('--verify')).toEqual({
        status: 5,
        stderr: expect.stringMatching(/policy\.wasm: not what/),
      });
    });

    test('a manifest that was edited, with exit 5', () => {
      edit('build/manifest.json', (text) => text.replace('"low"', '"high"'));
      expect(build('--verify')).toEqual({
        status: 5,
        stderr: expect.stringMatching(/manifest\.json: not what/),
      });
    });
  });
});

test('without OPA the build says how to get it', () => {
  const env = { ...process.env, OPA: '/nowhere/opa' };
  const { status, stderr } = spawnSync('node', ['policies/build.mjs'], { cwd: root, encoding: 'utf8', env });
  expect(status).toBe(3);
  expect(stderr).toContain('go install github.com/open-policy-agent/opa@v1.22.2');
});
