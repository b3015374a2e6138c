import type { Proposal } from '../../../src/domain/proposal.ts';
import type { Process } from './calls.ts';

/** A pull request as it was before or after a request. */
export interface PullView {
  readonly number: number;
  readonly author: string;
  readonly head: string;
  readonly headSha: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
  readonly state: 'open' | 'closed';
  readonly merged: boolean;
  readonly labels: readonly string[];
  readonly comments: readonly { readonly id: number; readonly author: string; readonly body: string }[];
  readonly reviews: number;
}

/** What one cycle of a process decides from, and what it has seen of the world. */
export interface Cycle {
  readonly by: Process;
  /** Milliseconds. */
  readonly started: number;
  head: string;
  wanted: readonly Proposal[];
  /** What was looked at when, in exact answers; a later inexact one takes that away. */
  readonly looks: Map<string, { readonly at: number; readonly exact: boolean }>;
  /** When the listing, and what was asked of a branch, were there to decide from. */
  readonly decided: Map<string, number>;
  /** The pages of the listing whose last answer was a failure. */
  readonly failedPages: Set<string>;
  listing: boolean;
  /** The listing could not be had in full. */
  broken: boolean;
  /** What this cycle created itself. */
  readonly created: Set<string>;
  readonly said: Set<string>;
  writing: string | null;
  writes: number;
}
