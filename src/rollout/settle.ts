import type {
  EffectEvidence,
  EvidenceEntry,
  HealthEvidence,
  VerificationEvidence,
} from '../contracts/generated/evidence-entry.ts';
import type { HostReceipt } from '../contracts/generated/host-receipt.ts';
import type { HostObservation } from '../domain/component.ts';
import { type Instant, instantOf } from '../domain/time.ts';
import { gateHalts } from './halts.ts';
import { bakedMinutes, healthOf, WATCH_MARGIN_SECONDS } from './health.ts';
import { NEVER_BEGUN, type Run, wentBad } from './run.ts';
import { componentsDigest, missingOf } from './verify.ts';

/** An order is only taken by a host so long after its intent; later than that, it was never begun. */
export const START_WITHIN_SECONDS = 900;
/** A host that was changed and is not heard of for so long is given up: what happened to it is counted as the change's doing. */
const SILENT_HOURS = 24;

/** What a host answered when it was asked for a run. */
export type Answer =
  | { readonly kind: 'receipt'; readonly receipt: HostReceipt }
  /** It never heard of the run. */
  | { readonly kind: 'never-begun' }
  | { readonly kind: 'silent'; readonly reason: string };

export interface SettleInput {
  readonly run: Run;
  readonly answer: Answer;
  /** Epoch of the controller that asked: a host that it asked takes no order of a lower one any more. */
  readonly epoch: number;
  readonly stream: string;
  readonly now: Instant;
}

/** Whether the end of a run is there, so that the host must be looked at before it is recorded. */
export const isEnded = (receipt: HostReceipt): boolean =>
  ['kept', 'failed', 'refused', 'restored', 'unrestored'].includes(receipt.phase);

/**
 * The end of a run that has none in the evidence yet: its effect, what a new look at the host found, and the halts that
 * follow, to be appended together. Empty while it goes on. Pure, so that it can be computed again after a crash.
 * @param seen the host as it is now; null where that is not needed or not possible
 */
export function settleRun(input: SettleInput, seen: HostObservation | null): readonly EvidenceEntry[] {
  const { run, answer } = input;
  switch (answer.kind) {
    case 'receipt':
      return isEnded(answer.receipt) ? ended(input, answer.receipt, seen) : [];
    case 'never-begun':
      return input.epoch > run.epoch || later(run.begun, START_WITHIN_SECONDS) <= input.now
        ? [effectOf(input, 'failed', 'the controller stopped before the host began', { check: NEVER_BEGUN })]
        : [];
    case 'silent':
      return later(run.begun, SILENT_HOURS * 3600) <= input.now
        ? withHalts(
            input,
            effectOf(input, 'unrestored', `silent since ${run.begun}: ${answer.reason}`, { check: 'silent' }),
          )
        : [];
    default:
      return answer satisfies never;
  }
}

const later = (at: Instant, seconds: number): Instant => instantOf(Date.parse(at) + seconds * 1000);

function ended(
  input: SettleInput,
  receipt: HostReceipt,
  seen: HostObservation | null,
): readonly EvidenceEntry[] {
  const { run } = input;
  const { phase, verdict, changed } = receipt;
  const log = receipt.log === null ? {} : { log: receipt.log };
  const reason = verdict?.reason || phase;
  const check = verdict && verdict.check !== 'none' ? { check: verdict.check } : {};
  if (phase === 'kept') {
    const missing = seen?.unknown === null ? missingOf(run.packages, seen.components) : null;
    if (missing !== null && missing.length > 0)
      return withHalts(
        input,
        effectOf(input, 'failed', `kept, but a new look does not find ${missing.join(', ')}`, {
          check: 'verify',
          ...log,
        }),
        verification(input, seen),
      );
    return [effectOf(input, 'installed', null, log), verification(input, seen)];
  }
  const measured = verdict?.secondsToHealthy ?? null;
  const seconds = measured === null ? {} : { secondsToHealthy: measured };
  if (phase === 'restored' || phase === 'unrestored')
    return withHalts(
      input,
      effectOf(input, phase, reason, { check: verdict?.check ?? 'verify', ...log, ...seconds }),
      verification(input, seen),
    );
  if (phase === 'refused') return [effectOf(input, 'refused', reason, { ...check, ...log })];
  // Changed and back by itself is a failed change all the same; before any change it is a failure of the host.
  const bad = changed || verdict?.kind === 'bad' ? { check: gateOf(verdict?.check, changed) } : check;
  const effect = effectOf(input, 'failed', reason, { ...bad, ...log, ...seconds });
  return withHalts(input, effect, verification(input, seen));
}

