/** Generated from schemas/decide-input.schema.json by npm run generate; do not edit. */

/**
 * A duty by a rule; `select` says on which assets, default all of the baseline.
 */
export type Deadline =
  | SeveritySla
  | WithinDeadline
  | KevDeadline
  | KevDueDeadline
  | EpssDeadline
  | BodDeadline
  | SsvcDeadline
  | PciDssDeadline
  | ContainerEscapeDeadline;
/**
 * Exact names; a trailing * matches any ending.
 *
 * @minItems 1
 */
export type Globs = string[];

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
      /**
       * Those that apply to the asset.
       */
      deadlines: Deadline[];
      exceptionDays: ExceptionDays;
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
     * SSVC Exploitation.
     */
    exploitation: 'none' | 'poc' | 'active' | 'unknown';
    /**
     * SSVC Automatable.
     */
    automatable: 'no' | 'yes' | 'unknown';
    /**
     * SSVC Technical Impact.
     */
    technicalImpact: 'partial' | 'total' | 'unknown';
    /**
     * The greatest EPSS score that a deadline asks for and that is reached, 0 below all of them; null: not scored.
     */
    epss: number | null;
    /**
     * Deadlines of the baseline that are about certain packages, this one among them; sorted.
     *
     * Items: Identifier; for a document also its file name.
     */
    scopes: string[];
    /**
     * available: an origin of the host offers it; released: an advisory names it, no index was read; needs: it exists in an origin the host lacks; none.
     */
    fix: 'available' | 'released' | 'needs' | 'none';
    /**
     * The host itself holds the package.
     */
    held: boolean;
    /**
     * By the installed version and the ranges of the advisories.
     */
    affected: 'affected' | 'fixed' | 'not-affected' | 'unknown';
    /**
     * What the statements of vendors say that the config trusts about exactly this package; none where they say nothing, or not the same.
     */
    vex: 'none' | 'not-affected' | 'fixed';
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
    /**
     * From its first to its last day, both counted.
     */
    days: number;
  }[];
}
export interface SeveritySla {
  /**
   * Identifier; for a document also its file name.
   */
  id: string;
  /**
   * severity-sla: days by severity.
   */
  kind: 'severity-sla';
  /**
   * Which moment of the advisory or patch the days are counted from; kevDue is the catalogue's own due date.
   */
  clock: 'published' | 'fixAvailable' | 'firstSeen' | 'kevAdded' | 'kevDue';
  /**
   * Calendar days; a severity without a row has no deadline here, and unknown has its own.
   */
  days: {
    critical: number;
    high: number;
    medium: number;
    low: number;
    none?: number;
    unknown: number;
  };
  select?: Selector;
  /**
   * Days to mitigate where no fix is within reach; default: as many as to patch.
   */
  mitigateDays?: number;
}
/**
 * all: every term holds; any: at least one; none: not one. An empty selector selects every asset.
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
export interface WithinDeadline {
  /**
   * Identifier; for a document also its file name.
   */
  id: string;
  /**
   * within: the same days for some severities, such as medium and high within 90.
   */
  kind: 'within';
  /**
   * Which moment of the advisory or patch the days are counted from; kevDue is the catalogue's own due date.
   */
  clock: 'published' | 'fixAvailable' | 'firstSeen' | 'kevAdded' | 'kevDue';
  /**
   * @minItems 1
   */
  severities: ('critical' | 'high' | 'medium' | 'low' | 'none' | 'unknown')[];
  days: number;
  select?: Selector;
  /**
   * Days to mitigate where no fix is within reach; default: as many as to patch.
   */
  mitigateDays?: number;
}
export interface KevDeadline {
  /**
   * Identifier; for a document also its file name.
   */
  id: string;
  /**
   * kev: days for what is known to be exploited, whatever its severity.
   */
  kind: 'kev';
  /**
   * Which moment of the advisory or patch the days are counted from; kevDue is the catalogue's own due date.
   */
  clock: 'published' | 'fixAvailable' | 'firstSeen' | 'kevAdded' | 'kevDue';
  days: number;
  select?: Selector;
  /**
   * Days to mitigate where no fix is within reach; default: as many as to patch.
   */
  mitigateDays?: number;
}
export interface KevDueDeadline {
  /**
   * Identifier; for a document also its file name.
   */
  id: string;
  /**
   * kev-due: the due date that CISA's catalogue itself names.
   */
  kind: 'kev-due';
  select?: Selector;
  /**
   * Days to mitigate where no fix is within reach; default: as many as to patch.
   */
  mitigateDays?: number;
}
export interface EpssDeadline {
  /**
   * Identifier; for a document also its file name.
   */
  id: string;
  /**
   * epss: days for what is likely to be exploited within 30 days.
   */
  kind: 'epss';
  /**
   * Which moment of the advisory or patch the days are counted from; kevDue is the catalogue's own due date.
   */
  clock: 'published' | 'fixAvailable' | 'firstSeen' | 'kevAdded' | 'kevDue';
  /**
   * EPSS score, 0 to 1.
   */
  atLeast: number;
  days: number;
  select?: Selector;
  /**
   * Days to mitigate where no fix is within reach; default: as many as to patch.
   */
  mitigateDays?: number;
}
export interface BodDeadline {
  /**
   * Identifier; for a document also its file name.
   */
  id: string;
  /**
   * bod-26-04: CISA BOD 26-04, by KEV, public exposure (label exposure), automatable and technical impact; 3, 14 or 60 calendar days, or with the next upgrade.
   */
  kind: 'bod-26-04';
  /**
   * Which moment of the advisory or patch the days are counted from; kevDue is the catalogue's own due date.
   */
  clock: 'published' | 'fixAvailable' | 'firstSeen' | 'kevAdded' | 'kevDue';
  /**
   * What counts where it is not known; default: open, yes, total.
   */
  assume?: {
    exposure?: 'small' | 'controlled' | 'open';
    automatable?: 'no' | 'yes';
    technicalImpact?: 'partial' | 'total';
  };
  select?: Selector;
  /**
   * Days to mitigate where no fix is within reach; default: as many as to patch.
   */
  mitigateDays?: number;
}
export interface SsvcDeadline {
  /**
   * Identifier; for a document also its file name.
   */
  id: string;
  /**
   * ssvc-deployer: CERT/CC SSVC deployer tree, by exploitation, exposure (label exposure), automatable and human impact (label criticality).
   */
  kind: 'ssvc-deployer';
  /**
   * Which moment of the advisory or patch the days are counted from; kevDue is the catalogue's own due date.
   */
  clock: 'published' | 'fixAvailable' | 'firstSeen' | 'kevAdded' | 'kevDue';
  /**
   * Calendar days for each outcome; defer has none.
   */
  days: {
    immediate: number;
    'out-of-cycle': number;
    scheduled: number;
  };
  /**
   * What counts where it is not known; default: none, open, yes, high.
   */
  assume?: {
    exploitation?: 'none' | 'poc' | 'active';
    exposure?: 'small' | 'controlled' | 'open';
    automatable?: 'no' | 'yes';
    humanImpact?: 'low' | 'medium' | 'high' | 'very-high';
  };
  select?: Selector;
  /**
   * Days to mitigate where no fix is within reach; default: as many as to patch.
   */
  mitigateDays?: number;
}
export interface PciDssDeadline {
  /**
   * Identifier; for a document also its file name.
   */
  id: string;
  /**
   * pci-dss: requirement 6.3.3, within one month (30 days): what is critical, and by version 4.0 what is high too; the rest by the entity's own ranking.
   */
  kind: 'pci-dss';
  /**
   * Which moment of the advisory or patch the days are counted from; kevDue is the catalogue's own due date.
   */
  clock: 'published' | 'fixAvailable' | 'firstSeen' | 'kevAdded' | 'kevDue';
  version?: '4.0.1' | '4.0';
  /**
   * The entity's own ranking for the rest; unknown without a row counts as critical.
   */
  days?: {
    high?: number;
    medium?: number;
    low?: number;
    none?: number;
    unknown?: number;
  };
  select?: Selector;
  /**
   * Days to mitigate where no fix is within reach; default: as many as to patch.
   */
  mitigateDays?: number;
}
export interface ContainerEscapeDeadline {
  /**
   * Identifier; for a document also its file name.
   */
  id: string;
  /**
   * container-escape: what lets a container reach its host, within 72 hours.
   */
  kind: 'container-escape';
  /**
   * Which moment of the advisory or patch the days are counted from; kevDue is the catalogue's own due date.
   */
  clock: 'published' | 'fixAvailable' | 'firstSeen' | 'kevAdded' | 'kevDue';
  days?: number;
  packages?: Globs;
  /**
   * Default: critical, high, unknown.
   *
   * @minItems 1
   */
  severities?: ('critical' | 'high' | 'medium' | 'low' | 'none' | 'unknown')[];
  select?: Selector;
  /**
   * Days to mitigate where no fix is within reach; default: as many as to patch.
   */
  mitigateDays?: number;
}
/**
 * How many days an exception may last, first and last day counted, by the severity of what it excepts; a longer one does not count for it.
 */
export interface ExceptionDays {
  critical?: number;
  high?: number;
  medium?: number;
  low?: number;
  none?: number;
  unknown?: number;
}
