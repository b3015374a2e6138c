/** Generated from schemas/status-report.schema.json by npm run generate; do not edit. */

/**
 * Decisions over the fleet: what patchwarden status prints.
 */
export interface StatusReport {
  /**
   * RFC 3339 instant with a zone.
   */
  asOf: string;
  select: Selector;
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
   * Assets and open findings of every ring, and of what no ring holds.
   */
  rings: RingStatusCount[];
  governance: StatusGovernance;
  /**
   * Who answers for the findings: the owner of the exception that covers them, else of the baseline. Every finding counts once.
   */
  responsibility: ResponsibleCount[];
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
     * What the protected branch tells of its risk: the first day on which it ever was accepted, the first day of the time without a break, and what came since; null: it was never merged, or there is no whole history.
     */
    history: null | {
      /**
       * Calendar day (UTC), YYYY-MM-DD.
       */
      firstAccepted: string;
      /**
       * Calendar day (UTC), YYYY-MM-DD.
       */
      since: string;
      /**
       * How many earlier last days of the time without a break it goes past, as the change rules count.
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
  /**
   * With --by control: findings whose date is bound by a rule that serves the control.
   */
  controls?: ControlCount[];
}
/**
 * Of which assets everything here is; empty for all.
 */
export interface Selector {
  all?: Term[];
  /**
   * @minItems 1
   */
  any?: Term[];
  none?: Term[];
}
/**
 * A condition on one label; exactly one of in, notIn, exists, prefix.
 */
export interface Term {
  label: string;
  /**
   * @minItems 1
   */
  in?: string[];
  /**
   * @minItems 1
   */
  notIn?: string[];
  exists?: boolean;
  prefix?: string;
}
export interface RingStatusCount {
  baseline: string | null;
  ring: string | null;
  unknown: string | null;
  assets: number;
  open: number;
  overdue: number;
}
export interface StatusGovernance {
  noBaseline: AssetList;
  noRing: AssetList;
  /**
   * Baselines of one priority that select the same assets: none of them governs.
   */
  ties: {
    baselines: string[];
    count: number;
    assets: string[];
  }[];
  /**
   * Assets that each baseline selects and governs; shadowed is one that governs none.
   */
  reach: {
    baseline: string;
    selects: number;
    governs: number;
    shadowedBy: string[];
  }[];
}
export interface AssetList {
  count: number;
  /**
   * The first twenty by name.
   */
  assets: string[];
}
export interface ResponsibleCount {
  owner: string | null;
  document: string | null;
  /**
   * Who may approve a change of the document, by roles.json.
   */
  approvers: string[];
  findings: number;
  open: number;
  overdue: number;
  unmitigated: number;
  excepted: number;
}
export interface ControlCount {
  framework: string;
  title: string;
  control: string;
  asks: string;
  open: number;
  overdue: number;
  unmitigated: number;
}
