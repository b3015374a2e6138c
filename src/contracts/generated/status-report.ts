/** Generated from schemas/status-report.schema.json by npm run generate; do not edit. */

/**
 * Decisions over the fleet: what patchwarden status prints.
 */
export interface StatusReport {
  /**
   * RFC 3339 instant with a zone.
   */
  asOf: string;
  assets: number;
  findings: number;
  overdue: number;
  /**
   * Findings without a fix within reach whose time to mitigate is over.
   */
  unmitigated: number;
  byStatus: {
    [k: string]: number;
  };
  /**
   * Every exception of the repository, by id.
   */
  exceptions: {
    /**
     * Identifier; for a document also its file name.
     */
    exception: string;
    state: 'in-force' | 'ineffective' | 'unused' | 'dead' | 'exceeded' | 'pending' | 'expired';
    assets: number;
    findings: number;
    /**
     * How the findings would stand that stand differently because of it.
     */
    without: {
      [k: string]: number;
    };
    /**
     * Calendar day (UTC), YYYY-MM-DD.
     */
    validUntil: string;
    /**
     * What the protected branch tells of it; null: it was never merged, or there is no whole history.
     */
    history: null | {
      /**
       * Calendar day (UTC), YYYY-MM-DD.
       */
      firstAccepted: string;
      /**
       * How often its last day was moved to a later one than ever before.
       */
      renewals: number;
      /**
       * It is not certain that it covers at most what was accepted first.
       */
      widened: boolean;
    };
  }[];
  /**
   * Intelligence feeds that are older than the config allows.
   */
  stale: {
    feed: string;
    /**
     * Moment of its newest record.
     */
    since: string;
    ageDays: number;
    maxAgeDays: number;
  }[];
  /**
   * Distinct (context, class) pairs that were decided.
   */
  decisions: number;
  contexts: number;
  digests: {
    policy: string;
    fleet: string;
    intel: string;
  };
}