const gateOf = (check: string | undefined, changed: boolean): string =>
  changed && (check === undefined || check === 'none' || check === 'precheck' || check === 'order')
    ? 'maintainer-script'
    : (check ?? 'precheck');

function effectOf(
  { run, now }: SettleInput,
  outcome: EffectEvidence['outcome'],
  reason: string | null,
  more: Partial<Pick<EffectEvidence, 'check' | 'log' | 'secondsToHealthy'>> = {},
): EffectEvidence {
  return {
    apiVersion: 'patchwarden/v1',
    type: 'effect',
    time: now,
    run: run.run,
    asset: run.asset,
    lock: run.lock,
    outcome,
    ...(reason === null ? {} : { reason }),
    ...more,
  };
}

const verification = ({ run, now }: SettleInput, seen: HostObservation | null): VerificationEvidence => ({
  apiVersion: 'patchwarden/v1',
  type: 'verification',
  time: now,
  run: run.run,
  asset: run.asset,
  lock: run.lock,
  state:
    seen === null || seen.unknown !== null
      ? 'unknown'
      : missingOf(run.packages, seen.components).length === 0
        ? 'equal'
        : 'behind',
  components: componentsDigest(seen?.components ?? []),
});

/** A failed gate forbids what it judged in the same breath, so that no crash can come between (X10). */
function withHalts(
  { run, stream, now }: SettleInput,
  effect: EffectEvidence,
  ...more: readonly EvidenceEntry[]
): readonly EvidenceEntry[] {
  if (!wentBad({ effect, health: undefined })) return [effect, ...more];
  const { asset, lock, packages } = run;
  const reason = effect.reason ?? effect.outcome;
  return [effect, ...more, ...gateHalts({ run: run.run, lock, asset, stream, packages, reason, at: now })];
}

/**
 * What the watch of a patched host adds to the evidence: one entry when its bake is complete, one when it went bad (with
 * the halts), one when time is over and nothing clear was shown. Empty otherwise.
 */
export function settleHealth(
  input: SettleInput & { readonly receipt: HostReceipt; readonly bakeMinutes: number },
): readonly EvidenceEntry[] {
  const { run, receipt, bakeMinutes, now, stream } = input;
  const watchSeconds = watchSecondsOf(bakeMinutes);
  const { verdict, since, until, samples, seconds, reason } = healthOf(receipt, watchSeconds, now);
  const entry: HealthEvidence = {
    apiVersion: 'patchwarden/v1',
    type: 'health',
    time: now,
    run: run.run,
    asset: run.asset,
    lock: run.lock,
    since,
    until,
    samples,
    seconds,
    verdict,
  };
  const before = run.health;
  if (verdict === 'bad') {
    if (before?.verdict === 'bad') return [];
    const { asset, lock, packages } = run;
    return [entry, ...gateHalts({ run: run.run, lock, asset, stream, packages, reason, at: now })];
  }
  if (bakeMinutes === 0) return [];
  const done = (health: HealthEvidence | undefined) =>
    bakedMinutes({ begun: run.begun, health }) >= bakeMinutes;
  // What was shown stays shown: after a whole bake only bad news counts.
  if (done(before)) return [];
  if (verdict === 'good') return done(entry) ? [entry] : [];
  const over = later(run.effect?.time ?? run.begun, bakeMinutes * 60) <= now;
  return over && before?.verdict !== 'inconclusive' ? [entry] : [];
}

/** How long a host watches itself after its soak, at least. */
export const watchSecondsOf = (bakeMinutes: number): number =>
  bakeMinutes === 0 ? 0 : Math.min(2_592_000, bakeMinutes * 60 + WATCH_MARGIN_SECONDS);
