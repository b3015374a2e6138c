import { PatchwardenError } from '../../../src/domain/errors.ts';
import { instantOf } from '../../../src/domain/time.ts';
import type { Lease } from '../../../src/ports/lease.ts';
import type { CallLayer, Incarnation } from './call.ts';

/** The ref that says who works: its end is written by the holder's clock and read by another's. */
export interface SharedLease {
  holder: string | null;
  epoch: number;
  until: number;
}

export function leasePort(
  layer: CallLayer,
  shared: SharedLease,
  by: Incarnation,
  clock: () => number,
): Lease {
  const failure = 'forge-failed';
  const lost = () => new PatchwardenError('lease-lost', `${shared.holder ?? 'nobody'} has the lease`);
  return {
    acquire: (holder, seconds, after = 0) =>
      layer.call(by, {
        port: 'acquire',
        failure,
        effect: () => {
          const now = clock();
          if (shared.holder !== null && shared.holder !== holder && shared.until > now)
            return { kind: 'taken', holder: shared.holder, until: instantOf(shared.until) };
          Object.assign(shared, {
            holder,
            epoch: Math.max(shared.epoch, after) + 1,
            until: now + seconds * 1000,
          });
          by.epochs.add(shared.epoch);
          return { kind: 'held', epoch: shared.epoch };
        },
      }),
    renew: (holder, epoch, seconds) =>
      layer.call(by, {
        port: 'renew',
        failure,
        effect: () => {
          if (shared.holder !== holder || shared.epoch !== epoch) throw lost();
          shared.until = clock() + seconds * 1000;
        },
      }),
    release: (holder, epoch) =>
      layer.call(by, {
        port: 'release',
        failure,
        effect: () => {
          if (shared.holder === holder && shared.epoch === epoch)
            Object.assign(shared, { holder: null, until: 0 });
        },
      }),
  };
}
