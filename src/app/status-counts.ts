import type { AnsweredCount, RuleCount } from '../assess/fleet/governance.ts';
import type { Compliance } from '../contracts/generated/compliance.ts';
import type { ControlCount, ResponsibleCount } from '../contracts/generated/status-report.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { controlsIn, servesRule } from '../domain/compliance.ts';
import { responsibilityOf } from '../domain/responsibility.ts';
import { sortedBy } from '../util/sort.ts';

/** Findings by who answers for them, one row a document, what nobody answers for last. */
export function responsibilityCounts(
  documents: Pick<PolicyDocuments, 'baselines' | 'exceptions' | 'roles'>,
  counts: readonly AnsweredCount[],
): ResponsibleCount[] {
  const rows = new Map<string, ResponsibleCount>();
  for (const count of counts) {
    const { owner, document, approvers } = responsibilityOf(documents, count);
    const none = { findings: 0, open: 0, overdue: 0, unmitigated: 0, excepted: 0 };
    const row = rows.get(document ?? '') ?? { owner, document, approvers: [...approvers], ...none };
    rows.set(document ?? '', {
      ...row,
      findings: row.findings + count.findings,
      open: row.open + count.open,
      overdue: row.overdue + count.overdue,
      unmitigated: row.unmitigated + count.unmitigated,
      excepted: row.excepted + (count.status === 'excepted' ? count.findings : 0),
    });
  }
  return sortedBy(rows.values(), (r) => r.document ?? '\uffff');
}

/** Open and overdue findings by control: a finding counts for each control that the rule which binds its date serves. */
export const controlCounts = (
  overlays: readonly Compliance[],
  counts: readonly RuleCount[],
): ControlCount[] =>
  controlsIn(overlays).map(({ rules, ...control }) => {
    const served = counts.filter((c) => servesRule(rules, c.rule));
    const sum = (of: 'open' | 'overdue' | 'unmitigated') => served.reduce((n, c) => n + c[of], 0);
    return { ...control, open: sum('open'), overdue: sum('overdue'), unmitigated: sum('unmitigated') };
  });
