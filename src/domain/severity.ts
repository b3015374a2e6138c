export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'none' | 'unknown';

/** From the worst to the least, `unknown` last: it is neither. */
export const SEVERITIES = [
  'critical',
  'high',
  'medium',
  'low',
  'none',
  'unknown',
] as const satisfies readonly Severity[];

/** True when `severity` is at least `floor`; unknown is never at least anything. */
export const atLeast = (severity: Severity, floor: Severity): boolean =>
  severity !== 'unknown' && SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(floor);

/** The worst of several; `unknown` only when nothing else is there. */
export const worst = (list: readonly Severity[]): Severity =>
  SEVERITIES.find((s) => list.includes(s)) ?? 'unknown';
