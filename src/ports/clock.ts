import type { Instant } from '../domain/time.ts';

/** The only source of time. One `now` a run; it never moves inside a decision. */
export interface Clock {
  now(): Instant;
  /** Waits; used for bounded retries only. */
  sleep(ms: number): Promise<void>;
}
