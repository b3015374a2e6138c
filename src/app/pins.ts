import { type AssessDeps, type Assessment, assessFleet } from '../assess/fleet/assess-fleet.ts';
import { joinPinnedWorld, keepPinnedWorld } from '../assess/fleet/pinned.ts';
import { pinnedMoves } from '../assess/fleet/pinned-moves.ts';
import { type FleetSummary, summary } from '../assess/fleet/queries.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import type { PinnedMoves } from '../domain/pinned-moves.ts';
import type { Instant } from '../domain/time.ts';
import type { BehindPin, PinDigests } from '../reconcile/pins.ts';
import { loadPinnedSnapshots, restoreCurrent } from './pinned-snapshots.ts';
import type { SnapshotDeps, World } from './snapshots.ts';

/** What pins.json holds on to, and what would be without it. */
export interface PinsInForce {
  /** What pins.json names. */
  readonly names: PinDigests;
  /** The snapshots that a merge would pin. */
  readonly current: PinDigests;
  /** Pinned snapshots that are not the current ones any more. */
  readonly behind: readonly BehindPin[];
  /** The decisions by the current snapshots alone: those in force once they are pinned. */
  readonly afterMerge: Pick<FleetSummary, 'findings' | 'overdue' | 'unmitigated' | 'byStatus'>;
  readonly moves: PinnedMoves;
}

/**
 * Assesses the loaded world; where pins.json names other intelligence, first sight or labels, by those as well, and of each
 * finding on each asset the stricter answer counts. Where they say the same nothing is decided twice.
 * @throws PatchwardenError `store-failed` when a pinned snapshot is not there: what it would say could be stricter
 */
export async function assessPinned(
  deps: AssessDeps,
  { state, world }: { readonly state: SnapshotDeps['state']; readonly world: World },
  input: { readonly documents: PolicyDocuments; readonly asOf: Instant },
): Promise<{ readonly assessment: Assessment; readonly pins: PinsInForce | null }> {
  const { pins } = input.documents;
  if (!pins) return { assessment: await assessFleet(deps, input), pins: null };
  const { store } = deps;
  const { intel, firstSeen, labels } = world.digests;
  const current: PinDigests = { intel, firstSeen, labels };
  const names: PinDigests = {
    intel: pins.intel ?? null,
    firstSeen: pins.firstSeen ?? null,
    labels: pins.labels ?? null,
  };
  const behind = await loadPinnedSnapshots({ store, state }, names, current);
  const told = (after: FleetSummary, moves: PinnedMoves): PinsInForce => {
    const { findings, overdue, unmitigated, byStatus } = after;
    return { names, current, behind, afterMerge: { findings, overdue, unmitigated, byStatus }, moves };
  };
  if (!behind.some((b) => b.differs)) {
    const assessment = await assessFleet(deps, input);
    return { assessment, pins: told(assessment, { matrix: [], worst: [] }) };
  }
  // What is known was judged by the current intelligence.
  const other = behind.some((b) => b.pin === 'intel' && b.differs);
  const before = await assessFleet(other ? { ...deps, known: false } : deps, input);
  await keepPinnedWorld(store);
  await restoreCurrent({ store, state }, world, behind);
  const after = await assessFleet(deps, input);
  await joinPinnedWorld(store, input.asOf);
  return {
    assessment: { ...after, ...(await summary(store)), decisions: before.decisions + after.decisions },
    pins: told(after, await pinnedMoves(store)),
  };
}
