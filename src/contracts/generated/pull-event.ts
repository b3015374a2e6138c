/** Generated from schemas/pull-event.schema.json by npm run generate; do not edit. */

/**
 * One event of a pull request on the embedded forge: event.json in the tree of a signed commit below refs/patchwarden/pulls/.
 */
export type PullEvent = PullOpened | PullRefreshed | PullApproved | PullClosed | PullMerged;
export type Pull = number;
export type Kind =
  'remediate' | 'promote' | 'drift' | 'housekeeping' | 'pins' | 'rollback' | 'expedited' | 'manual';
export type Line = string;
/**
 * Without refs/heads/.
 */
export type Branch = string;
export type Commit = string;

/**
 * A branch asks to be merged.
 */
export interface PullOpened {
  apiVersion: 'patchwarden/v1';
  type: 'open';
  pull: Pull;
  /**
   * RFC 3339 instant with a zone.
   */
  at: string;
  kind: Kind;
  scope: Line;
  branch: Branch;
  base: Branch;
  head: Commit;
  title: Line;
  contentDigest: string;
}
/**
 * The branch has a new head; approvals of equal content stay.
 */
export interface PullRefreshed {
  apiVersion: 'patchwarden/v1';
  type: 'refresh';
  pull: Pull;
  /**
   * RFC 3339 instant with a zone.
   */
  at: string;
  head: Commit;
  title: Line;
  contentDigest: string;
}
/**
 * The signer of this commit approves the content.
 */
export interface PullApproved {
  apiVersion: 'patchwarden/v1';
  type: 'approve';
  pull: Pull;
  /**
   * RFC 3339 instant with a zone.
   */
  at: string;
  head: Commit;
  contentDigest: string;
}
/**
 * Ended without a merge.
 */
export interface PullClosed {
  apiVersion: 'patchwarden/v1';
  type: 'close';
  pull: Pull;
  /**
   * RFC 3339 instant with a zone.
   */
  at: string;
  reason: string;
}
/**
 * Ended by a merge on the protected branch.
 */
export interface PullMerged {
  apiVersion: 'patchwarden/v1';
  type: 'merge';
  pull: Pull;
  /**
   * RFC 3339 instant with a zone.
   */
  at: string;
  merge: Commit;
}
