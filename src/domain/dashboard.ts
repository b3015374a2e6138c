import type { Observation } from './observation.ts';

/** One (kind, scope) and what there is to know of it. */
export interface DashboardLine {
  readonly kind: string;
  readonly scope: string;
  /** Of its pull request; null where there is none. */
  readonly number: number | null;
  /** Why it is where it is; null where the heading says enough. */
  readonly reason: string | null;
  readonly detail?: string;
  /** Who decides about it; null where nobody in particular. */
  readonly owner: string | null;
  /** People may ask for it with a box. */
  readonly box: boolean;
}

/** All that wants a look on one page. Days and counts only, so that it changes when something has. */
export interface DashboardFacts {
  readonly open: readonly DashboardLine[];
  readonly waiting: readonly DashboardLine[];
  /** Edited by people or held by a label. */
  readonly left: readonly DashboardLine[];
  /** Closed by a person, and wanted with the same content. */
  readonly refused: readonly DashboardLine[];
  readonly failed: readonly DashboardLine[];
  readonly halts: readonly { readonly scope: string; readonly by: string; readonly reason: string }[];
  /** Exceptions that end within {@link EXPIRY_DAYS}, the first to end first. */
  readonly expiring: readonly { readonly id: string; readonly owner: string; readonly validUntil: string }[];
  readonly observations: readonly Observation[];
  readonly fleet: {
    readonly assets: number;
    readonly findings: number;
    readonly overdue: number;
    readonly unknown: number;
  };
}

export const EXPIRY_DAYS = 14;
export const DASHBOARD_TITLE = 'Patchwarden: what wants a look';
