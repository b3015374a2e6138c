import type { Day } from './time.ts';

export const PROPOSAL_KINDS = [
  'remediate',
  'promote',
  'drift',
  'housekeeping',
  'pins',
  'rollback',
  'expedited',
] as const;

export type ProposalKind = (typeof PROPOSAL_KINDS)[number];

/** A change that reconcile wants: it becomes one pull request on branch `patchwarden/<kind>/<scope>`. */
export interface Proposal {
  readonly kind: ProposalKind;
  readonly scope: string;
  readonly branch: string;
  /** Path → whole new content; null deletes the file. */
  readonly files: ReadonlyMap<string, string | null>;
  readonly contentDigest: string;
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  /** Who is to decide, where one owner is. */
  readonly owner?: string;
  /** The first deadline of what it brings. */
  readonly due?: Day;
  /** Hosts that it would touch, where it changes locks. */
  readonly hosts?: number;
  /** Generation that it brings; of a promotion, the proven one that it copies. */
  readonly generation?: number;
  /** Ids of the people who asked for the expedited lane. */
  readonly askedBy?: readonly string[];
  /** Why it is not opened yet, although it is wanted. One that is open already is kept up to date all the same. */
  readonly waits?: 'in-flight' | 'cadence' | 'rollback-first';
}

/** An owner's colon may not stand in the name of a ref. */
export const branchOf = (kind: ProposalKind, scope: string): string =>
  `patchwarden/${kind}/${scope.replace(':', '/')}`;
