import type { Calendar } from '../contracts/generated/calendar.ts';
import type { RolloutPreview } from '../domain/proposal-effect.ts';
import { type Instant, instantOf } from '../domain/time.ts';
import { leastMinutes, type Pace, paceOf, roundsOf } from './pace.ts';
import { bakeOf, MAX_WAVES } from './ring-plan.ts';
import type { RingRollout, RolloutHost } from './rollout.ts';
import { planWaves } from './waves.ts';
import { neededSeconds, windowFor } from './window.ts';

export interface PreviewInput extends Pick<RingRollout, 'baseline' | 'ring' | 'calendar'> {
  /** All of the ring: its budget counts them. */
  readonly hosts: number;
  /** Hosts that the lock would touch, with the keys of the untested entries that each gets. */
  readonly due: readonly { readonly host: RolloutHost; readonly untested: readonly string[] }[];
  readonly expedited: boolean;
  readonly from: Instant;
}

const WINDOWS = 3;
/** Windows that are looked at: who needs more has another problem than the date. */
const LOOKED = 400;
const MINUTE_MS = 60_000;

/** How a lock that nobody merged yet would be rolled out: the waves, windows and minutes of a plan, before any host is asked. */
export function previewRing({
  baseline,
  ring,
  calendar,
  hosts,
  due,
  expedited,
  from,
}: PreviewInput): RolloutPreview {
  const { waves, uncovered } = planWaves(
    due.map(({ host, untested }) => ({
      host,
      taken: null,
      class: null,
      counts: true,
      first: false,
      untested: untested.map((key) => `untested ${key}`),
    })),
    baseline,
    ring.waves ?? MAX_WAVES,
  );
  const pace = paceOf({ baseline, ring, hosts: { length: hosts } }, bakeOf({ baseline, ring }, expedited));
  const sizes = waves.map((w) => w.hosts.length);
  const needed = neededSeconds(baseline);
  return {
    ring: ring.id,
    waves: sizes,
    uncovered: uncovered.length,
    budget: pace.budget,
    bakeMinutes: pace.bakeMinutes,
    atLeastMinutes: leastMinutes(pace, sizes),
    from,
    windows: calendar === null ? null : nextWindows(calendar, from, needed),
    finish: finishOf(calendar, from, needed, pace, sizes),
  };
}

function nextWindows(
  calendar: Calendar,
  from: Instant,
  needed: number,
): NonNullable<RolloutPreview['windows']> {
  const windows: { opens: Instant; until: Instant }[] = [];
  let at: Instant | null = from;
  for (let tries = 0; at !== null && windows.length < WINDOWS && tries < 2 * WINDOWS; tries += 1) {
    const opens: Instant = at;
    const state = windowFor(calendar, opens, needed);
    if (state.kind === 'open' && state.until !== null) windows.push({ opens, until: state.until });
    at = state.kind === 'closed' ? state.next : state.until && openingAfter(calendar, state.until, needed);
  }
  return windows;
}

/** From the last moment to start in a window to the next opening. */
function openingAfter(calendar: Calendar, until: Instant, needed: number): Instant | null {
  const state = windowFor(calendar, until, needed);
  return state.kind === 'closed' ? state.next : until;
}

/** Rounds start while a window is open; watching and baking go on after it. */
function finishOf(
  calendar: Calendar | null,
  from: Instant,
  needed: number,
  pace: Pace,
  waves: readonly number[],
): Instant | null {
  const step = Math.max(1, pace.soakMinutes * MINUTE_MS);
  let at = Date.parse(from);
  let looked = 0;
  for (const size of waves) {
    for (let left = roundsOf(pace, size); left > 0; ) {
      const state = calendar === null ? null : windowFor(calendar, instantOf(at), needed);
      if (state?.kind === 'closed') {
        if (state.next === null || looked >= LOOKED) return null;
        looked += 1;
        at = Date.parse(state.next);
        continue;
      }
      const until = state?.until ? Date.parse(state.until) : Number.POSITIVE_INFINITY;
      const rounds = Math.min(left, Math.max(1, Math.ceil((until - at) / step)));
      left -= rounds;
      at += rounds * step;
    }
    at += pace.bakeMinutes * MINUTE_MS;
  }
  return instantOf(at);
}
