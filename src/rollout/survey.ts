import type { Instant } from '../domain/time.ts';
import { type Pool, poolsOf } from './budget.ts';
import { type HostLook, hostStateOf, isDown } from './host-state.ts';
import { partJoining } from './joining.ts';
import { isLeftBad } from './left-bad.ts';
import { lookAt } from './look.ts';
import type { Looks } from './looks.ts';
import { nextAction, type RingAction } from './next.ts';
import { pooled } from './pooled.ts';
import { type EvidenceView, planRing, type RingPlan, type RingPlanInput } from './ring-plan.ts';
import type { RingRollout, RolloutDeps } from './rollout.ts';
import { NEVER_BEGUN } from './run.ts';
import type { MergedLock } from './target.ts';

/** One ring as it is now, and what it does next. */
export interface RingView {
  readonly rollout: RingRollout;
  readonly plan: RingPlan;
  readonly action: RingAction;
}

/** All rings at one moment. */
export interface Survey {
  readonly rings: readonly RingView[];
  /** Hosts that join rings whose generation is in flight, each ring at its proven one. */
  readonly joining: readonly RingView[];
  readonly pools: readonly Pool[];
  /** Assets that count against budgets, without those that the actions start. */
  readonly down: ReadonlySet<string>;
}

/** Every ring, and beside it the hosts that join it. */
export const viewsOf = ({ rings, joining }: Survey): readonly RingView[] => [...rings, ...joining];

export type SurveyDeps = Pick<RolloutDeps, 'observe' | 'drivers' | 'lockAt'>;

export interface SurveyInput {
  readonly rings: readonly RingRollout[];
  readonly view: EvidenceView;
  readonly looks: Looks;
  readonly now: Instant;
  readonly parallel: number;
}

/** Looks at all hosts, finds the generation that each ring works on, and decides what each ring does next. */
export async function survey(deps: SurveyDeps, input: SurveyInput): Promise<Survey> {
  const plans: Planned[] = [];
  for (const rollout of input.rings) {
    const planned = await planInFlight(deps, input, rollout);
    const parted = await partJoining(deps, input.looks, planned.from);
    plans.push({ rollout, plan: parted?.rest ?? planned.plan, joining: parted?.joining ?? null });
  }
  const pools = poolsOf(input.rings);
  const states = plans.flatMap(({ plan, joining }) => [...plan.hosts, ...(joining?.hosts ?? [])]);
  const due = new Set(states.filter(([, s]) => s.kind === 'due').map(([asset]) => asset));
  const down = new Set([
    ...plans.flatMap(({ plan, joining }) => [...plan.down, ...(joining?.down ?? [])]),
    ...(await bystandersDown(deps, input, pools, due)),
  ]);
  const taken = new Set(down);
  const rings: RingView[] = [];
  const joining: RingView[] = [];
  const decide = (plan: RingPlan, after: string | null): RingAction => {
    const action = nextAction({ plan, now: input.now, pools, down: taken, after });
    if (action.kind === 'start') for (const asset of action.hosts) taken.add(asset);
    return action;
  };
  for (const { rollout, plan, joining: joins } of plans) {
    rings.push({ rollout, plan, action: decide(plan, goesAfter(plan, rings)) });
    if (joins) joining.push({ rollout, plan: joins, action: decide(joins, null) });
  }
  return { rings, joining, pools, down };
}

interface Planned {
  readonly rollout: RingRollout;
  readonly plan: RingPlan;
  readonly joining: RingPlan | null;
}

/** One merge that brought locks for several rings still goes ring after ring: the first before it that is not through. */
function goesAfter(plan: RingPlan, before: readonly RingView[]): string | null {
  const earlier = before.find(
    (r) =>
      r.plan.baseline === plan.baseline &&
      r.plan.target.merge === plan.target.merge &&
      !r.plan.proven &&
      [...r.plan.hosts.values()].some((s) => s.kind !== 'equal' && s.kind !== 'untouched'),
  );
  return earlier?.plan.ring ?? null;
}

/** A generation that holds may still be shown to be good; after a day of that a newer one need not wait for it. */
const HELD_MS = 86_400_000;

function getsOn(action: RingAction, now: Instant): boolean {
  switch (action.kind) {
    case 'start':
    case 'poll':
    case 'bake':
    case 'wait':
    case 'prove':
      return true;
    case 'hold':
      return Date.parse(now) < Date.parse(action.since) + HELD_MS;
    case 'halted':
    case 'refused':
    case 'nothing':
      return false;
    default:
      return action satisfies never;
  }
}

