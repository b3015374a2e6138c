import type { Component } from '../domain/component.ts';
import type { ErrorCode } from '../domain/errors.ts';
import { parseLockKey } from '../domain/purl.ts';
import { type Instant, instantOf } from '../domain/time.ts';
import { type HostPlan, isDue } from './host-plan.ts';
import { failedTries, NEVER_BEGUN, type Run, wentBad } from './run.ts';

/**
 * Where one host is on its way to one lock: every host is in exactly one of these, with a reason (X11).
 *
 * ```
 *  due ──intent──► in-flight ──┬─► patched ──bake──► (baked)
 *   ▲                          ├─► restored │ unrestored │ failed      changed and bad: halts
 *   └──── at most 3 tries ─────┴─► (failed before any change)
 * ```
 */
export type HostState =
  /** Behind its lock; it may be tried from `retryAt` on (null: at once). */
  | {
      readonly kind: 'due';
      readonly plan: HostPlan;
      readonly tries: number;
      readonly retryAt: Instant | null;
    }
  /** Announced, and its end is not recorded: whatever is going on there is the host's own doing. */
  | { readonly kind: 'in-flight'; readonly run: Run }
  | { readonly kind: 'patched'; readonly run: Run; readonly silent: boolean }
  /** Changed, bad, and back at what it had; healthy again. */
  | { readonly kind: 'restored'; readonly run: Run; readonly reason: string }
  /** Changed, bad, and not back: a person has to look. */
  | { readonly kind: 'unrestored'; readonly run: Run; readonly reason: string }
  /** Given up after the last try. `changed`: something was changed and went bad. */
  | { readonly kind: 'failed'; readonly run: Run; readonly reason: string; readonly changed: boolean }
  /** These bytes went bad here before; they are not tried again. */
  | { readonly kind: 'quarantined'; readonly reason: string }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly reason: string }
  /** Nothing to do: it is as locked (`equal`), or the host itself holds what differs. */
  | { readonly kind: 'equal' }
  | { readonly kind: 'untouched'; readonly reason: string }
  /** It cannot be looked at. `newly`: the last scan could. */
  | { readonly kind: 'unknown'; readonly reason: string; readonly newly: boolean };

/** What a look at one host found. */
export type HostLook =
  | { readonly kind: 'plan'; readonly plan: HostPlan; readonly components: readonly Component[] }
  | { readonly kind: 'unknown'; readonly reason: string }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly reason: string };

export interface HostFacts {
  readonly lock: string;
  /** All runs of this host, by whatever lock, in order. */
  readonly runs: readonly Run[];
  readonly look: HostLook;
  /** The last scan read it well. */
  readonly known: boolean;
}

/** Failures before any change that a host may have with one lock. */
const MAX_TRIES = 3;
/** Wait after each of them, times how many there were: 5 minutes, then 10. */
const RETRY_MS = 300_000;

/** Classifies one host. Pure, and total: the first rule that holds wins. */
export function hostStateOf({ lock, runs, look, known }: HostFacts): HostState {
  const open = runs.find((r) => r.effect === undefined);
  if (open) return { kind: 'in-flight', run: open };
  const mine = runs.filter((r) => r.lock === lock);
  const last = mine.findLast((r) => r.effect?.check !== NEVER_BEGUN);
  const ended = last && endedState(last, look);
  if (ended) return ended;
  if (look.kind === 'unknown') return { kind: 'unknown', reason: look.reason, newly: known };
  if (look.kind === 'refused') return { kind: 'refused', code: look.code, reason: look.reason };
  const { plan } = look;
  if (!isDue(plan)) return atRest(plan);
  if (plan.refusal !== null) return { kind: 'refused', code: 'refused', reason: plan.refusal };
  const bad = quarantineOf(plan, runs);
  if (bad !== null) return { kind: 'quarantined', reason: bad };
  const tries = failedTries(mine);
  const failed = tries.at(-1);
  if (failed && tries.length >= MAX_TRIES)
    return {
      kind: 'failed',
      run: failed,
      reason: `given up after ${MAX_TRIES} tries, until another lock is merged; the last one: ${reasonOf(failed)}`,
      changed: false,
    };
  const retryAt = failed?.effect ? instantOf(Date.parse(failed.effect.time) + RETRY_MS * tries.length) : null;
  return { kind: 'due', plan, tries: tries.length, retryAt };
}

/** How the last run with this lock ended; undefined when it left the host where it was, to be looked at again. */
function endedState(run: Run, look: HostLook): HostState | undefined {
  const reason = reasonOf(run);
  const behind = look.kind === 'plan' && isDue(look.plan);
  const outcome = run.effect?.outcome;
  switch (outcome) {
    case 'restored':
      return { kind: 'restored', run, reason };
    case 'unrestored':
      return { kind: 'unrestored', run, reason };
    case 'failed':
      return wentBad(run) ? { kind: 'failed', run, reason, changed: true } : undefined;
    case 'installed':
    case 'already-there':
      if (run.health?.verdict === 'bad') {
        const late = 'it went bad after it had been kept';
        return { kind: behind ? 'restored' : 'unrestored', run, reason: late };
      }
      // Somebody took it back, or holds it now: that is a fact of the host, and looked at like any other.
      return behind ? undefined : { kind: 'patched', run, silent: look.kind === 'unknown' };
    case 'refused':
    case undefined:
      return undefined;
    default:
      return outcome satisfies never;
  }
}

const reasonOf = (run: Run): string => run.effect?.reason ?? run.effect?.outcome ?? 'no reason given';

/** Bytes of the plan that went bad on this host with whatever lock. */
function quarantineOf(plan: HostPlan, runs: readonly Run[]): string | null {
  for (const run of runs.filter(wentBad)) {
    const bad = new Set(run.packages.map((p) => p.sha256));
    const again = plan.packages.filter((p) => bad.has(p.sha256)).map((p) => `${p.name} ${p.version}`);
    if (again.length > 0) return `${again.join(', ')} went bad here before (${reasonOf(run)})`;
  }
  return null;
}

function atRest(plan: HostPlan): HostState {
  const pinned = plan.leftOut.filter((l) => l.state === 'pinned');
  if (pinned.length === 0) return { kind: 'equal' };
  const names = pinned.map((l) => parseLockKey(l.purl)?.name ?? l.purl).join(', ');
  return { kind: 'untouched', reason: `held by the host itself: ${names}` };
}

/**
 * Whether a host counts against the budgets of its failure domains (X3).
 * @param leftBad a run by whatever lock left it so, see `left-bad.ts`
 */
export function isDown(state: HostState, leftBad: boolean): boolean {
  if (leftBad) return true;
  switch (state.kind) {
    case 'in-flight':
      return true;
    case 'patched':
      return state.silent || (state.run.health !== undefined && state.run.health.verdict !== 'good');
    case 'failed':
      return state.changed;
    case 'restored':
      return state.run.effect?.outcome === 'restored' && state.run.effect.secondsToHealthy === undefined;
    case 'unknown':
      return state.newly;
    case 'unrestored':
    case 'due':
    case 'quarantined':
    case 'refused':
    case 'equal':
    case 'untouched':
      return false;
    default:
      return state satisfies never;
  }
}
