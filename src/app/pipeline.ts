import { runApply, runApplyPlan } from './apply.ts';
import { auditVerify } from './audit.ts';
import { approvePull, closePull, mergePull, openPull, showPull } from './pr.ts';
import { runReconcile } from './run-reconcile.ts';
import { snapshotWorld } from './snapshot-world.ts';
import { fleetStatus } from './status.ts';

/**
 * The program, in order. Read this first, then follow a step into its folder.
 *
 * Facts flow downwards and are values all the way: rows, decisions, proposals, plans, entries. Only the last line of a step
 * acts, through a port. Every step takes the technologies of `wire.ts` and can be run again at any time.
 */
export const pipeline = {
  /** `src/observe`: hosts, advisories and package indexes become snapshots, known by the digest of their content. */
  observe: snapshotWorld,
  /** `src/assess`: snapshots × documents → findings → decisions by the compiled policy, with dates joined afterwards. */
  assess: fleetStatus,
  /** `src/reconcile`: what is wanted and missing → patch locks → pull requests opened, refreshed or closed. */
  reconcile: runReconcile,
  /** `src/review`: people look, approve and merge; the change rules say whether they may. */
  review: { show: showPull, open: openPull, approve: approvePull, merge: mergePull, close: closePull },
  /** `src/rollout`: merged locks, read from verified history, become exactly those packages on hosts. */
  rollout: { plan: runApplyPlan, apply: runApply },
  /** `src/audit`: the evidence of all of it, and whether it still verifies. */
  audit: { verify: auditVerify },
} as const;
