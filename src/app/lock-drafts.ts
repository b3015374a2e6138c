import type { Baseline } from '../contracts/generated/baseline.ts';
import type { PatchLock } from '../contracts/generated/patch-lock.ts';
import type { ForeignPackage } from '../domain/foreign-package.ts';
import type { RingState } from '../domain/generations.ts';
import { isBadEntry } from '../domain/halt.ts';
import type { Proposal } from '../domain/proposal.ts';
import { lockKey } from '../domain/purl.ts';
import type { Instant } from '../domain/time.ts';
import { compareVersions } from '../domain/version/compare.ts';
import { schemeOf } from '../domain/version/scheme.ts';
import type { WantedPatch } from '../domain/wanted-patch.ts';
import { buildLock } from '../reconcile/build-lock.ts';
import { driftLocks } from '../reconcile/drift.ts';
import { expediteLocks } from '../reconcile/expedited.ts';
import type { CompareVersions } from '../reconcile/lock-entries.ts';
import { promoteLock } from '../reconcile/promote.ts';
import type { ResolvedBaseline } from '../reconcile/resolve-baseline.ts';
import type { InstalledByRing } from '../reconcile/ring-entries.ts';
import { expeditedWithin, waitsFor } from '../reconcile/ring-waits.ts';
import { type Bad, rollbackLock } from '../reconcile/rollback.ts';
import { driftStory } from '../review/drift-story.ts';
import { expeditedStory, promoteStory, rollbackStory } from '../review/proposal-story.ts';
import { compareCodePoints } from '../util/sort.ts';
import type { ProposalDraft } from './build-proposal.ts';
import type { AskedLane } from './generations.ts';

const DEFAULT_EXPEDITED_BAKE = 15;

export const compare: CompareVersions = (a, b, stream) => compareVersions(schemeOf(stream), a, b);

/** What the drafts of one baseline are made from. */
export interface BaselineWorld {
  readonly baseline: Baseline;
  readonly states: readonly RingState[];
  readonly locks: ReadonlyMap<string, PatchLock>;
  readonly bad: readonly Bad[];
  readonly wanted: readonly WantedPatch[];
  readonly installed: InstalledByRing;
  readonly foreign: readonly ForeignPackage[];
  readonly resolved: ResolvedBaseline | null;
  readonly resolvedFrom: PatchLock['resolvedFrom'];
  /** What the open expedited proposal brings, as `<lock key> <version>`. */
  readonly openExpedited: ReadonlySet<string>;
  /** What people asked for of this baseline. */
  readonly asked: readonly AskedLane[];
  readonly now: Instant;
}

/** Everything that is wanted for one baseline, whether it may be opened yet or not. */
export const lockDrafts = (world: BaselineWorld): readonly ProposalDraft[] => [
  ...rollbacks(world),
  ...expedited(world),
  ...remediate(world),
  ...promotions(world),
  ...drift(world),
];

function rollbacks({ baseline, states, bad }: BaselineWorld): readonly ProposalDraft[] {
  return states.flatMap((state): ProposalDraft[] => {
    const back = rollbackLock({ baseline, state, bad });
    if (!back) return [];
    const named = bad.filter((b) =>
      back.failed.some((key) => isBadEntry(b, key, state.current?.lock.entries[key]?.version ?? '')),
    );
    return [
      {
        kind: 'rollback',
        scope: `${baseline.id}/${state.ring}`,
        locks: [{ ring: state.ring, lock: back.lock }],
        holds: back.holds,
        wanted: [],
        leftOut: [],
        story: rollbackStory(named),
      },
    ];
  });
}

/** Resolved over all rings, written for the first: the others get a generation only once it is proven. */
function remediate(world: BaselineWorld): readonly ProposalDraft[] {
  const { baseline, resolved, states } = world;
  const [state] = states;
  if (!state || !resolved) return [];
  const lock = buildLock(
    {
      baseline: baseline.id,
      ring: state.ring,
      previous: world.locks.get(state.ring) ?? null,
      wanted: resolved.entries,
      closure: resolved.closure,
      resolvedFrom: world.resolvedFrom,
    },
    compare,
  );
  if (!lock) return [];
  return [
    {
      kind: 'remediate',
      scope: `${baseline.id}/${state.ring}`,
      locks: [{ ring: state.ring, lock }],
      holds: [],
      wanted: world.wanted,
      leftOut: resolved.leftOut,
      story: [],
      generation: lock.generation,
      waits: waits(world, state, lock, world.wanted),
    },
  ];
}

