/** Generated from schemas/baseline.schema.json by npm run generate; do not edit. */

/**
 * Exact names; a trailing * matches any ending.
 *
 * @minItems 1
 */
export type Globs = string[];
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
  package?: Globs;
  sourcePackage?: Globs;
  /**
   * @minItems 1
   */
  arch?: string[];
  origin?: Globs;
  stream?: Globs;
  section?: Globs;
  /**
   * @minItems 1
   */
  packagePriority?: string[];
  kev?: boolean;
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
