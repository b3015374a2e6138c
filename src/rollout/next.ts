import type { ErrorCode } from '../domain/errors.ts';
import { type Instant, instantOf } from '../domain/time.ts';
import { mayStart, type Pool } from './budget.ts';
import { haltWords } from './halts.ts';
import { isBaked } from './health.ts';
import type { HostState } from './host-state.ts';
import type { RingPlan } from './ring-plan.ts';
import type { Wave } from './waves.ts';

/**
 * What a ring does next. One of these, always with a reason:
 *
 * ```
 *              ┌────────── wave by wave ───────────┐
 *  (plan) ──► start ──► poll ──► bake ──► (next wave) ──► prove ──► nothing
 *               │                  └─► hold   a gate that is not clearly good
 *               ├─► wait   window, retry, budget, an earlier ring
 *               ├─► halted   a gate failed, or a person said stop
 *               └─► refused  what cannot be kept is not begun
 * ```
 */
export type RingAction =
  | {
      readonly kind: 'start';
      readonly wave: number;
      readonly hosts: readonly string[];
      readonly reason: string;
    }
  | {
      readonly kind: 'poll';
      readonly wave: number;
      readonly hosts: readonly string[];
      readonly reason: string;
    }
  | { readonly kind: 'bake'; readonly wave: number; readonly until: Instant; readonly reason: string }
  | {
      readonly kind: 'hold';
      readonly wave: number;
      readonly hosts: readonly string[];
      /** When it should have been over. */
      readonly since: Instant;
      readonly reason: string;
    }
  | { readonly kind: 'prove'; readonly patched: number; readonly others: number; readonly reason: string }
  | { readonly kind: 'wait'; readonly wave: number; readonly until: Instant | null; readonly reason: string }
  | { readonly kind: 'halted'; readonly reason: string }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly reason: string }
  | { readonly kind: 'nothing'; readonly reason: string };

export interface NextInput {
  readonly plan: RingPlan;
  readonly now: Instant;
  readonly pools: readonly Pool[];
  /** Assets that count against budgets now, those that were just chosen to start included. */
  readonly down: ReadonlySet<string>;
  /** An earlier ring that the same merge must go through first; null: none. */
  readonly after: string | null;
}

/** Decides for one ring. Pure: state and time in, one action out. */
export function nextAction(input: NextInput): RingAction {
  const { plan } = input;
  if (plan.refusal !== null) return { kind: 'refused', ...plan.refusal };
  const flying = inFlight(plan);
  const [halt, ...more] = plan.halts;
  if (halt) {
    // Nobody starts any more; those that are under way end by themselves, and their end is recorded.
    const reason = haltWords(halt) + (more.length > 0 ? ` (and ${more.length} more)` : '');
    return flying.length > 0 ? poll(-1, flying, reason) : { kind: 'halted', reason };
  }
  if (plan.proven) return join(input, flying);
  if (input.after !== null)
    return { kind: 'wait', wave: 0, until: null, reason: `ring ${input.after} goes first` };
  for (const wave of plan.waves) {
    const action = inWave(input, wave);
    if (action) return action;
  }
  if (flying.length > 0) return poll(-1, flying, 'under way');
  return atEnd(plan);
}

/** What a wave still asks for; undefined when it is over. */
function inWave(input: NextInput, { wave, hosts }: Wave): RingAction | undefined {
  const { plan, now } = input;
  const states = hosts.map((asset) => [asset, plan.hosts.get(asset)] as const);
  const flying = states.filter(([, s]) => s?.kind === 'in-flight').map(([asset]) => asset);
  const due = states.flatMap(([asset, s]) => (s?.kind === 'due' ? [{ asset, retryAt: s.retryAt }] : []));
  if (due.length > 0) return startDue(input, wave, due, flying);
  if (flying.length > 0) return poll(wave, flying, `wave ${wave} is under way`);
  return baking(plan, wave, states, now);
}

