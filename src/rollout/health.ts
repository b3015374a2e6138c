import type { HealthEvidence } from '../contracts/generated/evidence-entry.ts';
import type { HostReceipt } from '../contracts/generated/host-receipt.ts';
import type { Instant } from '../domain/time.ts';
import type { Run } from './run.ts';

const MINUTE_MS = 60_000;
/** Clocks may differ by what the order allows, and the last sample may be some samples old. */
export const MAX_CLOCK_SKEW_SECONDS = 300;
const FRESH_MS = (MAX_CLOCK_SKEW_SECONDS + 120) * 1000;
/** A host looks on for so much longer than the bake asks for: it still protects itself, and a late controller finds it awake. */
export const WATCH_MARGIN_SECONDS = 900;
/** A host counts no longer time between two good samples. */
const MAX_GAP_SECONDS = 60;
/** The wall clock of a host may be set a little while its monotonic clock goes on. */
const CLOCK_SLACK_SECONDS = 60;

/** What the samples of a host are worth now. Only `good` counts; everything that is not clearly good holds (X7). */
export type Health = Pick<HealthEvidence, 'verdict' | 'since' | 'until' | 'samples' | 'seconds'> & {
  readonly reason: string;
};

/**
 * Judges what a host told about the time after its change. Good needs an unbroken run of good samples up to the last one,
 * numbers that can be true, and a fresh last sample, unless the watch was ended after all that the order asked for. What
 * was not good before that run is over: the host itself takes back what is bad.
 * @param watchSeconds how long a run of good samples the order asked for
 */
export function healthOf(receipt: HostReceipt, watchSeconds: number, now: Instant): Health {
  const { watch, verdict, phase } = receipt;
  const { since, until, samples, healthySeconds } = watch ?? noWatch(now);
  const span = (Date.parse(until) - Date.parse(since)) / 1000;
  const seconds = Math.floor(Math.min(healthySeconds, span));
  const as = (kind: Health['verdict'], reason: string): Health => ({
    ...{ verdict: kind, reason, since, until, samples },
    seconds: seconds >= 0 ? seconds : 0,
  });
  if (verdict?.kind === 'bad' || phase === 'restored' || phase === 'unrestored' || phase === 'restoring')
    return as('bad', verdict?.reason || `the host says ${phase}`);
  if (!watch) return as('inconclusive', 'no samples');
  if (!(samples >= 1)) return as('inconclusive', `the sample of ${until} was not good`);
  if (!(span >= 0)) return as('inconclusive', 'the samples end before they begin');
  const most = Math.min(span + CLOCK_SLACK_SECONDS, (samples - 1) * MAX_GAP_SECONDS);
  if (!(healthySeconds >= 0 && healthySeconds <= most))
    return as('inconclusive', `${samples} samples in ${span} s cannot cover ${healthySeconds} s`);
  const age = Math.abs(Date.parse(now) - Date.parse(until));
  const whole = receipt.worker === 'done' && seconds >= watchSeconds - CLOCK_SLACK_SECONDS;
  if (age > FRESH_MS && !whole) return as('inconclusive', `the last sample is of ${until}`);
  return as('good', 'good');
}

const noWatch = (now: Instant): NonNullable<HostReceipt['watch']> => ({
  since: now,
  until: now,
  samples: 0,
  healthySeconds: 0,
});

/**
 * Healthy minutes of a run that the evidence shows: the host's own unbroken ones, but never more than passed by the
 * controller's clock since the run was announced.
 */
export function bakedMinutes({ begun, health }: Pick<Run, 'begun' | 'health'>): number {
  if (health?.verdict !== 'good') return 0;
  const byController = (Date.parse(health.time) - Date.parse(begun)) / MINUTE_MS;
  const minutes = Math.min(health.seconds / 60, byController);
  return minutes > 0 ? minutes : 0;
}

/** Whether a run may be counted as settled for a bake of so many minutes; no bake asks for no samples. */
export const isBaked = (run: Pick<Run, 'begun' | 'health' | 'effect'>, minutes: number): boolean =>
  minutes === 0 ? run.health === undefined || run.health.verdict === 'good' : bakedMinutes(run) >= minutes;
