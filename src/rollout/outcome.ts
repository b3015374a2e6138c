import type { ErrorCode } from '../domain/errors.ts';
import { parseLockKey } from '../domain/purl.ts';
import type { Instant } from '../domain/time.ts';
import type { HostState } from './host-state.ts';
import type { RingView, Survey } from './survey.ts';

/** How one host stands at the end of an invocation: with a reason, always. */
export interface HostOutcome {
  readonly asset: string;
  readonly baseline: string;
  readonly ring: string;
  readonly wave: number | null;
  readonly state: HostState['kind'];
  readonly reason: string;
  /** What it means for the exit code; null when nothing is wrong. */
  readonly code: ErrorCode | null;
  readonly run: string | null;
  /** `name from → to`, as planned or done. */
  readonly packages: readonly string[];
}

/** How one ring stands. */
export interface RingOutcome {
  readonly baseline: string;
  readonly ring: string;
  readonly generation: number;
  readonly lock: string;
  /** Digest of the plan that its intents name. */
  readonly plan: string;
  readonly state:
    | 'start'
    | 'poll'
    | 'bake'
    | 'hold'
    | 'prove'
    | 'wait'
    | 'halted'
    | 'refused'
    | 'proven'
    | 'nothing';
  readonly reason: string;
  /** When something is due again; null: not known, or nothing. */
  readonly until: Instant | null;
  readonly code: ErrorCode | null;
}

export interface RolloutResult {
  /** Who else is at work; null: this controller had the lease. */
  readonly busy: { readonly holder: string; readonly until: Instant } | null;
  readonly rings: readonly RingOutcome[];
  readonly hosts: readonly HostOutcome[];
}

export function resultOf({ rings, joining }: Survey): RolloutResult {
  const joins = new Map(joining.flatMap(hostOutcomes).map((h) => [h.asset, h]));
  const hosts = rings.flatMap(hostOutcomes).map((h) => joins.get(h.asset) ?? h);
  return { busy: null, rings: rings.map(ringOutcome), hosts };
}

function ringOutcome({ plan, action }: RingView): RingOutcome {
  const proven = plan.proven && action.kind === 'nothing';
  return {
    baseline: plan.baseline,
    ring: plan.ring,
    generation: plan.target.lock.generation,
    lock: plan.target.digest,
    plan: plan.digest,
    state: proven ? 'proven' : action.kind,
    reason: action.reason,
    until: action.kind === 'wait' || action.kind === 'bake' ? action.until : null,
    code: action.kind === 'halted' ? 'halted' : action.kind === 'refused' ? action.code : null,
  };
}

function hostOutcomes({ plan, action }: RingView): readonly HostOutcome[] {
  const waves = new Map(plan.waves.flatMap((w) => w.hosts.map((asset) => [asset, w.wave] as const)));
  return [...plan.hosts].map(([asset, state]) => ({
    asset,
    baseline: plan.baseline,
    ring: plan.ring,
    wave: waves.get(asset) ?? null,
    state: state.kind,
    ...wordsOf(state, action),
    run: 'run' in state ? state.run.run : null,
    packages: packagesOf(state),
  }));
}

function packagesOf(state: HostState): readonly string[] {
  if (state.kind === 'due')
    return state.plan.packages.map((p) => `${p.name} ${p.from ?? '(new)'} → ${p.version}`);
  if (!('run' in state)) return [];
  return state.run.packages.map(
    (p) => `${parseLockKey(p.purl)?.name ?? p.purl} ${p.from ?? '(new)'} → ${p.to}`,
  );
}

function wordsOf(state: HostState, action: RingView['action']): Pick<HostOutcome, 'reason' | 'code'> {
  switch (state.kind) {
    case 'patched':
      return state.silent
        ? { reason: 'patched, and silent now', code: 'host-failed' }
        : { reason: `${state.run.packages.length} package(s) installed and seen`, code: null };
    case 'equal':
      return { reason: 'already as locked', code: null };
    case 'untouched':
      return { reason: state.reason, code: null };
    case 'in-flight':
      return { reason: `under way since ${state.run.begun}`, code: null };
    case 'due':
      return {
        reason: `not started: ${action.reason}`,
        code: action.kind === 'halted' ? 'halted' : action.kind === 'refused' ? action.code : null,
      };
    case 'refused':
      return { reason: state.reason, code: state.code };
    case 'unknown':
      return { reason: state.reason, code: 'host-failed' };
    case 'restored':
    case 'unrestored':
    case 'failed':
    case 'quarantined':
      return { reason: state.reason, code: 'halted' };
    default:
      return state satisfies never;
  }
}
