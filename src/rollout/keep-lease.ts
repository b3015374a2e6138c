import { PatchwardenError } from '../domain/errors.ts';
import type { LeaseAnswer } from '../ports/lease.ts';
import type { RolloutDeps } from './rollout.ts';

/** How long a controller that is gone may keep others waiting. */
const LEASE_SECONDS = 180;
/** Work that goes on renews it when this much of it is used up. */
const RENEW_AFTER_MS = (LEASE_SECONDS * 1000) / 3;

export interface HeldLease {
  readonly kind: 'held';
  readonly epoch: number;
  /** Throws `lease-lost` when somebody else has it by now. Cheap while it is fresh, unless `now` is asked for. */
  keep(when?: 'now'): Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes the lease for one invocation, or says who has it.
 * @param after the highest epoch in the evidence
 */
export async function takeLease(
  { lease, clock }: Pick<RolloutDeps, 'lease' | 'clock'>,
  holder: string,
  after: number,
): Promise<HeldLease | Extract<LeaseAnswer, { kind: 'taken' }>> {
  let since = Date.parse(clock.now());
  const answer = await lease.acquire(holder, LEASE_SECONDS, after);
  if (answer.kind === 'taken') return answer;
  const { epoch } = answer;
  return {
    kind: 'held',
    epoch,
    async keep(when) {
      const now = Date.parse(clock.now());
      if (now - since >= LEASE_SECONDS * 1000)
        // Asleep for too long: whoever took it since is in the right, and renewing tells.
        when = 'now';
      if (when !== 'now' && now - since < RENEW_AFTER_MS) return;
      await lease.renew(holder, epoch, LEASE_SECONDS);
      since = now;
    },
    async release() {
      try {
        await lease.release(holder, epoch);
      } catch (error) {
        // It ends by itself.
        if (!(error instanceof PatchwardenError)) throw error;
      }
    },
  };
}
