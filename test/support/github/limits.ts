import { Refusal } from './answers.ts';

/** @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
export interface Limits {
  /** Requests an hour: 5000 for a person and for an installation. */
  readonly primary: number;
  readonly writesAMinute: number;
  readonly writesAnHour: number;
  /** A read costs 1, a write 5. */
  readonly pointsAMinute: number;
  /** Of a refusal: both statuses are documented. */
  readonly status: 403 | 429;
  /** Seconds in `retry-after` of a secondary refusal; null: the header is left out, which is documented as well. */
  readonly retryAfter: number | null;
}

export const githubLimits: Limits = {
  primary: 5000,
  writesAMinute: 80,
  writesAnHour: 500,
  pointsAMinute: 900,
  status: 403,
  retryAfter: 60,
};

interface Spent {
  windowEnds: number;
  used: number;
  /** Moments of writes, and of points, milliseconds; older than an hour are forgotten. */
  writes: number[];
  points: { readonly at: number; readonly cost: number }[];
}

const MINUTE = 60_000;
const HOUR = 3_600_000;

/** Counts of one stand-in, by who asks. */
export class RateLimiter {
  readonly limits: Limits;
  readonly #spent = new Map<string, Spent>();

  constructor(limits: Limits) {
    this.limits = limits;
  }

  #of(who: string, now: number): Spent {
    const known = this.#spent.get(who);
    if (known && known.windowEnds > now) return known;
    const fresh = {
      windowEnds: now + HOUR,
      used: 0,
      writes: known?.writes ?? [],
      points: known?.points ?? [],
    };
    this.#spent.set(who, fresh);
    return fresh;
  }

  /** @throws Refusal when a limit is spent. A refused request is not counted. */
  take(who: string, writes: boolean, now: number): void {
    const spent = this.#of(who, now);
    if (spent.used >= this.limits.primary)
      throw new Refusal(this.limits.status, `API rate limit exceeded for ${who}.`);
    spent.writes = spent.writes.filter((at) => at > now - HOUR);
    spent.points = spent.points.filter((one) => one.at > now - MINUTE);
    const cost = writes ? 5 : 1;
    const points = spent.points.reduce((sum, one) => sum + one.cost, cost);
    const minute = spent.writes.filter((at) => at > now - MINUTE).length;
    const tooMany = minute >= this.limits.writesAMinute || spent.writes.length >= this.limits.writesAnHour;
    if ((writes && tooMany) || points > this.limits.pointsAMinute) throw this.#secondary();
    spent.points.push({ at: now, cost });
    if (writes) spent.writes.push(now);
    spent.used += 1;
  }

  #secondary(): Refusal {
    const { status, retryAfter } = this.limits;
    const message =
      'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
    return new Refusal(
      status,
      message,
      undefined,
      retryAfter === null ? {} : { 'retry-after': String(retryAfter) },
    );
  }

  /**
   * An authorised conditional request that is answered 304 is not counted.
   * @see https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate
   */
  giveBack(who: string, now: number): void {
    this.#of(who, now).used -= 1;
  }

  /** As if so many requests had been made already. */
  spend(who: string, requests: number, now: number): void {
    this.#of(who, now).used += requests;
  }

  show(who: string, now: number): { limit: number; remaining: number; reset: number; used: number } {
    const { used, windowEnds } = this.#of(who, now);
    const limit = this.limits.primary;
    return { limit, remaining: Math.max(0, limit - used), reset: Math.ceil(windowEnds / 1000), used };
  }
}
