/** Generated from schemas/pull-event.schema.json by npm run generate; do not edit. */

/**
 * One event of a pull request on the embedded forge: event.json in the tree of a signed commit below refs/patchwarden/pulls/.
 */
export type PullEvent = PullOpened | PullRefreshed | PullApproved | PullLabelled | PullClosed | PullMerged;
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
 * The branch has a new head or the text changed; approvals of equal content stay.
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
  /**
   * It was asked for: approvals before this do not count any more, and the request is done.
   */
  anew?: boolean;
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
 * The signer of this commit asks something of the bot, or takes it back.
 */
export interface PullLabelled {
  apiVersion: 'patchwarden/v1';
  type: 'label';
  pull: Pull;
  /**
   * RFC 3339 instant with a zone.
   */
  at: string;
  ask: 'hold' | 'rebase' | 'expedite';
  set: boolean;
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
