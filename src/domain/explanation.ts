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

/** What pins.json keeps strict about a finding: how it would stand by the current snapshots, and which facts differ. */
export interface ExplainedPin {
  /** null: it would be gone. */
  readonly nextStatus: string | null;
  readonly nextDue: Day | null;
  readonly facts: readonly {
    readonly fact: string;
    readonly pinned: string | number | boolean | null;
    readonly current: string | number | boolean | null;
  }[];
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
