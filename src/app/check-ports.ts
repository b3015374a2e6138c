import type { Forge, PullCheck } from '../ports/forge.ts';
import type { Logger } from '../ports/logger.ts';
import type { Remedies } from '../review/check-text.ts';
import type { PullPorts } from './pr-context.ts';

/** What the required check is posted with. */
export type CheckPorts = Pick<PullPorts, 'git' | 'remote' | 'branch' | 'halts' | 'policyAt'> & {
  readonly forge: Pick<Forge, 'reviews' | 'check' | 'autoMerge'>;
  readonly log: Pick<Logger, 'warn'>;
  readonly remedies: Remedies;
};

/** What the change rules say of a pull request as it is now. */
export interface PullVerdict {
  readonly check: PullCheck;
  /** The bot alone moves the lock of a ring that merges by itself, and the rules allow it. */
  readonly automatic: boolean;
}
