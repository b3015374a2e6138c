/** RFC 3339 UTC with milliseconds dropped, such as 2024-10-24T00:00:00Z. */
export type Instant = string;
/** YYYY-MM-DD, UTC. */
export type Day = string;

const DAY_MS = 86_400_000;

export const instantOf = (ms: number): Instant => `${new Date(ms).toISOString().slice(0, 19)}Z`;
/** The start of the hour that a moment is in. */
export const lastFullHour = (instant: Instant): Instant => `${instant.slice(0, 13)}:00:00Z`;
export const dayOf = (instant: Instant): Day => instant.slice(0, 10);

/** Moves a day by whole calendar days (UTC has no others). */
export const addDays = (day: Day, days: number): Day =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** Full days from one moment to a later one; 0 when the second is not later. */
export const fullDaysBetween = (from: string, to: string): number =>
  Math.max(0, Math.floor((Date.parse(to) - Date.parse(from)) / DAY_MS));
