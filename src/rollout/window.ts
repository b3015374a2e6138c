import type { Baseline } from '../contracts/generated/baseline.ts';
import type { Calendar } from '../contracts/generated/calendar.ts';
import { cutoff, windowAt } from '../domain/calendar/window-at.ts';
import type { Instant } from '../domain/time.ts';

/** Whether a host may be started now. */
export type WindowState =
  /** `until`: the last moment to start, after which there is no time left; null: no calendar binds. */
  | { readonly kind: 'open'; readonly until: Instant | null }
  | { readonly kind: 'closed'; readonly next: Instant | null; readonly reason: string };

/** What the change itself may take, and the way back with its verification. */
const INSTALL_SECONDS = 900;
const RESTORE_SECONDS = 90;
const REBOOT_SECONDS = 600;

/** Seconds that a host needs from its start until it is either kept or restored. */
export function neededSeconds(baseline: Pick<Baseline, 'verify' | 'reboot'>): number {
  const { soakSeconds = 60, cpu } = baseline.verify ?? {};
  const reboots = (baseline.reboot ?? 'if-required') === 'never' ? 0 : 2 * REBOOT_SECONDS;
  return (cpu?.sampleSeconds ?? (cpu ? 300 : 0)) + INSTALL_SECONDS + soakSeconds + RESTORE_SECONDS + reboots;
}

/** The window at a moment, for hosts that need so many seconds (X2). */
export function windowFor(calendar: Calendar | null, now: Instant, seconds: number): WindowState {
  if (!calendar) return { kind: 'open', until: null };
  const { open, next, why } = windowAt(calendar, now);
  const opens = next?.opens ?? null;
  if (!open) {
    const reason = why.kind === 'freeze' ? `freeze ${why.freeze} (${why.reason})` : `calendar ${calendar.id}`;
    return { kind: 'closed', next: opens, reason: `${reason}: no window is open` };
  }
  const until = cutoff(open, seconds);
  return now < until
    ? { kind: 'open', until }
    : {
        kind: 'closed',
        next: opens,
        reason: `calendar ${calendar.id}: window ${open.window} closes at ${open.closes}, and a host needs ${Math.ceil(seconds / 60)} minutes with its way back`,
      };
}
