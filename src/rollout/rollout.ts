import type { Baseline } from '../contracts/generated/baseline.ts';
import type { Calendar } from '../contracts/generated/calendar.ts';
import type { EvidenceEntry, HaltEvidence, LiftEvidence } from '../contracts/generated/evidence-entry.ts';
import type { Hold } from '../contracts/generated/hold.ts';
import type { HostObservation } from '../domain/component.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { EvidenceLog } from '../ports/evidence-log.ts';
import type { HostDriver } from '../ports/host-driver.ts';
import type { Lease } from '../ports/lease.ts';
import type { Logger } from '../ports/logger.ts';
import type { FilePlace } from './host-plan.ts';
import type { MergedLock, Refusal } from './target.ts';

/** One host as the plan sees it: facts of the last scan and labels of the inventory. */
export interface RolloutHost {
  readonly asset: string;
  /** Empty where the last scan could not tell. */
  readonly stream: string;
  readonly kernel: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** False: the last scan could not read it either, so that its silence now is no news. */
  readonly known?: boolean;
}

/** One ring with the lock at the verified head, and the hosts it holds. */
export interface RingRollout {
  readonly baseline: Baseline;
  readonly ring: Baseline['rings'][number];
  readonly target: MergedLock;
  readonly hosts: readonly RolloutHost[];
  /** Hosts of the baseline in rings without a lock: nobody touches them, and their failure domains count them all the same. */
  readonly bystanders?: readonly RolloutHost[];
  readonly calendar: Calendar | null;
  readonly holds: readonly Hold[];
  /** Why nothing of this ring may be touched, whatever is due. */
  readonly refusal: Refusal | null;
}

export interface RolloutDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly lease: Lease;
  /** The write-ahead log outside the runner; what is not in it was not begun. */
  readonly evidence: Pick<EvidenceLog, 'head' | 'entries' | 'append'>;
  readonly artifacts: Pick<ArtifactStore, 'has' | 'get'>;
  readonly drivers: ReadonlyMap<string, HostDriver>;
  /** Looks at one host now; never throws for a host that cannot be read (then `unknown` has the reason). */
  observe(asset: string): Promise<HostObservation>;
  /** Where a host downloads a file itself; null or absent: bytes come from the artifact store alone. */
  fetchUrl?(place: FilePlace): string | null;
  /** A lock as an earlier merge brought it, for a generation that is still in flight; undefined when history does not have it. */
  lockAt(merge: string, path: string): Promise<MergedLock | undefined>;
  /** Whether the halt or lift of a person stands: signed, by an operator. Absent: every one does. */
  believe?(entry: HaltEvidence | LiftEvidence): Promise<boolean>;
  /** Halts and lifts that persons put beside the log, without its key; judged like those in it. Absent: nobody can. */
  stopsAsked?(): Promise<readonly (HaltEvidence | LiftEvidence)[]>;
  /** Progress, for the terminal and the event stream. */
  on(event: RolloutEvent): void;
}

export interface RolloutInput {
  /** Unique to this process. */
  readonly holder: string;
  /** Approvals and merges of the verified history, oldest first: entered into the evidence before anything starts. */
  readonly authority: readonly EvidenceEntry[];
  readonly rings: readonly RingRollout[];
  /** Hosts worked on at the same time. */
  readonly parallel: number;
  /** How long to wait in all for hosts in flight; they go on alone, and the next invocation finds them. */
  readonly patienceMs: number;
}

/** What a rollout tells while it runs; also the JSON lines of `apply --format json`. */
export type RolloutEvent =
  | {
      readonly event: 'wave';
      readonly at: string;
      readonly baseline: string;
      readonly ring: string;
      readonly wave: number;
      readonly hosts: number;
      readonly state: 'started' | 'done' | 'baking' | 'waiting';
      readonly reason: string;
    }
  | {
      readonly event: 'host';
      readonly at: string;
      readonly asset: string;
      readonly run: string | null;
      readonly state: string;
      readonly reason: string;
    }
  | { readonly event: 'halt'; readonly at: string; readonly scope: string; readonly reason: string }
  | {
      readonly event: 'proven';
      readonly at: string;
      readonly baseline: string;
      readonly ring: string;
      readonly generation: number;
    };
