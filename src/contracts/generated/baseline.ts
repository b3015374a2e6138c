/** Generated from schemas/baseline.schema.json by npm run generate; do not edit. */

/**
 * Exact names; a trailing * matches any ending.
 *
 * @minItems 1
 */
export type Globs = string[];
/**
 * Exact names; a trailing * matches any ending.
 *
 * @minItems 1
 */
export type Globs1 = string[];
/**
 * Exact names; a trailing * matches any ending.
 *
 * @minItems 1
 */
export type Globs2 = string[];
/**
 * Exact names; a trailing * matches any ending.
 *
 * @minItems 1
 */
export type Globs3 = string[];
/**
 * Exact names; a trailing * matches any ending.
 *
 * @minItems 1
 */
export type Globs4 = string[];
/**
 * Exact names; a trailing * matches any ending.
 *
 * @minItems 1
 */
export type Globs5 = string[];
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
export type Exposure = 'small' | 'controlled' | 'open';
/**
 * Asked on the host itself; good, bad or inconclusive. Inconclusive holds, it never passes.
 */
export type Probe = HttpProbe | TcpProbe | CommandProbe;

/**
 * What is wanted for the assets it selects: which patches, by when, in which rings.
 */
export interface Baseline {
  $schema?: string;
  apiVersion: 'patchwarden/v1';
  kind: 'Baseline';
  /**
   * Identifier; for a document also its file name.
   */
  id: string;
  description?: string;
  /**
   * observe: report only; propose: open pull requests; apply: also roll merged locks out.
   */
  mode?: 'observe' | 'propose' | 'apply';
  /**
   * Who answers for it: team:<id> or person:<id>.
   */
  owner: string;
  select: Selector;
  /**
   * The highest that selects an asset governs it; a tie leaves the asset unknown.
   */
  priority: number;
  /**
   * The first rule that matches a patch approves it; a patch that no rule matches is not wanted.
   */
  approve: Approval[];
  /**
   * Beats every approval.
   */
  reject?: Rejection[];
  /**
   * Overlays that combine; the earliest due date binds.
   */
  deadlines: Deadline[];
  exceptionDays?: ExceptionDays;
  /**
   * In order; the first that selects an asset holds it.
   *
   * @minItems 1
   */
  rings: Ring[];
  /**
   * The first ring opens at most one generation in so many days.
   */
  cadence?: {
    days: number;
  };
  /**
   * Identifier; for a document also its file name.
   */
  calendar?: string;
  reboot?: 'never' | 'if-required' | 'always';
  /**
   * The least restore point a host must have before it is changed.
   */
  rollback?: 'snapshot' | 'package' | 'none';
  /**
   * How a patched host shows that it is well; what is bad restores itself.
   */
  verify?: {
    /**
     * @maxItems 50
     */
    probes?: Probe[];
    /**
     * How long one host is watched before the next may take its place.
     */
    soakSeconds?: number;
    cpu?: CpuWatch;
  };
  /**
   * Failure domains, such as zone, service or unit: hosts with the same value of the label share a budget, and at least minHealthy of them stay untouched and well at any time.
   *
   * @maxItems 10
   */
  domains?: {
    label: string;
    hosts?: number;
    percent?: number;
    minHealthy?: number;
  }[];
  /**
   * The first wave of each ring.
   */
  canary?: {
    /**
     * Labels that make a class of hosts, beside stream and kernel; default role and zone.
     *
     * @maxItems 5
     */
    labels?: string[];
    /**
     * At most so many; classes left uncovered are told. Default: as many as cover every class.
     */
    hosts?: number;
  };
  /**
   * Decisions due within so many days go to all rings in one proposal, with two approvers of two teams and a shorter bake; still ring after ring.
   */
  expedited?: {
    bakeMinutes?: number;
    withinDays?: number;
  };
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
export interface Approval {
  /**
   * Identifier; for a document also its file name.
   */
  id: string;
  match: Match;
  /**
   * Full days to wait after the clock.
   */
  afterDays?: number;
  clock?: 'firstSeen' | 'published';
  /**
   * Calendar day (UTC), YYYY-MM-DD.
   */
  untilDate?: string;
  /**
   * Ends the wait when a package has been behind for so many days, however often it was superseded.
   */
  maxTotalDays?: number;
}
/**
 * Every key that is present must match; within a key any value.
 */
export interface Match {
  /**
   * @minItems 1
   */
  classification?: ('security' | 'update')[];
  /**
   * @minItems 1
   */
  severity?: ('critical' | 'high' | 'medium' | 'low' | 'none' | 'unknown')[];
  advisory?: Globs;
  cve?: Globs1;
  package?: Globs;
  sourcePackage?: Globs;
  version?: Globs2;
  release?: Globs3;
  purl?: Globs4;
  /**
   * @minItems 1
   */
  arch?: string[];
  origin?: Globs;
  product?: Globs5;
  stream?: Globs;
  section?: Globs;
  /**
   * @minItems 1
   */
  packagePriority?: string[];
  /**
   * How much it closes of what the installed version is affected by: all, some, nothing.
   *
   * @minItems 1
   */
  fixState?: ('complete' | 'partial' | 'none')[];
  kev?: boolean;
  /**
   * EPSS score at least so high; what is not scored does not match.
   */
  epss?: number;
  /**
   * SSVC Exploitation of the worst that it closes.
   *
   * @minItems 1
   */
  exploitation?: ('none' | 'poc' | 'active' | 'unknown')[];
  /**
   * @minItems 1
   */
  automatable?: ('no' | 'yes' | 'unknown')[];
  /**
   * @minItems 1
   */
  technicalImpact?: ('partial' | 'total' | 'unknown')[];
  /**
   * Label exposure of the hosts of the baseline that have the package and a finding on it. One such host is enough, since one lock serves all hosts of a ring.
   *
   * @minItems 1
   */
  exposure?: ('small' | 'controlled' | 'open' | 'unknown')[];
}
export interface Rejection {
  /**
   * Identifier; for a document also its file name.
   */
  id: string;
  match: Match;
  action: 'block' | 'allow-as-dependency';
  reason: string;
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
    exposure?: Exposure;
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
    exposure?: Exposure;
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
export interface Ring {
  /**
   * Identifier; for a document also its file name.
   */
  id: string;
  select: Selector;
  merge?: 'human' | 'auto';
  bake?: {
    minutes: number;
  };
  budget?: {
    hosts?: number;
    percent?: number;
  };
  /**
   * Items: Identifier; for a document also its file name.
   */
  gates?: string[];
  untested?: 'hold' | 'own-canary';
  /**
   * At most so many waves after the canary, each about twice as large as the one before.
   */
  waves?: number;
}
export interface HttpProbe {
  /**
   * Identifier; for a document also its file name.
   */
  id: string;
  kind: 'http';
  url: string;
  /**
   * Answers that are good; default 200.
   *
   * @minItems 1
   */
  status?: number[];
  /**
   * Text that the first 64 KiB of the answer must contain.
   */
  body?: string;
  timeoutSeconds?: number;
}
export interface TcpProbe {
  /**
   * Identifier; for a document also its file name.
   */
  id: string;
  kind: 'tcp';
  host?: string;
  port: number;
  timeoutSeconds?: number;
}
export interface CommandProbe {
  /**
   * Identifier; for a document also its file name.
   */
  id: string;
  kind: 'command';
  /**
   * No shell; the first word is an absolute path. Exit 0 is good, 75 (EX_TEMPFAIL) inconclusive, anything else bad.
   *
   * @minItems 1
   * @maxItems 50
   */
  argv: string[];
  timeoutSeconds?: number;
}
/**
 * CPU of the host's own cgroup or PID namespace, without the transaction's own processes.
 */
export interface CpuWatch {
  /**
   * How long the host is sampled before the download starts.
   */
  sampleSeconds?: number;
  everySeconds?: number;
  /**
   * Bad at so many times the median before.
   */
  factor?: number;
  /**
   * And above so many cores.
   */
  floorCores?: number;
  /**
   * Fewer are inconclusive, and hold.
   */
  minSamples?: number;
}
