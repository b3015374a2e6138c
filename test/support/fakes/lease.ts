import { PatchwardenError } from '../../../src/domain/errors.ts';
import { instantOf } from '../../../src/domain/time.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Lease } from '../../../src/ports/lease.ts';

/** What rivals share: who has it until when, and the epoch that only grows. */
export interface SharedLease {
  held: { readonly holder: string; readonly epoch: number; readonly until: number } | null;
  epoch: number;
}

export const sharedLease = (): SharedLease => ({ held: null, epoch: 0 });

/** A lease in memory. */
export function fakeLease(shared: SharedLease, clock: Pick<Clock, 'now'>): Lease {
  const now = () => Date.parse(clock.now());
  return {
    async acquire(holder, seconds, after = 0) {
      const { held } = shared;
      if (held && held.until > now() && held.holder !== holder)
        return { kind: 'taken', holder: held.holder, until: instantOf(held.until) };
      shared.epoch = Math.max(shared.epoch, after) + 1;
      shared.held = { holder, epoch: shared.epoch, until: now() + seconds * 1000 };
      return { kind: 'held', epoch: shared.epoch };
    },
    async renew(holder, epoch, seconds) {
      if (shared.epoch !== epoch || (shared.held && shared.held.holder !== holder))
        throw new PatchwardenError('lease-lost', `epoch ${shared.epoch} has the lease`);
      shared.held = { holder, epoch, until: now() + seconds * 1000 };
    },
    async release(holder, epoch) {
      if (shared.held?.holder === holder && shared.held.epoch === epoch) shared.held = null;
    },
  };
}
