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
