import type { Reason } from '../contracts/generated/decide-output.ts';
import type { Day } from './time.ts';

/** An asset as the assessment sees it. */
export interface ExplainedAsset {
  readonly asset: string;
  readonly stream: string | null;
  readonly source: string;
  readonly observedAt: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly unknown: string | null;
  readonly baseline: string | null;
  readonly ring: string | null;
  /** Baselines that select it, highest priority first: the second and the others are shadowed, or a tie. */
  readonly selectedBy: readonly { readonly baseline: string; readonly priority: number }[];
  /** Exceptions that hold on it, whatever the finding. */
  readonly exceptions: readonly string[];
}

/** One duty with its date; null where its clock is not known. */
export interface ExplainedDuty {
  readonly rule: string;
  readonly clock: string;
  readonly days: number;
  readonly from: Day | null;
  readonly due: Day | null;
  readonly binds: boolean;
}

/** One finding on the asset, and everything that its decision was made from. */
export interface ExplainedFinding {
  readonly kind: string;
  readonly advisory: string | null;
  /** Exact other ids. */
  readonly names: readonly string[];
  /** Records that claim it. */
  readonly records: readonly string[];
  readonly name: string | null;
  readonly version: string | null;
  readonly source: string | null;
  readonly fixed: string | null;
  readonly status: string;
  readonly overdue: boolean;
  readonly unmitigated: boolean;
  readonly reasons: readonly Reason[];
  readonly duties: readonly ExplainedDuty[];
  readonly severity: string;
  readonly kev: boolean;
  readonly exploitation: string;
  readonly automatable: string;
  readonly technicalImpact: string;
  readonly epss: number | null;
  readonly fix: string;
  readonly need: string | null;
  readonly held: boolean;
  readonly reboot: boolean;
  /** The patch that counts for it, and what its approval says. */
  readonly candidate: string | null;
  readonly verdict: string;
  readonly approvedBy: string | null;
  readonly waitDays: number | null;
  /** Exceptions that hold on the asset and match the finding. */
  readonly exceptions: readonly string[];
}

/** What a vendor says of a vulnerability in a package of the asset (VEX). */
export interface ExplainedStatement {
  readonly advisory: string;
  readonly name: string;
  readonly source: string;
  readonly feed: string | null;
  readonly document: string;
  readonly at: string | null;
  /** The names that the statement uses. */
  readonly vulnerability: string;
  readonly product: string;
  readonly status: string;
  readonly justification: string | null;
  readonly statement: string | null;
  /** Why it does not count; null where it does. */
  readonly why: string | null;
}

/** What a source says of the severity of a vulnerability. */
export interface ExplainedClaim {
  readonly cve: string;
  readonly source: string;
  readonly kind: string;
  readonly value: string;
  readonly vector: string | null;
  readonly at: string | null;
  /** It is the record that was matched with the package: its severity is the one that policy sees. */
  readonly counts: boolean;
}