function promotions(world: BaselineWorld): readonly ProposalDraft[] {
  const { baseline, states, bad } = world;
  return baseline.rings.flatMap((ring, i): ProposalDraft[] => {
    const [from, state] = [states[i - 1], states[i]];
    if (!from?.proven || !state) return [];
    const promoted = promoteLock({
      baseline,
      ring,
      from,
      previous: world.locks.get(ring.id) ?? null,
      installed: world.installed,
      forbids: (key, version) => bad.find((b) => isBadEntry(b, key, version))?.reason ?? null,
    });
    if (!promoted) return [];
    const wanted = world.wanted.filter((w) => w.ring === ring.id);
    return [
      {
        kind: 'promote',
        scope: `${baseline.id}/${ring.id}`,
        locks: [{ ring: ring.id, lock: promoted.lock }],
        holds: [],
        wanted,
        leftOut: promoted.leftOut,
        story: promoteStory(from.proven),
        generation: from.proven.generation.generation,
        waits: waits(world, state, promoted.lock, wanted),
      },
    ];
  });
}

function expedited(world: BaselineWorld): readonly ProposalDraft[] {
  const { baseline, resolved } = world;
  if (!resolved) return [];
  const lane = expediteLocks({
    ...world,
    compare,
    entries: Object.fromEntries(resolved.entries),
    closure: resolved.closure,
    open: world.openExpedited,
    asked: new Set(world.asked.flatMap((a) => [...a.entries])),
  });
  if (!lane) return [];
  const inLane = new Set(lane.wanted.map((w) => `${keyOf(w)} ${w.candidate.version}`));
  const asked = world.asked.filter((a) => [...a.entries].some((e) => inLane.has(e)));
  const people = [...new Set(asked.map((a) => a.person))].sort(compareCodePoints);
  const bake = baseline.expedited?.bakeMinutes ?? DEFAULT_EXPEDITED_BAKE;
  return [
    {
      kind: 'expedited',
      scope: baseline.id,
      locks: lane.locks,
      holds: [],
      wanted: lane.wanted,
      leftOut: lane.leftOut,
      story: expeditedStory(expeditedWithin(baseline), bake, asked),
      ...(people.length === 0 ? {} : { askedBy: people }),
    },
  ];
}

function drift(world: BaselineWorld): readonly ProposalDraft[] {
  const { baseline, states, foreign, now } = world;
  const locks = driftLocks(world.locks, foreign);
  if (locks.length === 0) return [];
  const [waiting] = states.flatMap((state) => {
    if (!locks.some((l) => l.ring === state.ring)) return [];
    const halted = isHalted(world, state.ring);
    return waitsFor({ baseline: { ...baseline, cadence: { days: 0 } }, state, halted, due: [], now }) ?? [];
  });
  return [
    {
      kind: 'drift',
      scope: baseline.id,
      locks,
      holds: [],
      wanted: [],
      leftOut: [],
      story: driftStory(foreign),
      waits: waiting ?? null,
    },
  ];
}

const keyOf = ({ candidate }: WantedPatch): string =>
  lockKey(candidate.stream, candidate.name, candidate.arch);

const isHalted = ({ locks, bad }: BaselineWorld, ring: string): boolean =>
  Object.entries(locks.get(ring)?.entries ?? {}).some(([key, e]) =>
    bad.some((b) => isBadEntry(b, key, e.version)),
  );

function waits(
  world: BaselineWorld,
  state: RingState,
  next: PatchLock,
  wanted: readonly WantedPatch[],
): Proposal['waits'] | null {
  const { baseline, locks, now: today } = world;
  const now = locks.get(state.ring);
  const brought = wanted.filter((w) => {
    const key = keyOf(w);
    return (
      next.entries[key]?.version === w.candidate.version && now?.entries[key]?.version !== w.candidate.version
    );
  });
  return waitsFor({
    baseline,
    state,
    halted: isHalted(world, state.ring),
    due: brought.map((w) => w.due),
    now: today,
  });
}
