import type { Exception } from '../contracts/generated/exception.ts';

/**
 * Why an exception may go: its last day is over, no asset is selected any more, or none of the selected ones has a finding that
 * it matches.
 */
export type Leftover = 'expired' | 'dead' | 'unused';

export interface LeftoverException {
  readonly exception: Exception;
  readonly why: Leftover;
}
