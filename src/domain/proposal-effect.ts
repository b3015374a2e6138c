import type { Severity } from './severity.ts';
import type { Day, Instant } from './time.ts';

/** The hosts that a lock change would touch. It is shown, and no approval binds to it. */
export interface ProposalEffect {
  readonly hosts: number;
  /** Hosts of the whole fleet. */
  readonly fleet: number;
  /** By ring and two labels, sorted; null where a host does not have the label. */
  readonly groups: readonly {
    readonly ring: string;
    readonly unit: string | null;
    readonly env: string | null;
    readonly hosts: number;
  }[];
  /** Sorted; null unless names may be disclosed. */
  readonly names: readonly string[] | null;
}

/** A finding that makes a patch urgent, with what each source says of it. */
export interface UrgentFinding {
  readonly advisory: string | null;
  readonly name: string;
  readonly severity: Severity;
  /** In the catalogue of known exploited vulnerabilities since a day. */
  readonly kev: { readonly added: Day; readonly due: Day | null } | null;
  readonly epss: { readonly score: number; readonly modelDate: Day } | null;
  /** The worst of what sources say; `source` said it. */
  readonly ssvc: {
    readonly exploitation: string | null;
    readonly automatable: string | null;
    readonly technicalImpact: string | null;
    readonly source: string;
  } | null;
  readonly due: Day | null;
  /** The rule that binds. */
  readonly rule: string | null;
}

/** What a rollout of the lock of one ring would look like. */
export interface RolloutPreview {
  readonly ring: string;
  /** Hosts of each wave, the canary first. */
  readonly waves: readonly number[];
  /** Classes and untested entries that no canary would exercise. */
  readonly uncovered: number;
  /** Hosts at the same time; null: no budget. */
  readonly budget: number | null;
  readonly bakeMinutes: number;
  /** Windows aside. */
  readonly atLeastMinutes: number;
  /** Counted from here. */
  readonly from: Instant;
  /** The next openings in which hosts may start, at most three; null: no calendar binds. */
  readonly windows: readonly { readonly opens: Instant; readonly until: Instant }[] | null;
  /** The earliest end; null where the next 400 windows do not suffice. */
  readonly finish: Instant | null;
}

/** An exception about something that the change brings. */
export interface TouchedException {
  readonly id: string;
  readonly owner: string;
  readonly ticket: string;
  readonly validUntil: Day;
  /** What it is about, of that which the change brings: advisories or source packages, sorted. */
  readonly about: readonly string[];
}
