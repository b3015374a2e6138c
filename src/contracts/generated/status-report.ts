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
  /**
   * What pins.json keeps strict, and what would be after its merge; null where there is no pins.json.
   */
  pins: null | {
    /**
     * Digests in pins.json; null where nothing is pinned yet.
     */
    names: {
      intel: string | null;
      firstSeen: string | null;
      labels: string | null;
    };
    /**
     * Pinned snapshots that are not the current ones any more, and when each was last the current one.
     */
    behind: {
      pin: 'intel' | 'firstSeen' | 'labels';
      /**
       * RFC 3339 instant with a zone.
       */
      since: string;
    }[];
    /**
     * Findings that pins.json alone keeps as strict as they are, by what they would be after a merge.
     */
    kept: {
      from: string;
      /**
       * null: the finding would be gone. As from: it would be due later.
       */
      to: string | null;
      findings: number;
      assets: number;
      /**
       * Findings past their day, those without a fix among them.
       */
      overdue: number;
      overdueAfter: number;
    }[];
    /**
     * The same counts by the current snapshots alone.
     */
    afterMerge: {
      findings: number;
      overdue: number;
      unmitigated: number;
      byStatus: {
        [k: string]: number;
      };
    };
  };
  digests: {
    policy: string;
    fleet: string;
    intel: string;
  };
}
