/** One controller at a time, known by a number that only grows. */
interface LeaseHeld {
  readonly kind: 'held';
  /** Fencing epoch: greater than that of every holder before. */
  readonly epoch: number;
}

export type LeaseAnswer =
  | LeaseHeld
  | { readonly kind: 'taken'; readonly holder: string; readonly until: string };

/**
 * A lease outside the runner (a ref of the policy repository, moved by compare-and-swap). It ends by itself: a holder
 * that is gone blocks nobody for longer than it asked for. Losing it is no danger by itself, since hosts refuse an older
 * epoch; it only keeps two controllers from working against each other.
 */
export interface Lease {
  /**
   * Takes it when nobody has it or its time is over, with the next epoch; the same holder takes its own again.
   * @param after the highest epoch known from elsewhere, which the new one exceeds even where the lease itself was lost
   */
  acquire(holder: string, seconds: number, after?: number): Promise<LeaseAnswer>;
  /** Throws `lease-lost` when somebody else has it by now. */
  renew(holder: string, epoch: number, seconds: number): Promise<void>;
  /** Gives it back, keeping the epoch; losing it meanwhile is no failure. */
  release(holder: string, epoch: number): Promise<void>;
}
