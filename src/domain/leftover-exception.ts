import type { Exception } from '../contracts/generated/exception.ts';

/**
 * Why an exception may go: its last day is over, no asset is selected any more, or none of the selected ones has a finding that
 * it matches.
 */
const LEFTOVERS = ['expired', 'dead', 'unused'] as const;
export type Leftover = (typeof LEFTOVERS)[number];

export const isLeftover = (state: string): state is Leftover => LEFTOVERS.some((l) => l === state);

export interface LeftoverException {
  readonly exception: Exception;
  readonly why: Leftover;
}
