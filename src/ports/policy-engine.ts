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
  approve(input: ApproveInput): ApproveOutput;
  decide(input: DecideInput): DecideOutput;
  change(input: ChangeInput): ChangeOutput;
}
