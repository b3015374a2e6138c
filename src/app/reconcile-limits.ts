import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { openingSchedule } from '../domain/opening-schedule.ts';
import type { Instant } from '../domain/time.ts';
import type { ReconcileInput } from './reconcile.ts';

/** What the configuration says of limits now; the rest is as usual. */
export function reconcileLimits(
  { config, calendars }: Pick<PolicyDocuments, 'config' | 'calendars'>,
  now: Instant,
): Pick<ReconcileInput, 'limits' | 'growth'> {
  const { limits = {} } = config;
  const { openProposals: open, proposalsPerOwner: perOwner, proposalsPerHour: perHour, calendar } = limits;
  const schedule = calendar === undefined ? undefined : openingSchedule(calendars, calendar, now);
  return {
    limits: { ...(open === undefined ? {} : { open }), perOwner, perHour, schedule },
    growth: limits.growth,
  };
}
