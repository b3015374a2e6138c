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

/** What told the facts of a finding: each source's own claim, whether or not it was the one that counted. */
export interface FindingInputs {
  /** Advisories and bulletins, by id. */
  readonly records: readonly {
    readonly record: string;
    /** Path or URL, as the config has it. */
    readonly feed: string;
    readonly severity: string;
    readonly severitySource: string;
    readonly published: string | null;
    readonly modified: string | null;
  }[];
  readonly exploited: readonly {
    readonly cve: string;
    readonly dateAdded: Day;
    readonly dueDate: Day | null;
  }[];
  readonly ssvc: readonly {
    readonly cve: string;
    readonly source: string;
    readonly at: string;
    readonly exploitation: string | null;
    readonly automatable: string | null;
    readonly technicalImpact: string | null;
  }[];
  readonly epss: readonly { readonly cve: string; readonly score: number; readonly modelDate: Day }[];
}

/** Where the patch that counts for a finding comes from. */
interface PatchOrigin {
  /** Id of the package source in the config. */
  readonly source: string;
  /** As the host sees it. */
  readonly origin: string;
  /** First sight of that version in the stream. */
  readonly firstSeen: string | null;
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
  readonly inputs: FindingInputs;
  readonly name: string | null;
  readonly arch: string | null;
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
  readonly from: PatchOrigin | null;
  readonly verdict: string;
  readonly approvedBy: string | null;
  readonly waitDays: number | null;
  /** Exceptions that hold on the asset and match the finding. */
  readonly exceptions: readonly string[];
}

/** Where a document of the policy repository comes from. */
export interface DocumentSource {
  readonly file: string;
  /** `changed`: the work tree has it otherwise than the last commit; `unversioned`: there is no Git repository. */
  readonly state: 'committed' | 'changed' | 'unversioned';
  /** The commit of the first-parent line that brought it. */
  readonly commit: string | null;
}

/** An exception that is about the findings that are explained, and whether it holds for one of them. */
export interface ExplainedException {
  readonly exception: string;
  readonly file: string;
  readonly owner: string;
  readonly reason: string;
  readonly ticket: string;
  readonly decision: string;
  readonly controls: readonly string[];
  readonly validFrom: Day;
  readonly validUntil: Day;
  readonly holds: boolean;
  /** Why it holds, or does not. */
  readonly why: string;
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
