import { readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { ChangeOutput } from '../contracts/generated/change-output.ts';
import type { DecideInput } from '../contracts/generated/decide-input.ts';
import type { DecideOutput } from '../contracts/generated/decide-output.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { OwnFiles, OwnPolicy } from '../ports/own-rules.ts';
import type { PolicyEngine } from '../ports/policy-engine.ts';
import { sha256 } from '../util/digest.ts';
import { quote } from '../util/printable.ts';
import { contractProblem, loadPolicyEngine } from './policy-opa-wasm.ts';
import { hasOwnRules, ownBuild, type ProductSources } from './policy-own-manifest.ts';
import { type GuardedPolicy, guardPolicy, LIMITS } from './policy-worker-guard.ts';

const MANIFEST = new URL('../../policies/build/manifest.json', import.meta.url);
/** Questions in one request: few enough that a sound rule is far from the deadline, so many that asking costs nothing. */
const BATCH = 256;

/**
 * The policy that a policy repository was built to, in a thread of its own; undefined where it has no rules.
 * @throws PatchwardenError `bad-document` when the build is missing or out of date, `digest-mismatch` when its bytes are others
 */
export async function loadOwnPolicy(files: OwnFiles): Promise<OwnPolicy | undefined> {
  if (!hasOwnRules(files)) return undefined;
  const product = JSON.parse(await readFile(MANIFEST, 'utf8')) as ProductSources;
  const { wasm, rules, reads } = ownBuild(files, {
    capabilities: product.capabilities,
    sources: product.sources,
  });
  const guarded = guardPolicy(wasm, 'the policy of policies/build', LIMITS);
  return { engine: { ...ownEngine(guarded, await loadPolicyEngine(), sha256(wasm)), reads }, rules };
}

/**
 * An engine whose answers nobody vouches for: each is held against the contract before it is believed. What is wanted
 * (`approve`) is a matter of the product's rules alone, and asked of them.
 */
export function ownEngine(
  guarded: Pick<GuardedPolicy, 'evaluate'>,
  product: Pick<PolicyEngine, 'approve'>,
  digest: string,
): PolicyEngine {
  const ask = (kind: 'decide' | 'change', inputs: readonly unknown[]): unknown[] => {
    for (const input of inputs) requireContract(`${kind}-input`, input, `the input of ${kind}`, 'bug');
    const texts = inputs.map((input) => JSON.stringify(input));
    return guarded.evaluate(`main/${kind}`, texts).map((text) => believed(kind, text));
  };
  const decide = (inputs: readonly DecideInput[]) => ask('decide', inputs) as DecideOutput[];
  return {
    digest,
    approve: product.approve,
    decide: (input) => decide([input])[0] as DecideOutput,
    decideAll: async (inputs) => {
      const outputs: DecideOutput[] = [];
      for (let at = 0; at < inputs.length; at += BATCH) {
        outputs.push(...decide(inputs.slice(at, at + BATCH)));
        // The thread that asks sleeps meanwhile; whoever wants to stop the program gets a turn here.
        await setImmediate();
      }
      return outputs;
    },
    change: (input) => ask('change', [input])[0] as ChangeOutput,
  };
}

/** The one result of a result set. None, or something that no policy of ours would say, must never read as consent. */
function believed(kind: 'decide' | 'change', text: string): unknown {
  let results: unknown;
  try {
    results = JSON.parse(text);
  } catch {
    // no result
  }
  const output =
    Array.isArray(results) && results.length === 1 ? (results[0] as { result?: unknown }).result : undefined;
  if (output === undefined) throw bad(`own rules leave ${kind} without a result on this input`);
  requireContract(`${kind}-output`, output, `the result of ${kind} with own rules`, 'bad-document');
  const { reasons } = output as DecideOutput | ChangeOutput;
  const invalid = reasons.find((r) => r.effect === 'invalid');
  if (invalid)
    throw bad(
      `the rule ${quote(invalid.rule)} puts something into its ${quote(String(invalid.params?.in))} that own rules may not say`,
    );
  return output;
}

function requireContract(
  kind: Parameters<typeof contractProblem>[0],
  value: unknown,
  what: string,
  code: 'bug' | 'bad-document',
): void {
  const problem = contractProblem(kind, value);
  if (problem !== undefined)
    throw new PatchwardenError(code, `${what} is not what the contract says: ${problem}`);
}

const bad = (message: string): PatchwardenError =>
  new PatchwardenError(
    'bad-document',
    `${message}, so nothing is decided; patchwarden policy test, docs/custom-policy.md`,
  );
