import type { HeldLease } from './keep-lease.ts';
import type { Ledger } from './ledger.ts';
import type { Looks } from './looks.ts';
import type { RolloutDeps, RolloutInput } from './rollout.ts';

/** What one invocation works with while it has the lease. */
export interface Controller {
  readonly deps: RolloutDeps;
  readonly input: RolloutInput;
  readonly lease: HeldLease;
  readonly ledger: Ledger;
  readonly looks: Looks;
}
