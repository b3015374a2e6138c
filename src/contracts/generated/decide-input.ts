/** Generated from schemas/decide-input.schema.json by npm run generate; do not edit. */

export type Deadline = {
  /**
   * Identifier; for a document also its file name.
   */
  id: string;
  kind: 'severity-sla' | 'kev';
  /**
   * Which moment of the advisory or patch the days are counted from.
   */
  clock: 'published' | 'fixAvailable' | 'firstSeen' | 'kevAdded';
  /**
   * Calendar days; severity-sla: one row a severity (unknown has its own), kev: one number.
   */
  days?:
    | number
    | {
        critical: number;
        high: number;
        medium: number;
        low: number;
        none?: number;
        unknown: number;
      };
};

/**
 * Input of the entrypoint decide: one context and one finding class. No dates: obligations are counted, due dates are joined afterwards.
 */
export interface DecideInput {
  context: {
    /**
     * null: no baseline selects the asset.
     */
    baseline: null | {
      /**
       * Identifier; for a document also its file name.
       */
      id: string;
      mode: 'observe' | 'propose' | 'apply';
      deadlines: Deadline[];
    };
    ring: string | null;
    /**
     * Why nothing can be said about the asset.
     */
    unknown:
      | null
      | 'two-baselines'
      | 'no-ring'
      | 'no-source'
      | 'no-stream'
      | 'not-supported'
      | 'unreadable'
      | 'silent'
      | 'unreachable'
      | 'timed-out'
      | 'auth-failed'
      | 'host-key-changed'
      | 'host-key-unknown'
      | 'garbage'
      | 'too-large';
    /**
     * Only labels that a rule declares in custom.reads.
     */
    labels: {
      [k: string]: string;
    };
  };
  finding: {
    kind: 'vulnerability' | 'update' | 'setting';
    /**
     * Package universe, distribution:release:architecture, such as debian:12:amd64.
     */
    stream: string;
    severity: 'critical' | 'high' | 'medium' | 'low' | 'none' | 'unknown';
    kev: boolean;
    /**
     * available: an origin of the host offers it; released: an advisory names it, no index was read; needs: it exists in an origin the host lacks; none.
     */
    fix: 'available' | 'released' | 'needs' | 'none';
    /**
     * The host itself holds the package.
     */
    held: boolean;
    affected: 'affected' | 'fixed' | 'not-affected' | 'unknown';
    approval: {
      /**
       * none: there is no candidate to judge.
       */
      verdict: 'approved' | 'waiting' | 'rejected' | 'unmatched' | 'none';
      rule: string | null;
    };
  };
  /**
   * Exceptions valid now that match this asset and this finding, sorted by id.
   */
  exceptions: {
    /**
     * Identifier; for a document also its file name.
     */
    id: string;
    decision: 'accept-risk' | 'mitigated' | 'vendor-pending' | 'false-positive';
    /**
     * It names at least one compensating control.
     */
    controlled: boolean;
  }[];
}
