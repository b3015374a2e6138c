import type { Pins } from '../contracts/generated/pins.ts';
import { fullDaysBetween, type Instant } from '../domain/time.ts';

/** What pins.json may name, by its own words. */
export const PINS = ['intel', 'firstSeen', 'labels'] as const;
export type PinName = (typeof PINS)[number];
export type PinDigests = Readonly<Record<PinName, string | null>>;

/** A pinned snapshot that is not the current one any more. */
export interface BehindPin {
  readonly pin: PinName;
  /** When it was last the current one. */
  readonly since: Instant;
  /** The current one says something else of what both know. */
  readonly differs: boolean;
}

interface PinsWorld {
  /** pins.json at the head. */
  readonly document: Pins;
  /** Digests of the current snapshots. */
  readonly current: PinDigests;
  readonly behind: readonly BehindPin[];
  /** Findings that the pins alone keep strict. */
  readonly kept: number;
  readonly now: Instant;
}

/** Days after which a pin is brought up to date although it keeps nothing strict: what grew stricter since is not pinned yet. */
const PIN_DAYS = 14;

/**
 * The pins.json that a merge is to bring, or null while the one that is there will do.
 *
 * A pin is named anew when there is none yet, when the pins keep findings strict and the current snapshot contradicts this one, or
 * when it has been behind for {@link PIN_DAYS}. Others stay as they are: new packages and new hosts alone make no proposal.
 */
export function wantedPins({ document, current, behind, kept, now }: PinsWorld): Pins | null {
  const renewed = PINS.flatMap((pin) => {
    const digest = current[pin];
    const late = behind.find((b) => b.pin === pin);
    const due =
      document[pin] === undefined ||
      (late !== undefined && ((late.differs && kept > 0) || fullDaysBetween(late.since, now) >= PIN_DAYS));
    return due && digest !== null ? [[pin, digest] as const] : [];
  });
  return renewed.length === 0 ? null : { ...document, ...Object.fromEntries(renewed) };
}
