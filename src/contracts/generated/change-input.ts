/** Generated from schemas/change-input.schema.json by npm run generate; do not edit. */

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
  rules: {
    requiredApprovals: number;
  };
}
