import { type AssessDeps, type Assessment, assessFleet } from '../assess/fleet/assess-fleet.ts';
import { joinPinnedWorld, keepPinnedWorld } from '../assess/fleet/pinned.ts';
import { type PinnedMoves, pinnedMoves } from '../assess/fleet/pinned-moves.ts';
import { type FleetSummary, summary } from '../assess/fleet/queries.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import type { Instant } from '../domain/time.ts';
import {
  loadPinnedSnapshots,
  type PinDigests,
  type PinName,
  type PinnedSnapshot,
} from './pinned-snapshots.ts';
import { loadSnapshot, type SnapshotDeps, type World } from './snapshots.ts';

/** What pins.json holds on to, and what would be without it. */
export interface PinsInForce {
  /** What pins.json names. */
  readonly pinned: PinDigests;
  /** The snapshots that a merge would pin. */
  readonly current: PinDigests;
  /** Pins whose snapshot says something else than the current one, where both speak of the same. */
  readonly moved: readonly PinName[];
  /** Moments when snapshots that are pinned and moved were last the current ones. */
  readonly since: Readonly<Partial<Record<PinName, Instant>>>;
  /** The decisions by the current snapshots alone: those in force once pins.json is merged. */
  readonly afterMerge: FleetSummary;
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
  const { intel, firstSeen, labels } = pins;
  const pinned: PinDigests = { intel: intel ?? null, firstSeen: firstSeen ?? null, labels: labels ?? null };
  const { digests } = world;
  const current: PinDigests = {
    intel: digests.intel,
    firstSeen: digests.firstSeen,
    labels: digests.labels,
  };
  const overlaid = await loadPinnedSnapshots({ store, state }, pinned, current);
  const facts = {
    pinned,
    current,
    moved: overlaid.map((o) => o.pin),
    since: Object.fromEntries(overlaid.map(({ pin, manifest }) => [pin, manifest.at])),
  };
  if (overlaid.length === 0) {
    const assessment = await assessFleet(deps, input);
    return {
      assessment,
      pins: { ...facts, afterMerge: countsOf(assessment), moves: { matrix: [], worst: [] } },
    };
  }
  const before = await assessFleet(deps, input);
  await keepPinnedWorld(store);
  await restore({ store, state }, world, overlaid);
  const after = await assessFleet(deps, input);
  await joinPinnedWorld(store, input.asOf);
  return {
    assessment: { ...after, ...(await summary(store)), decisions: before.decisions + after.decisions },
    pins: { ...facts, afterMerge: countsOf(after), moves: await pinnedMoves(store) },
  };
}

const countsOf = ({
  assets,
  findings,
  overdue,
  unmitigated,
  byStatus,
  contexts,
}: FleetSummary): FleetSummary => ({
  ...{ assets, findings, overdue, unmitigated, byStatus, contexts },
});

/** Loads the current snapshots again in place of the pinned ones. */
async function restore(
  deps: SnapshotDeps,
  { manifests }: World,
  overlaid: readonly PinnedSnapshot[],
): Promise<void> {
  for (const { replaces } of overlaid) {
    const manifest = manifests.get(replaces);
    if (manifest) await loadSnapshot(deps, manifest);
  }
}
