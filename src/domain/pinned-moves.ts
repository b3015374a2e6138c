import type { Severity } from './severity.ts';
import type { Day } from './time.ts';

/** Findings that pins.json alone keeps strict, by how they stand and how they would by the current snapshots. */
export interface PinnedMove {
  readonly from: string;
  /** null: the finding would be gone. As `from`: it would be due later, or have no day. */
  readonly to: string | null;
  readonly findings: number;
  readonly assets: number;
  /** Findings past their day, those without a fix among them. */
  readonly overdue: number;
  readonly overdueAfter: number;
}

/** One of the moves that matter most; no asset is named. */
export interface WorstMove {
  readonly advisory: string | null;
  readonly stream: string;
  readonly name: string | null;
  readonly severity: Severity;
  readonly kev: boolean;
  readonly from: string;
  readonly due: Day | null;
  readonly to: string | null;
  readonly nextDue: Day | null;
  readonly assets: number;
}

export interface PinnedMoves {
  /** Sorted by from and to. */
  readonly matrix: readonly PinnedMove[];
  /** The earliest due first; a part of them. */
  readonly worst: readonly WorstMove[];
}
