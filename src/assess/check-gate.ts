import type { CheckReport } from '../contracts/generated/check-report.ts';
import { atLeast, type Severity } from '../domain/severity.ts';

/** What `--fail-on` makes of a report. */
export interface GateResult {
  readonly passes: boolean;
  /** Findings at or above the floor. */
  readonly hits: number;
  /** Findings that could not be compared with the floor, because their severity is unknown. */
  readonly ignoredUnknown: number;
}

/** Statuses under which nothing is left to do about a finding. */
const HARMLESS: ReadonlySet<string> = new Set(['not-affected', 'fixed', 'mitigated', 'excepted']);

/**
 * Fails when a finding is at least as severe as the floor, fix or no fix, and when the asset or a component could not be
 * judged at all: that is not known to be clean. Findings of unknown severity are counted, not failed.
 */
export function gateReport(report: CheckReport, floor: Severity): GateResult {
  const open = report.findings.filter((f) => !HARMLESS.has(f.status));
  const unjudged = open.filter((f) => f.status === 'unknown' && f.advisory === null).length;
  const hits = open.filter((f) => atLeast(f.severity, floor)).length;
  return {
    passes: hits === 0 && unjudged === 0,
    hits,
    ignoredUnknown: open.filter((f) => f.severity === 'unknown').length - unjudged,
  };
}