/** The plan of the generation that is in flight: an older one that still gets on, else that of the ring. */
async function planInFlight(deps: SurveyDeps, input: SurveyInput, rollout: RingRollout): Promise<PlanFrom> {
  const older = await olderLock(deps, rollout, input.view);
  if (older) {
    const planned = await planFor(deps, input, rollout, older);
    const action = nextAction({
      ...{ plan: planned.plan, now: input.now },
      ...{ pools: [], down: new Set(), after: null },
    });
    if (getsOn(action, input.now)) return planned;
  }
  return planFor(deps, input, rollout, rollout.target);
}

async function planFor(
  deps: SurveyDeps,
  { view, looks, now, parallel }: SurveyInput,
  rollout: RingRollout,
  target: MergedLock,
): Promise<PlanFrom> {
  const found = await pooled(
    rollout.hosts,
    parallel,
    async ({ asset }) => [asset, await freshLook(deps, { view, looks }, asset, rollout, target)] as const,
  );
  const from: RingPlanInput = { rollout, target, view, looks: new Map(found), now };
  return { plan: planRing(from), from };
}

/** A plan, with the facts that it follows from. */
interface PlanFrom {
  readonly plan: RingPlan;
  readonly from: RingPlanInput;
}

const UNDER_WAY: HostLook = { kind: 'unknown', reason: 'under way' };

async function freshLook(
  deps: SurveyDeps,
  { view, looks }: Pick<SurveyInput, 'view' | 'looks'>,
  asset: string,
  rollout: RingRollout,
  target: MergedLock,
): Promise<HostLook> {
  // A host that is under way is asked for its receipt; what it has installed meanwhile says nothing.
  const flying = view.runs.get(asset)?.some((r) => r.effect === undefined);
  if (flying && deps.drivers.has(asset)) return UNDER_WAY;
  const known = looks.get(asset, target.digest);
  if (known) return known;
  const look = await lookAt(deps, asset, rollout, target);
  looks.put(asset, target.digest, look);
  return look;
}

/** Bystanders that are down, looked at only where a host that shares a failure domain with them may start. */
async function bystandersDown(
  deps: SurveyDeps,
  input: SurveyInput,
  pools: readonly Pool[],
  due: ReadonlySet<string>,
): Promise<readonly string[]> {
  const binding = pools.filter(({ members }) => [...due].some((asset) => members.has(asset)));
  const asked = new Map(
    input.rings.flatMap((rollout) =>
      (rollout.bystanders ?? [])
        .filter(({ asset }) => binding.some(({ members }) => members.has(asset)))
        .map((host) => [host.asset, { rollout, host }] as const),
    ),
  );
  const found = await pooled([...asked.values()], input.parallel, async ({ rollout, host }) => {
    const { asset, known } = host;
    const look = await freshLook(deps, input, asset, rollout, withoutEntries(rollout.target));
    const runs = input.view.runs.get(asset) ?? [];
    const state = hostStateOf({ lock: NO_LOCK, runs, look, known: known !== false });
    return isDown(state, isLeftBad(runs, look)) ? [asset] : [];
  });
  return found.flat();
}

const NO_LOCK = '';

/** A lock that asks for nothing: what is left of a look is whether the host is well. */
const withoutEntries = ({ lock }: MergedLock): MergedLock => ({
  ...{ path: '', digest: NO_LOCK, merge: '' },
  lock: { ...lock, entries: {}, removes: [] },
});

/**
 * The generation before that of the ring, if it was begun and is not proven: the newest of them, since what a newer one
 * followed is over, and none where the ring's own was begun already. Whether it is halted is for its plan to say.
 */
async function olderLock(
  { lockAt }: Pick<SurveyDeps, 'lockAt'>,
  { target, hosts }: RingRollout,
  view: EvidenceView,
): Promise<MergedLock | undefined> {
  const begun = hosts.flatMap(({ asset }) =>
    (view.runs.get(asset) ?? []).filter((r) => r.effect?.check !== NEVER_BEGUN),
  );
  if (begun.some((r) => r.lock === target.digest)) return undefined;
  const merges = new Map(begun.map((r) => [r.lock, r.merge]));
  let newest: MergedLock | undefined;
  for (const [digest, merge] of merges) {
    const older = await lockAt(merge, target.path);
    if (older?.digest !== digest || older.lock.generation >= target.lock.generation) continue;
    if (!newest || older.lock.generation > newest.lock.generation) newest = older;
  }
  return newest && !view.proven.has(newest.digest) ? newest : undefined;
}
