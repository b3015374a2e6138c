import type { Calendar } from '../../contracts/generated/calendar.ts';
import { compareCodePoints } from '../../util/sort.ts';
import { addDays, type Instant, instantOf } from '../time.ts';
import { freezeSpan, type OpenWindow, openWindows } from './open-windows.ts';
import { HORIZON_DAYS } from './recurrence.ts';
import { zoneClock } from './zone-clock.ts';

/** What a calendar says about one moment. */
export interface CalendarState {
  /**
   * While open: when it closes, and the id of the window that is open until then. Windows that overlap or follow one
   * another without a gap are one opening. A calendar that is open for longer than a week closes, as far as this tells,
   * not before that.
   */
  readonly open: { readonly window: string; readonly closes: Instant } | null;
  /** The next opening after the present one, if any within twelve years. */
  readonly next: { readonly window: string; readonly opens: Instant } | null;
  readonly why: CalendarReason;
}

type CalendarReason =
  /** Ids of all windows that are open now, sorted. */
  | { readonly kind: 'open'; readonly windows: readonly string[] }
  | { readonly kind: 'freeze'; readonly freeze: string; readonly reason: string; readonly until: Instant }
  | { readonly kind: 'between-windows' }
  | { readonly kind: 'never-opens' };

/** Windows without a gap between them, with the ids of the first and of the one that is open at the end. */
interface Opening {
  readonly opens: Instant;
  readonly closes: Instant;
  readonly first: string;
  readonly last: string;
}

const DAY_MS = 86_400_000;
/** Looked ahead in steps: nearly every calendar opens within the first. */
const STEPS = [8, 45, 400, HORIZON_DAYS] as const;

/** Whether hosts may be changed at a moment, until when, when next, and why not. */
export function windowAt(calendar: Calendar, at: Instant): CalendarState {
  const near = windowsWithin(calendar, at, STEPS[0]);
  const openings = merged(near);
  const open = openings.find((o) => o.opens <= at) ?? null;
  const next = nextOpening(calendar, at, open, openings);
  const why: CalendarReason = open
    ? { kind: 'open', windows: idsAt(near, at) }
    : whyClosed(calendar, at, next !== null);
  return {
    open: open && { window: open.last, closes: open.closes },
    next: next && { window: next.first, opens: next.opens },
    why,
  };
}

/**
 * The last moment at which something that takes so long may start and be done when the window closes. It may lie before
 * the opening: then the window is too short.
 */
export const cutoff = (window: Pick<OpenWindow, 'closes'>, needSeconds: number): Instant =>
  instantOf(Date.parse(window.closes) - Math.ceil(needSeconds) * 1000);

/**
 * Whether a host that started in a window may take its next step forward although that took longer than planned. Within
 * an opening it may; after that `overrun: finish-host` lets it end, but never into a freeze. The way back is always free.
 */
export function mayGoOn(calendar: Calendar, at: Instant): boolean {
  const { open, why } = windowAt(calendar, at);
  return open !== null || (calendar.overrun === 'finish-host' && why.kind !== 'freeze');
}

const windowsWithin = (calendar: Calendar, at: Instant, days: number): readonly OpenWindow[] =>
  openWindows(calendar, at, instantOf(Date.parse(at) + days * DAY_MS));

function nextOpening(
  calendar: Calendar,
  at: Instant,
  open: Opening | null,
  near: readonly Opening[],
): Opening | null {
  const after = open?.closes ?? at;
  for (const [i, days] of STEPS.entries()) {
    const openings = i === 0 ? near : merged(windowsWithin(calendar, at, days));
    const next = openings.find((o) => o.opens > after);
    if (next) return next;
    // Open to the end of what was looked at: nobody needs to know what follows an opening of weeks.
    if (open && open.closes > instantOf(Date.parse(at) + days * DAY_MS)) return null;
  }
  return null;
}

function merged(windows: readonly OpenWindow[]): readonly Opening[] {
  const out: Opening[] = [];
  for (const { id, opens, closes } of windows) {
    const last = out.at(-1);
    if (!last || opens > last.closes) out.push({ opens, closes, first: id, last: id });
    else if (closes > last.closes) out[out.length - 1] = { ...last, closes, last: id };
  }
  return out;
}

const idsAt = (windows: readonly OpenWindow[], at: Instant): readonly string[] =>
  [...new Set(windows.filter((w) => w.opens <= at && at < w.closes).map((w) => w.id))].sort(
    compareCodePoints,
  );

function whyClosed(calendar: Calendar, at: Instant, opensAgain: boolean): CalendarReason {
  const now = Date.parse(at);
  const clock = zoneClock(calendar.zone);
  const today = clock.dayAt(now);
  for (const freeze of calendar.freezes ?? []) {
    if (freeze.from > addDays(today, 1) || freeze.until < addDays(today, -1)) continue;
    const { from, to } = freezeSpan(freeze, clock);
    if (from <= now && now < to)
      return { kind: 'freeze', freeze: freeze.id, reason: freeze.reason, until: instantOf(to) };
  }
  return opensAgain ? { kind: 'between-windows' } : { kind: 'never-opens' };
}
