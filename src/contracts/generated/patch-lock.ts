/** Generated from schemas/patch-lock.schema.json by npm run generate; do not edit. */

/**
 * The exact packages that the hosts of one ring shall have. Merging a change to it is the authorisation.
 */
export interface PatchLock {
  $schema?: string;
  apiVersion: 'patchwarden/v1';
  kind: 'PatchLock';
  /**
   * The ring.
   */
  id: string;
  /**
   * Identifier; for a document also its file name.
   */
  baseline: string;
  /**
   * Identifier; for a document also its file name.
   */
  ring: string;
  generation: number;
  /**
   * Whether a real package manager confirmed that the entries are complete.
   */
  closure: 'checked' | 'sampled' | 'unchecked';
  /**
   * Keyed by purl without version, such as pkg:deb/debian/openssl?arch=amd64&distro=debian-12.
   */
  entries: {
    [k: string]: Entry;
  };
  removes: string[];
  resolvedFrom: {
    baseline: string;
    fleet: string;
    intel: string;
    packages: string;
    policy: string;
  };
}
export interface Entry {
  version: string;
  sourcePackage?: string;
  sourceVersion?: string;
  sha256: string;
  size: number;
  origin: string;
  /**
   * Path of the file below the origin, for hosts that fetch it themselves.
   */
  filename?: string;
  role: 'upgrade' | 'dependency' | 'successor';
  advisories: string[];
  /**
   * Calendar day (UTC), YYYY-MM-DD.
   */
  firstSeen: string;
  /**
   * The approve rule of the baseline, or dependency-of:<package>.
   */
  approvedBy: string;
  /**
   * Identifier; for a document also its file name.
   */
  source?: string;
  /**
   * Versions that hosts had when this was resolved and whose files can be had, for the way back; sorted by version.
   *
   * @maxItems 50
   */
  predecessors?: LockPredecessor[];
  untested?: boolean;
  /**
   * Newer installed versions from which hosts are taken back to this one: what a rollback or a drift proposal says, and nothing else.
   */
  downgradeFrom?: string | string[];
}
export interface LockPredecessor {
  version: string;
  sha256: string;
  size: number;
  origin?: string;
  filename?: string;
  /**
   * Identifier; for a document also its file name.
   */
  source?: string;
}
