import type { EvidenceEntry } from '../contracts/generated/evidence-entry.ts';
import { formatHaltScope } from '../domain/halt.ts';
import type { RolloutDeps, RolloutEvent } from './rollout.ts';
import type { Survey } from './survey.ts';

type Teller = Pick<RolloutDeps, 'on' | 'clock'>;
type HostEvent = Extract<RolloutEvent, { event: 'host' }>;

export const tellHost = ({ on, clock }: Teller, host: Omit<HostEvent, 'event' | 'at'>): void =>
  on({ event: 'host', at: clock.now(), ...host });

/** Tells what was just entered into the evidence. */
export function tellEntries(deps: Teller, entries: readonly EvidenceEntry[]): void {
  for (const e of entries) {
    if (e.type === 'effect')
      tellHost(deps, { asset: e.asset, run: e.run, state: e.outcome, reason: e.reason ?? e.outcome });
    else if (e.type === 'health')
      tellHost(deps, {
        asset: e.asset,
        run: e.run,
        state: `health ${e.verdict}`,
        reason: `${e.samples} samples, ${e.seconds} s`,
      });
    else if (e.type === 'halt')
      deps.on({ event: 'halt', at: e.time, scope: formatHaltScope(e.scope), reason: e.reason });
  }
}

/** Tells what each ring does, once for as long as it does the same. */
export function announceRings(deps: Teller): (seen: Survey) => void {
  const told = new Map<string, string>();
  return ({ rings }) => {
    for (const { plan, action } of rings) {
      const key = `${plan.baseline}/${plan.ring}`;
      const wave = 'wave' in action ? action.wave : (plan.waves.at(-1)?.wave ?? 0);
      const state = STATES[action.kind];
      const line = `${plan.target.digest} ${wave} ${state} ${action.kind === 'poll' ? '' : action.reason}`;
      if (told.get(key) === line) continue;
      told.set(key, line);
      const hosts = 'hosts' in action ? action.hosts.length : plan.hosts.size;
      const { baseline, ring } = plan;
      deps.on({
        event: 'wave',
        at: deps.clock.now(),
        baseline,
        ring,
        wave,
        hosts,
        state,
        reason: action.reason,
      });
    }
  };
}

type WaveState = Extract<RolloutEvent, { event: 'wave' }>['state'];
const STATES = {
  start: 'started',
  poll: 'started',
  bake: 'baking',
  hold: 'waiting',
  wait: 'waiting',
  halted: 'waiting',
  refused: 'waiting',
  prove: 'done',
  nothing: 'done',
} as const satisfies Record<Survey['rings'][number]['action']['kind'], WaveState>;
