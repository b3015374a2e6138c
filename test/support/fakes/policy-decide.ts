import type { ApproveInput, Match } from '../../../src/contracts/generated/approve-input.ts';
import type { ApproveOutput } from '../../../src/contracts/generated/approve-output.ts';
import type { DecideInput } from '../../../src/contracts/generated/decide-input.ts';
import type { DecideOutput } from '../../../src/contracts/generated/decide-output.ts';
import type { PolicyEngine } from '../../../src/ports/policy-engine.ts';

type Candidate = ApproveInput['candidate'];

const fits = (globs: readonly string[] | undefined, text: string): boolean =>
  globs === undefined || globs.some((g) => (g.endsWith('*') ? text.startsWith(g.slice(0, -1)) : g === text));

const matches = (m: Match, c: Candidate): boolean =>
  (m.classification === undefined || m.classification.includes(c.classification)) &&
  (m.severity === undefined || m.severity.includes(c.severity)) &&
  (m.kev === undefined || m.kev === c.kev) &&
  fits(m.package, c.package) &&
  fits(m.sourcePackage, c.sourcePackage) &&
  fits(m.origin, c.origin);

function approve({ baseline, candidate }: ApproveInput): ApproveOutput {
  if (candidate.held) return { verdict: 'rejected', rule: 'hold', waitDays: 0, reasons: [] };
  const rejected = baseline.reject.find((r) => matches(r.match, candidate));
  if (rejected) return { verdict: 'rejected', rule: rejected.id, waitDays: 0, reasons: [] };
  const rule = baseline.approve.find((a) => matches(a.match, candidate));
  if (!rule) return { verdict: 'unmatched', rule: null, waitDays: 0, reasons: [] };
  const { firstSeen, published, behind } = candidate.age;
  const age = rule.clock === 'published' ? (published ?? firstSeen) : firstSeen;
  const wait = Math.min(
    (rule.afterDays ?? 0) - age,
    (rule.maxTotalDays ?? Number.POSITIVE_INFINITY) - behind,
  );
  return wait > 0
    ? { verdict: 'waiting', rule: rule.id, waitDays: wait, reasons: [] }
    : { verdict: 'approved', rule: rule.id, waitDays: 0, reasons: [] };
}

function statusOf({ context, finding, exceptions }: DecideInput): DecideOutput['status'] {
  if (context.unknown !== null || finding.affected === 'unknown') return 'unknown';
  if (context.baseline === null) return 'ungoverned';
  if (finding.affected !== 'affected') return finding.affected;
  if (finding.vex !== 'none' && !finding.kev) return finding.vex;
  if (exceptions.some((e) => e.decision === 'mitigated' && e.controlled)) return 'mitigated';
  if (exceptions.some((e) => e.controlled || !finding.kev)) return 'excepted';
  if (finding.held) return 'pinned';
  if (finding.approval.verdict === 'rejected') return 'rejected';
  if (finding.approval.verdict === 'unmatched' && finding.kind === 'update') return 'rejected';
  if (finding.fix === 'needs' || finding.fix === 'none') return 'no-fix';
  return finding.approval.verdict === 'waiting' ? 'waiting' : 'missing';
}

function decide(input: DecideInput): DecideOutput {
  const status = statusOf(input);
  const { baseline, labels } = input.context;
  const runs = ['missing', 'waiting', 'pinned', 'excepted', 'rejected'].includes(status);
  const obligations = (runs ? (baseline?.deadlines ?? []) : []).flatMap((d) => {
    const kind = 'patch' as const;
    if (d.kind === 'kev')
      return input.finding.kev ? [{ rule: `deadlines/kev:${d.id}`, kind, clock: d.clock, days: d.days }] : [];
    if (d.kind !== 'severity-sla') return [];
    const days = d.days[input.finding.severity];
    // A rule that reads a label, so that tests see it enter the context.
    const halved = labels.exposure === 'internet' && days !== undefined ? Math.floor(days / 2) : days;
    return halved === undefined
      ? []
      : [{ rule: `deadlines/sla:${d.id}`, kind, clock: d.clock, days: halved }];
  });
  return { status, reasons: [{ rule: `status/${status}`, effect: status }], obligations };
}

/** A policy in TypeScript that behaves like the compiled one as far as tests of other parts need. It reads the label `exposure`. */
export const fakePolicy = (): PolicyEngine => ({
  digest: `sha256:${'f'.repeat(64)}`,
  approve,
  decide,
  decideAll: async (inputs) => inputs.map(decide),
  change: () => ({ allowed: false, reasons: [] }),
});

export const FAKE_READS: readonly string[] = ['exposure'];
