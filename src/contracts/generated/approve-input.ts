/** Generated from schemas/approve-input.schema.json by npm run generate; do not edit. */

/**
 * Exact names; a trailing * matches any ending.
 *
 * @minItems 1
 */
export type Globs = string[];

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
    package: string;
    sourcePackage: string;
    version: string;
    arch: string;
    origin: string;
    classification: 'security' | 'update';
    /**
     * The highest of the advisories that it closes; unknown when none names one.
     */
    severity: 'critical' | 'high' | 'medium' | 'low' | 'none' | 'unknown';
    advisories: string[];
    kev: boolean;
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
