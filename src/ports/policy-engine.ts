import type { ApproveInput } from '../contracts/generated/approve-input.ts';
import type { ApproveOutput } from '../contracts/generated/approve-output.ts';
import type { ChangeInput } from '../contracts/generated/change-input.ts';
import type { ChangeOutput } from '../contracts/generated/change-output.ts';
import type { DecideInput } from '../contracts/generated/decide-input.ts';
import type { DecideOutput } from '../contracts/generated/decide-output.ts';

/** The compiled policy. Inputs and outputs are validated against their schemas; an undefined result throws `policy-failed`. */
export interface PolicyEngine {
  /** Digest of the compiled policy. */
  readonly digest: string;
  /** Paths of the input that `decide` can read, whatever the input; absent where that is not known: then any. */
  readonly reads?: readonly (readonly string[])[] | undefined;
  approve(input: ApproveInput): ApproveOutput;
  decide(input: DecideInput): DecideOutput;
  /** Many questions at once; the answers stand in the order of the questions. */
  decideAll(inputs: readonly DecideInput[]): Promise<readonly DecideOutput[]>;
  change(input: ChangeInput): ChangeOutput;
}

/** A rule of the compiled policy as its METADATA describes it; `id` is what a reason's `rule` names. */
export interface PolicyRule {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly severity: 'critical' | 'high' | 'medium' | 'low' | 'none';
  readonly remediation: string;
  /** Labels that the rule reads. */
  readonly reads: readonly string[];
  /** The kind of deadline that it is about, if any: without one it reads nothing. */
  readonly deadline?: string;
  /** Path of its source below policies/. */
  readonly path: string;
  /** Line of its package there: METADATA stands above, the rule below. */
  readonly line: number;
}
