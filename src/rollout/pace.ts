import { limitOf } from './budget.ts';
import type { RingRollout } from './rollout.ts';

/** How fast a ring may go. */
export interface Pace {
  /** Hosts at the same time; null: no budget. */
  readonly budget: number | null;
  /** Minutes that a host is watched. */
  readonly soakMinutes: number;
  /** Minutes after each wave. */
  readonly bakeMinutes: number;
}

export const paceOf = (
  {
    baseline,
    ring,
    hosts,
  }: Pick<RingRollout, 'baseline' | 'ring'> & { readonly hosts: { readonly length: number } },
  bakeMinutes: number,
): Pace => ({
  budget: limitOf(ring.budget ?? {}, hosts.length),
  soakMinutes: (baseline.verify?.soakSeconds ?? 60) / 60,
  bakeMinutes,
});

/** Rounds that a wave of so many hosts takes. */
export const roundsOf = ({ budget }: Pick<Pace, 'budget'>, hosts: number): number =>
  hosts === 0 ? 0 : Math.ceil(hosts / Math.max(1, Math.min(hosts, budget ?? hosts)));

/** Minutes that waves of so many hosts take at least, windows aside. */
export const leastMinutes = (pace: Pace, waves: readonly number[]): number =>
  Math.ceil(
    waves
      .filter((n) => n > 0)
      .reduce((sum, n) => sum + roundsOf(pace, n) * pace.soakMinutes + pace.bakeMinutes, 0),
  );
