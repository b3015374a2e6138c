import type { Baseline } from '../contracts/generated/baseline.ts';
import type { Reason } from '../contracts/generated/decide-output.ts';
import type { Exception } from '../contracts/generated/exception.ts';
import type { Roles } from '../contracts/generated/roles.ts';
import { baselinePath, exceptionPath } from './document-paths.ts';

/** Who answers for a finding, and by which document. */
export interface Responsibility {
  /** `team:…` or `person:…`; null where nobody said what is wanted. */
  readonly owner: string | null;
  /** Path in the policy repository. */
  readonly document: string | null;
  /** Who may approve a change of that document, as roles.json says; who did approve it is told by the verified history. */
  readonly approvers: readonly string[];
}

interface Documents {
  readonly baselines: readonly Baseline[];
  readonly exceptions: readonly Exception[];
  readonly roles: Pick<Roles, 'roles'>;
}

/** The owner of the exception that made a finding `excepted` or `mitigated`, else the owner of the baseline of the asset. */
export function responsibilityOf(
  { baselines, exceptions, roles }: Documents,
  finding: { readonly baseline: string | null; readonly status: string; readonly reasons: readonly Reason[] },
): Responsibility {
  const { approver: approvers } = roles.roles;
  const by = finding.reasons.find((r) => r.rule.startsWith('exceptions/') && r.effect === finding.status);
  const exception = exceptions.find((e) => e.id === by?.subject);
  if (exception) return { owner: exception.owner, document: exceptionPath(exception.id), approvers };
  const baseline = baselines.find((b) => b.id === finding.baseline);
  if (baseline) return { owner: baseline.owner, document: baselinePath(baseline.id), approvers };
  return { owner: null, document: null, approvers };
}
