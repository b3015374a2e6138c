import type { Baseline } from '../contracts/generated/baseline.ts';
import { isInFlight, type RingState } from '../domain/generations.ts';
import type { Proposal } from '../domain/proposal.ts';
import { addDays, type Day, dayOf, type Instant } from '../domain/time.ts';

/** Days before a deadline from which the expedited lane takes a decision. */
export const expeditedWithin = (baseline: Pick<Baseline, 'expedited'>): number =>
  baseline.expedited?.withinDays ?? 3;

export interface WaitInput {
  readonly baseline: Pick<Baseline, 'mode' | 'cadence' | 'expedited' | 'rings'>;
  readonly state: RingState;
  /** The ring's lock at the head has an entry that a halt forbids. */
  readonly halted: boolean;
  /** Due dates of what the new generation brings. */
  readonly due: readonly (Day | null)[];
  readonly now: Instant;
}

/**
 * Why a ring opens no new generation yet; null: it may.
 *
 * - What would fall into the expedited lane, or be overdue, if it waited for the next slot of the cadence, waits for nothing.
 * - A halted entry goes back first.
 * - A ring has one generation in flight: the next waits until it is proven. A baseline that is not rolled out from here
 *   (mode `propose`) proves nothing, and so waits for nothing.
 * - The first ring opens one generation in `cadence.days`, counted from the day on which the last was merged. What
 *   only puts hosts or the lock back in order does not count.
 */
export function waitsFor({ baseline, state, halted, due, now }: WaitInput): Proposal['waits'] | null {
  const slot = nextSlot(baseline, state);
  const latest = addDays(slot > dayOf(now) ? slot : dayOf(now), expeditedWithin(baseline));
  if (due.some((d) => d !== null && d <= latest)) return null;
  if (halted) return 'rollback-first';
  if (baseline.mode === 'apply' && isInFlight(state)) return 'in-flight';
  return slot > dayOf(now) ? 'cadence' : null;
}

/** Kinds whose generations bring no patch. */
const NO_PATCH: readonly string[] = [
  'rollback',
  'drift',
  'housekeeping',
] satisfies readonly Proposal['kind'][];

/** The first day on which the ring may open a generation. */
function nextSlot(baseline: WaitInput['baseline'], { ring, current, earlier }: RingState): Day {
  const days = baseline.rings[0]?.id === ring ? (baseline.cadence?.days ?? 0) : 0;
  const last = [...(current ? [current] : []), ...earlier].find((g) => !NO_PATCH.includes(g.kind));
  return last ? addDays(dayOf(last.at), days) : '';
}
