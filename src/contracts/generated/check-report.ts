/** Generated from schemas/check-report.schema.json by npm run generate; do not edit. */

/**
 * Findings of one host or image: what patchwarden check prints.
 */
export interface CheckReport {
  stream: string | null;
  /**
   * Installed packages that were read.
   */
  components: number;
  /**
   * Why the asset as a whole cannot be judged, such as no-source, no-stream, not-supported, no-advisories; absent where it can. Then the findings hold one with the status unknown, this reason and the component *, so that no reader takes it for clean.
   */
  unknown?: string;
  findings: CheckFinding[];
}
export interface CheckFinding {
  kind: 'vulnerability' | 'update' | 'setting';
  advisory: string | null;
  aliases: string[];
  component: {
    /**
     * Of the installed package; * for the asset as a whole.
     */
    name: string;
    version: string;
    arch?: string;
    sourcePackage: string | null;
    sourceVersion: string | null;
  };
  /**
   * For a vulnerability the source version that fixes it, for an update the binary version offered.
   */
  fixedIn: string | null;
  severity: 'critical' | 'high' | 'medium' | 'low' | 'none' | 'unknown';
  kev: boolean;
  /**
   * The closed set; the first that holds wins, in this order.
   */
  status:
    | 'unknown'
    | 'ungoverned'
    | 'not-affected'
    | 'fixed'
    | 'pending-reboot'
    | 'mitigated'
    | 'excepted'
    | 'pinned'
    | 'rejected'
    | 'no-fix'
    | 'waiting'
    | 'missing';
  reason?: string;
  /**
   * The newest version that an origin of the host offers.
   */
  candidate?: {
    version: string;
    origin: string;
  };
  /**
   * Records that claim it, such as osv:CVE-2023-4911, osv:DSA-5514-1, apt:debian:bookworm-security.
   */
  sources: string[];
}