function startDue(
  { plan, now, pools, down }: NextInput,
  wave: number,
  due: readonly { readonly asset: string; readonly retryAt: Instant | null }[],
  flying: readonly string[],
): RingAction {
  const others = (blocked: Extract<RingAction, { kind: 'wait' }>): RingAction =>
    flying.length > 0 ? poll(wave, flying, blocked.reason) : blocked;
  const { window } = plan;
  if (window.kind === 'closed')
    return others({ kind: 'wait', wave, until: window.next, reason: window.reason });
  const ready = due.filter((d) => d.retryAt === null || d.retryAt <= now);
  if (ready.length === 0) {
    const until = due.flatMap((d) => d.retryAt ?? []).reduce((a, b) => (a < b ? a : b));
    return others({ kind: 'wait', wave, until, reason: `${due.length} host(s) are tried again later` });
  }
  const chosen = withinBudget(ready, pools, down);
  if (chosen.hosts.length > 0)
    return {
      kind: 'start',
      wave,
      hosts: chosen.hosts,
      reason: `wave ${wave}: ${chosen.hosts.length} of ${due.length} that are due`,
    };
  return others({ kind: 'wait', wave, until: null, reason: chosen.reason });
}

/** As many hosts as every budget allows together, in order. */
function withinBudget(
  ready: readonly { readonly asset: string }[],
  pools: readonly Pool[],
  before: ReadonlySet<string>,
): { readonly hosts: readonly string[]; readonly reason: string } {
  const down = new Set(before);
  const hosts: string[] = [];
  let reason = '';
  for (const { asset } of ready) {
    const no = mayStart(asset, pools, down);
    if (no) {
      reason = `budget of ${no.pool}: ${no.down} of at most ${no.limit} host(s) are in flight, unhealthy or unknown`;
      continue;
    }
    hosts.push(asset);
    down.add(asset);
  }
  return { hosts, reason };
}

function baking(
  plan: RingPlan,
  wave: number,
  states: readonly (readonly [string, HostState | undefined])[],
  now: Instant,
): RingAction | undefined {
  const open = states.flatMap(([asset, s]) =>
    s?.kind === 'patched' && !isBaked(s.run, plan.bakeMinutes) ? [{ asset, run: s.run }] : [],
  );
  if (open.length === 0) return undefined;
  const ends = open.map(({ run }) =>
    instantOf(Date.parse(run.effect?.time ?? run.begun) + plan.bakeMinutes * 60_000),
  );
  const until = ends.reduce((a, b) => (a > b ? a : b));
  if (now < until)
    return {
      kind: 'bake',
      wave,
      until,
      reason: `wave ${wave} bakes for ${plan.bakeMinutes} healthy minutes`,
    };
  return {
    kind: 'hold',
    wave,
    hosts: open.map((o) => o.asset),
    since: until,
    reason: `no ${plan.bakeMinutes} healthy minutes are shown for ${open.map((o) => o.asset).join(', ')}`,
  };
}

/** After the proof: hosts that are new or came back get what is proven, within budget and window. */
function join(input: NextInput, flying: readonly string[]): RingAction {
  const { plan } = input;
  const due = [...plan.hosts].flatMap(([asset, s]) =>
    s.kind === 'due' ? [{ asset, retryAt: s.retryAt }] : [],
  );
  const last = plan.waves.at(-1)?.wave ?? 0;
  if (due.length > 0) return startDue(input, Math.max(1, last), due, flying);
  if (flying.length > 0) return poll(last, flying, 'joining hosts are under way');
  return { kind: 'nothing', reason: `generation ${plan.target.lock.generation} is proven` };
}

function atEnd(plan: RingPlan): RingAction {
  const states = [...plan.hosts.values()];
  const patched = states.filter((s) => s.kind === 'patched').length;
  // A ring where nobody was behind has gone through as well: what it could not exercise, the next ring calls untested.
  const atRest = states.every((s) => s.kind === 'equal');
  if (patched === 0 && !atRest) return { kind: 'nothing', reason: 'no host could be patched' };
  const bad = [...plan.hosts].filter(
    ([, s]) => s.kind === 'unrestored' || (s.kind === 'failed' && s.changed),
  );
  if (bad.length > 0)
    return {
      kind: 'hold',
      wave: plan.waves.at(-1)?.wave ?? 0,
      hosts: bad.map(([asset]) => asset),
      since: '1970-01-01T00:00:00Z',
      reason: `${bad.map(([asset]) => asset).join(', ')} went bad and did not come back: a person has to look`,
    };
  return {
    kind: 'prove',
    patched,
    others: states.length - patched,
    reason:
      patched === 0
        ? 'no host was behind'
        : `every host ended and ${plan.bakeMinutes} healthy minutes are shown`,
  };
}

const poll = (wave: number, hosts: readonly string[], reason: string): RingAction => ({
  kind: 'poll',
  wave,
  hosts,
  reason,
});

const inFlight = (plan: RingPlan): readonly string[] =>
  [...plan.hosts].filter(([, s]) => s.kind === 'in-flight').map(([asset]) => asset);
