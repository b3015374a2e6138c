import { readFile } from 'node:fs/promises';
import { loadPolicy } from '@open-policy-agent/opa-wasm';
import type { ErrorObject } from 'ajv';
import type { ApproveOutput } from '../contracts/generated/approve-output.ts';
import type { ChangeOutput } from '../contracts/generated/change-output.ts';
import type { DecideInput } from '../contracts/generated/decide-input.ts';
import type { DecideOutput } from '../contracts/generated/decide-output.ts';
import type { SchemaKind } from '../contracts/kinds.ts';
import { validateKind } from '../contracts/validate.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { PolicyEngine, PolicyRule } from '../ports/policy-engine.ts';
import { sha256, sha256Hex } from '../util/digest.ts';
import { compareCodePoints } from '../util/sort.ts';

/** Beside both src/ and dist/, so that sources and the built program find the same files. */
const PACKAGED = new URL('../../policies/build/', import.meta.url);
/** Pages of 64 KiB: the largest change input needs a few MiB; a policy that wants more has lost its way. */
const MEMORY = { initial: 5, maximum: 1024 };
const ENTRYPOINTS = ['approve', 'change', 'decide'] as const;
type Entrypoint = (typeof ENTRYPOINTS)[number];

/**
 * The compiled policy of this package, or of another folder with policy.wasm and manifest.json.
 * Errors: `policy-failed` when a file is missing or does not load, `digest-mismatch` when the bytes are not those of
 * the manifest.
 */
export async function loadPolicyEngine(folder: URL = PACKAGED): Promise<PolicyEngine> {
  const [wasm, manifest] = await Promise.all([read(new URL('policy.wasm', folder)), readManifest(folder)]);
  if (sha256Hex(wasm) !== manifest.wasm.sha256)
    throw new PatchwardenError(
      'digest-mismatch',
      `${new URL('policy.wasm', folder).pathname} is not the policy that manifest.json beside it names; install the package again, or run npm run policy:build in a checkout`,
    );
  return { ...(await createPolicyEngine(wasm)), reads: manifest.reads?.decide };
}

/** The rules by their METADATA, sorted by id: what documentation, pull-request text and reports call them. */
export async function loadRuleCatalogue(folder: URL = PACKAGED): Promise<readonly PolicyRule[]> {
  return (await readManifest(folder)).rules;
}

/** An engine on compiled bytes whose origin the caller vouches for. One instance is not reentrant, and needs not be. */
export async function createPolicyEngine(wasm: Uint8Array): Promise<PolicyEngine> {
  const policy = await instantiate(wasm);
  const run = (entrypoint: Entrypoint, input: unknown): unknown => {
    check(`${entrypoint}-input`, input, `the input of ${entrypoint}`);
    const output = evaluate(policy, entrypoint, input);
    check(`${entrypoint}-output`, output, `the result of ${entrypoint}`);
    return output;
  };
  const decide = (input: DecideInput) => run('decide', input) as DecideOutput;
  return {
    digest: sha256(wasm),
    approve: (input) => run('approve', input) as ApproveOutput,
    decide,
    decideAll: async (inputs) => inputs.map(decide),
    change: (input) => run('change', input) as ChangeOutput,
  };
}

type Policy = Awaited<ReturnType<typeof loadPolicy>>;

async function instantiate(wasm: Uint8Array): Promise<Policy> {
  let policy: Policy;
  try {
    policy = await loadPolicy(Uint8Array.from(wasm), MEMORY);
  } catch (cause) {
    throw new PatchwardenError('policy-failed', `the compiled policy does not load: ${textOf(cause)}`, {
      cause,
    });
  }
  const missing = ENTRYPOINTS.filter((name) => !Object.hasOwn(policy.entrypoints, `main/${name}`));
  if (missing.length > 0)
    throw new PatchwardenError(
      'policy-failed',
      `the compiled policy has no entrypoint ${missing.map((name) => `main/${name}`).join(', ')}`,
    );
  return policy;
}

/** The one result of an entrypoint. No result, or more than one, is a failure: it must never read as consent. */
function evaluate(policy: Policy, entrypoint: Entrypoint, input: unknown): unknown {
  let results: unknown;
  try {
    results = policy.evaluate(input, `main/${entrypoint}`);
  } catch (cause) {
    throw new PatchwardenError('policy-failed', `the policy failed in ${entrypoint}: ${textOf(cause)}`, {
      cause,
    });
  }
  if (!Array.isArray(results) || results.length !== 1)
    throw new PatchwardenError(
      'policy-failed',
      `the policy has no result for ${entrypoint} on this input, so nothing is allowed`,
    );
  return (results[0] as { readonly result?: unknown }).result;
}

function check(kind: SchemaKind, value: unknown, what: string): void {
  const problem = contractProblem(kind, value);
  if (problem !== undefined)
    throw new PatchwardenError('policy-failed', `${what} is not what the policy's contract says: ${problem}`);
}

/** How an input or output of the policy differs from its schema; undefined when it does not. */
export function contractProblem(kind: SchemaKind, value: unknown): string | undefined {
  const errors = validateKind(kind, value);
  return errors.length === 0 ? undefined : sentence(errors);
}

const sentence = (errors: readonly ErrorObject[]): string =>
  [...new Set(errors.map((e) => `${e.instancePath || '/'} ${e.message ?? e.keyword}`))]
    .sort(compareCodePoints)
    .slice(0, 5)
    .join('; ');

/** The runtime throws strings and plain objects, too. */
const textOf = (cause: unknown): string => {
  if (typeof cause === 'string') return cause;
  const message = (cause as { readonly message?: unknown } | null)?.message;
  return typeof message === 'string' ? message : 'no reason given';
};

interface Manifest {
  readonly wasm: { readonly sha256: string };
  readonly reads?: { readonly decide: readonly (readonly string[])[] };
  readonly rules: readonly PolicyRule[];
}

async function readManifest(folder: URL): Promise<Manifest> {
  const file = new URL('manifest.json', folder);
  const bytes = await read(file);
  try {
    const { wasm, reads, rules } = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Manifest>;
    if (typeof wasm?.sha256 === 'string' && Array.isArray(rules))
      return { wasm, rules, ...(reads === undefined ? {} : { reads }) };
  } catch {
    // said below
  }
  throw new PatchwardenError('policy-failed', `${file.pathname} is no manifest of a compiled policy`);
}

async function read(file: URL): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new PatchwardenError('policy-failed', `${file.pathname} cannot be read: ${textOf(cause)}`, {
      cause,
    });
  }
}
