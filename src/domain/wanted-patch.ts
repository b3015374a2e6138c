import type { PackageRow } from '../contracts/generated/fleet-rows.ts';
import type { Severity } from './severity.ts';
import type { Day } from './time.ts';

/** An approved patch that some hosts of a ring miss: one row a (baseline, ring, component set, package). */
export interface WantedPatch {
  readonly baseline: string;
  readonly ring: string;
  readonly stream: string;
  /** Digest of the component set. */
  readonly set: string;
  readonly name: string;
  readonly arch: string;
  /** Installed version. */
  readonly installed: string;
  /** The newest approved version that an origin of these hosts offers. */
  readonly candidate: PackageRow;
  /** Advisories that it closes, sorted; empty for a plain update. */
  readonly advisories: readonly string[];
  /** Id of the approve rule. */
  readonly approvedBy: string;
  readonly firstSeen: Day;
  readonly severity: Severity;
  readonly kev: boolean;
  /** Earliest due date over its findings; null where no deadline applies. */
  readonly due: Day | null;
  /** Number of hosts with this set in this ring. */
  readonly assets: number;
}
