import type { HealthEvidence } from '../contracts/generated/evidence-entry.ts';
import type { HostReceipt } from '../contracts/generated/host-receipt.ts';
import type { Instant } from '../domain/time.ts';
import type { Run } from './run.ts';

const MINUTE_MS = 60_000;
/** Clocks may differ by what the order allows, and the last sample may be some samples old. */
export const MAX_CLOCK_SKEW_SECONDS = 300;
const FRESH_MS = (MAX_CLOCK_SKEW_SECONDS + 120) * 1000;
/** A controller that comes late still finds a whole watch: it lasts so much longer than the bake asks for. */
export const WATCH_MARGIN_SECONDS = 900;
/** A look at a host may take as long as the pause before the next: then a bake takes twice its minutes, and still ends. */
export const WATCH_FACTOR = 2;
/** The pauses of the host's helper between two samples while it soaks, and while it watches. */
const SOAK_EVERY_SECONDS = 2;
const WATCH_EVERY_SECONDS = 5;

/** What the samples of a host are worth now. Only `good` counts; everything that is not clearly good holds (X7). */
export type Health = Pick<HealthEvidence, 'verdict' | 'since' | 'until' | 'samples'> & {
  /** Seconds that the samples cover. */
  readonly seconds: number;
  readonly reason: string;
};

/**
 * Judges what a host told about the time after its change. Good needs samples, all of them finite, none bad or
 * inconclusive, and the last one fresh, unless the watch was ended in the order that was asked for.
 * @param watchSeconds how long the order asked the host to watch
 */
export function healthOf(receipt: HostReceipt, watchSeconds: number, now: Instant): Health {
  const { watch, verdict, phase } = receipt;
  const since = watch?.since ?? now;
  const until = watch?.until ?? now;
  const as = (kind: Health['verdict'], reason: string): Health => ({
    verdict: kind,
    reason,
    since,
    until,
    samples: watch?.samples ?? 0,
    seconds: coveredSeconds(receipt),
  });
  if (verdict?.kind === 'bad' || phase === 'restored' || phase === 'unrestored' || phase === 'restoring')
    return as('bad', verdict?.reason || `the host says ${phase}`);
  if (!watch || watch.samples === 0) return as('inconclusive', 'no samples');
  if (watch.bad > 0) return as('bad', `${watch.bad} bad of ${watch.samples} samples`);
  if (watch.finite !== watch.samples)
    return as('inconclusive', `${watch.samples - watch.finite} of ${watch.samples} samples are no number`);
  if (watch.inconclusive > 0)
    return as('inconclusive', `${watch.inconclusive} of ${watch.samples} samples are inconclusive`);
  if (verdict?.kind === 'inconclusive') return as('inconclusive', verdict.reason || 'the host cannot tell');
  const span = Date.parse(until) - Date.parse(since);
  if (!(span >= 0)) return as('inconclusive', 'the samples end before they begin');
  const age = Math.abs(Date.parse(now) - Date.parse(until));
  const whole = receipt.worker === 'done' && span >= (watchSeconds - 60) * 1000;
  if (age > FRESH_MS && !whole) return as('inconclusive', `the last sample is of ${until}`);
  return as('good', 'good');
}

/**
 * Seconds that the samples of a receipt cover: each one its pause, so that a time without samples (a reboot, a worker that
 * died) counts for nothing. Samples of a soak are closer together and count for less. Never more than the real time.
 */
export function coveredSeconds({ watch, steps }: Pick<HostReceipt, 'watch' | 'steps'>): number {
  if (!watch) return 0;
  const soaked = steps
    .filter((s) => s.step === 'soak')
    .reduce((sum, s) => sum + (s.seconds ?? secondsBetween(s.started, s.ended ?? watch.until)), 0);
  const surplus = (WATCH_EVERY_SECONDS / SOAK_EVERY_SECONDS - 1) * soaked;
  const covered = Math.max(0, Math.floor(watch.samples * WATCH_EVERY_SECONDS - surplus));
  return Math.min(covered, secondsBetween(watch.since, watch.until));
}

const secondsBetween = (from: Instant, to: Instant): number => {
  const seconds = Math.floor((Date.parse(to) - Date.parse(from)) / 1000);
  return seconds > 0 ? seconds : 0;
};

/**
 * Healthy minutes of a run that the evidence shows: what its samples cover (older entries: a minute each), but never more
 * than the host's own span, nor than passed by the controller's clock since the run was announced.
 */
export function bakedMinutes({ begun, health }: Pick<Run, 'begun' | 'health'>): number {
  if (health?.verdict !== 'good') return 0;
  const byHost = Date.parse(health.until) - Date.parse(health.since);
  const byController = Date.parse(health.time) - Date.parse(begun);
  const minutes = Math.min(byHost, byController) / MINUTE_MS;
  const covered = health.seconds === undefined ? health.samples : health.seconds / 60;
  return Number.isFinite(minutes) ? Math.max(0, Math.min(minutes, covered)) : 0;
}

/** Whether a run may be counted as settled for a bake of so many minutes; no bake asks for no samples. */
export const isBaked = (run: Pick<Run, 'begun' | 'health' | 'effect'>, minutes: number): boolean =>
  minutes === 0 ? run.health === undefined || run.health.verdict === 'good' : bakedMinutes(run) >= minutes;
