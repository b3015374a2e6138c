import type { PolicyEngine, PolicyRule } from './policy-engine.ts';

/** Content of policies/ in a policy repository: path → content, paths such as policies/two_days.rego. */
export type OwnFiles = ReadonlyMap<string, string | Uint8Array>;

/** The product's policy together with the rules of a policy repository. */
export interface OwnPolicy {
  readonly engine: PolicyEngine;
  /** Those of both. */
  readonly rules: readonly PolicyRule[];
}

/** One test of a policy repository. */
export interface OwnTest {
  /** Such as custom.two_days_test.test_perimeter. */
  readonly name: string;
  /** File and line. */
  readonly at: string;
  /** Whether it passed in OPA. */
  readonly opa: boolean;
  /** Whether it passed compiled to WebAssembly, in the thread that decides. */
  readonly wasm: boolean;
}

/** Compiles and tests the rules of a policy repository, with the OPA of this machine. */
export interface OwnPolicyTools {
  /**
   * Files of policies/build: path → content. The same sources and the same OPA give the same bytes.
   * @throws PatchwardenError `bad-document` with file and line of everything that is wrong, `source-failed` without OPA
   */
  build(files: OwnFiles): Promise<ReadonlyMap<string, Uint8Array>>;
  /** Every test, sorted by name. Throws like build. */
  test(files: OwnFiles): Promise<readonly OwnTest[]>;
}
