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
  findings: CheckFinding[];
}
export interface CheckFinding {
  kind: 'vulnerability' | 'update' | 'setting';
  advisory: string | null;
  aliases: string[];
  component: {
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
