/** Generated from schemas/approve-input.schema.json by npm run generate; do not edit. */

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
 * Input of the entrypoint approve: one baseline and one candidate patch.
 */
export interface ApproveInput {
  baseline: {
    /**
     * Identifier; for a document also its file name.
     */
    id: string;
    approve: Approval[];
    reject: Rejection[];
  };
  candidate: {
    /**
     * Package universe, distribution:release:architecture, such as debian:12:amd64.
     */
    stream: string;
    product: string;
    package: string;
    sourcePackage: string;
    version: string;
    /**
     * null: the version has no hyphen.
     */
    release: string | null;
    purl: string;
    arch: string;
    origin: string;
    classification: 'security' | 'update';
    /**
     * The highest of the advisories that it closes; unknown when none names one.
     */
    severity: 'critical' | 'high' | 'medium' | 'low' | 'none' | 'unknown';
    advisories: string[];
    /**
     * CVE ids of what it closes, those that a bulletin names among them.
     */
    cves: string[];
    /**
     * It closes all, some or none of what the installed version is affected by.
     */
    fixState: 'complete' | 'partial' | 'none';
    kev: boolean;
    /**
     * The highest of the advisories that it closes; null: none is scored.
     */
    epss: number | null;
    exploitation: 'none' | 'poc' | 'active' | 'unknown';
    automatable: 'no' | 'yes' | 'unknown';
    technicalImpact: 'partial' | 'total' | 'unknown';
    /**
     * Values of the label exposure, null where it is not set, of the hosts of the baseline that have the package and a finding on it; empty where no rule of the baseline asks.
     */
    exposures: (string | null)[];
    section: string | null;
    packagePriority: string | null;
    /**
     * A hold document names exactly this package version.
     */
    held: boolean;
    /**
     * Full days (UTC) since the moment, at asOf; null where the moment is not known.
     */
    age: {
      firstSeen: number;
      published: number | null;
      /**
       * Days since any newer version of this package was first seen.
       */
      behind: number;
      /**
       * YYYY-MM-DD of publication, else of first sight; compared with untilDate.
       */
      releaseDate: string | null;
    };
  };
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
