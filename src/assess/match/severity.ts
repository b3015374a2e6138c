import type { Severity } from '../../domain/severity.ts';

const BY_URGENCY: Readonly<Record<string, Severity>> = {
  high: 'high',
  medium: 'medium',
  low: 'low',
  unimportant: 'none',
};

/**
 * Severity of an advisory for one package: what the record's vector says, else what the distribution's urgency says,
 * else unknown.
 * @see https://security-team.debian.org/security_tracker.html#severity-levels (a star marks a level set by another source)
 */
export function severityOf(recorded: Severity, urgency: string | null): Severity {
  if (recorded !== 'unknown' || urgency === null) return recorded;
  const level = urgency.toLowerCase().replace(/\*+$/, '');
  return Object.hasOwn(BY_URGENCY, level) ? (BY_URGENCY[level] ?? 'unknown') : 'unknown';
}
