/** Generated from schemas/change-input.schema.json by npm run generate; do not edit. */

/**
 * Lists and objects as canonical JSON.
 */
export type Value = string | number | boolean | null;

/**
 * Input of the entrypoint change: what a proposal changes, who wrote it, who approved exactly this content, who merges.
 */
export interface ChangeInput {
  proposal: {
    kind: 'remediate' | 'promote' | 'drift' | 'housekeeping' | 'pins' | 'rollback' | 'expedited' | 'manual';
    scope: string;
    contentDigest: string;
    paths: {
      path: string;
      class:
        | 'lock'
        | 'hold'
        | 'pins'
        | 'exception'
        | 'baseline'
        | 'calendar'
        | 'roles'
        | 'signers'
        | 'config'
        | 'policy'
        | 'workflow'
        | 'other';
      change: 'added' | 'modified' | 'deleted';
    }[];
    /**
     * Persons (ids of roles.json) behind every commit: author, committer, signer, co-author; unknown:<principal> where nobody is known; bot for the bot.
     */
    authors: string[];
    /**
     * Every commit is signed by the bot.
     */
    botOnly: boolean;
    /**
     * Only locks of rings with merge: auto are touched.
     */
    autoRing: boolean;
    /**
     * Held or halted package versions that the change brings into a lock.
     */
    bad: {
      package: string;
      version: string;
      by: 'hold' | 'halt';
      id: string;
    }[];
    /**
     * What the trailers Reason of its commits say; those of commits that the bot signed do not count.
     */
    reasons: string[];
    /**
     * What the changed documents say otherwise than before; what cannot be classified counts as loosened.
     */
    differences: Difference[];
    /**
     * Exceptions that the change adds or loosens, with the time that the risk has been accepted without a break by then.
     */
    exceptions: GrantedException[];
    /**
     * Assets that the change leaves without a baseline or in two, by what their labels could be.
     */
    coverage: CoverageLoss[];
  };
  approvals: {
    person: string;
    teams: string[];
    roles: string[];
    contentDigest: string;
  }[];
  /**
   * null: not merged yet, the question is only whether the approvals suffice.
   */
  merger: null | {
    person: string;
    roles: string[];
  };
  /**
   * What roles.json asks for, as it is on the commit that the change lands on.
   */
  rules: {
    requiredApprovals: number;
    edition: number;
    exceptionDays: number;
    exceptionRenewals: number;
  };
}
export interface Difference {
  /**
   * Its path.
   */
  document: string;
  class: string;
  /**
   * The key that changed, such as deadlines.days; document for all of it.
   */
  change: string;
  /**
   * Id of the list's item that it is in.
   */
  item: string | null;
  effect: 'loosened' | 'tightened' | 'changed';
  from: Value;
  to: Value;
}
export interface GrantedException {
  document: string;
  /**
   * First and last day counted.
   */
  days: number;
  /**
   * How many earlier ends it goes past.
   */
  renewals: number;
}
export interface CoverageLoss {
  kind: 'none' | 'two';
  /**
   * Ids, by comma: which tie, or which select fewer.
   */
  baselines: string;
  /**
   * Labels of such an asset; null: too many cases to tell, so there may be one.
   */
  labels: string | null;
}
