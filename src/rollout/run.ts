import type {
  EffectEvidence,
  EvidenceEntry,
  HealthEvidence,
  IntentEvidence,
  VerificationEvidence,
} from '../contracts/generated/evidence-entry.ts';
import { partOf } from '../contracts/intent-parts.ts';
import type { Instant } from '../domain/time.ts';
import { digestOf } from '../util/digest.ts';

/** One action on one host, as the evidence tells it: announced by exactly one intent, ended by at most one effect. */
export interface Run {
  readonly run: string;
  readonly asset: string;
  readonly lock: string;
  readonly merge: string;
  readonly wave: number;
  readonly try: number;
  /** Fencing epoch of the controller that announced it. */
  readonly epoch: number;
  /** When it was announced, by the controller's clock. */
  readonly begun: Instant;
  /** Class of hosts that it stands for in a canary; null where none was recorded. */
  readonly class: string | null;
  readonly packages: IntentEvidence['packages'];
  readonly effect: EffectEvidence | undefined;
  readonly verified: VerificationEvidence | undefined;
  /** The latest word about its health. */
  readonly health: HealthEvidence | undefined;
}

/** What `check` of an effect says when the host never began: no failure of the host, and no change of it. */
export const NEVER_BEGUN = 'controller';

/** Identity of one action: the same asset, lock and try are the same run, whoever computes it. */
export const runId = (asset: string, lock: string, attempt: number): string =>
  digestOf({ asset, lock, try: attempt });

/** Every run in the order of its intent, the parts of which are put together. */
export function runsOf(entries: readonly EvidenceEntry[]): readonly Run[] {
  const runs = new Map<string, Run>();
  const about = <E extends { readonly run: string }>(entry: E, change: (run: Run) => Partial<Run>) => {
    const run = runs.get(entry.run);
    if (run) runs.set(entry.run, { ...run, ...change(run) });
  };
  for (const e of entries) {
    if (e.type === 'intent' && partOf(e) > 1) about(e, (r) => ({ packages: [...r.packages, ...e.packages] }));
    else if (e.type === 'intent' && !runs.has(e.run)) runs.set(e.run, begin(e));
    else if (e.type === 'effect') about(e, (r) => ({ effect: r.effect ?? e }));
    else if (e.type === 'verification') about(e, () => ({ verified: e }));
    else if (e.type === 'health') about(e, () => ({ health: e }));
  }
  return [...runs.values()];
}

const begin = (e: IntentEvidence): Run => ({
  run: e.run,
  asset: e.asset,
  lock: e.lock,
  merge: e.merge,
  wave: e.wave ?? 0,
  try: e.try ?? 1,
  epoch: e.epoch ?? 0,
  begun: e.time,
  class: e.class ?? null,
  packages: e.packages,
  effect: undefined,
  verified: undefined,
  health: undefined,
});

/** The checks that judge a change that was made: when one of them is why a run failed, the change itself is bad. */
const GATES: ReadonlySet<string> = new Set(['maintainer-script', 'file', 'cpu', 'probe', 'verify', 'silent']);

/** A change was made and went bad, however it ended afterwards. */
export const wentBad = ({ effect, health }: Pick<Run, 'effect' | 'health'>): boolean =>
  effect !== undefined &&
  (effect.outcome === 'restored' ||
    effect.outcome === 'unrestored' ||
    (effect.outcome === 'failed' && GATES.has(effect.check ?? '')) ||
    health?.verdict === 'bad');

/** Tries that count: failures and refusals of the host before anything was changed there. */
export const failedTries = (runs: readonly Run[]): readonly Run[] =>
  runs.filter(
    (r) =>
      (r.effect?.outcome === 'failed' || r.effect?.outcome === 'refused') &&
      r.effect.check !== NEVER_BEGUN &&
      !wentBad(r),
  );
