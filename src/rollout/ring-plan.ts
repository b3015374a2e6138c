import type { EvidenceEntry, HaltEvidence, ProvenEvidence } from '../contracts/generated/evidence-entry.ts';
import { haltsInForce } from '../domain/halt.ts';
import type { Instant } from '../domain/time.ts';
import { digestOf } from '../util/digest.ts';
import { sortedBy } from '../util/sort.ts';
import { limitOf } from './budget.ts';
import { classOf } from './canary.ts';
import { forbidsLock } from './halts.ts';
import { type HostLook, type HostState, hostStateOf, isDown } from './host-state.ts';
import { isLeftBad } from './left-bad.ts';
import type { RingRollout } from './rollout.ts';
import { failedTries, NEVER_BEGUN, type Run, runsOf, wentBad } from './run.ts';
import type { MergedLock } from './target.ts';
import { planWaves, type Wave, type WaveHost } from './waves.ts';
import { neededSeconds, type WindowState, windowFor } from './window.ts';

/** The evidence, folded once for all rings. */
export interface EvidenceView {
  readonly runs: ReadonlyMap<string, readonly Run[]>;
  /** Digests of the locks that went through their ring. */
  readonly proven: ReadonlySet<string>;
  readonly proofs: readonly ProvenEvidence[];
  readonly halts: readonly HaltEvidence[];
  /** Commits of merges of the expedited lane. */
  readonly expedited: ReadonlySet<string>;
}

export function viewOf(entries: readonly EvidenceEntry[]): EvidenceView {
  const runs = new Map<string, Run[]>();
  for (const run of runsOf(entries)) runs.set(run.asset, [...(runs.get(run.asset) ?? []), run]);
  const proofs = entries.filter((e) => e.type === 'proven');
  return {
    runs,
    proofs,
    proven: new Set(proofs.map((e) => e.lock)),
    halts: haltsInForce(entries),
    expedited: new Set(
      entries.flatMap((e) => (e.type === 'merge' && e.kind === 'expedited' ? [e.commit] : [])),
    ),
  };
}

/** One ring on its way to one lock, as a value: what would run, in which order, when, and where each host is. */
export interface RingPlan {
  readonly baseline: string;
  readonly ring: string;
  readonly target: MergedLock;
  readonly waves: readonly Wave[];
  /** Classes and untested entries that no canary exercises. */
  readonly uncovered: readonly string[];
  readonly bakeMinutes: number;
  readonly neededSeconds: number;
  readonly window: WindowState;
  readonly hosts: ReadonlyMap<string, HostState>;
  /** Hosts that count against budgets. */
  readonly down: ReadonlySet<string>;
  /** Class of each host, for canaries. */
  readonly classes: ReadonlyMap<string, string>;
  readonly proven: boolean;
  /** Halts in force that forbid this lock. */
  readonly halts: readonly HaltEvidence[];
  readonly refusal: RingRollout['refusal'];
  /** Of all that decides what runs: lock, waves, limits, bake and calendar. An intent names it. */
  readonly digest: string;
}

export interface RingPlanInput {
  readonly rollout: RingRollout;
  /** The generation that is worked on: that of the ring, or an older one that is still in flight. */
  readonly target: MergedLock;
  readonly view: EvidenceView;
  readonly looks: ReadonlyMap<string, HostLook>;
  readonly now: Instant;
  /** Hosts that are due and must not be begun by this lock, with the reason. */
  readonly aside?: ReadonlyMap<string, string>;
}

export const MAX_WAVES = 3;

/** Plans one ring. Pure: the same facts give the same plan and digest. */
export function planRing({ rollout, target, view, looks, now, aside }: RingPlanInput): RingPlan {
  const { baseline, ring, calendar } = rollout;
  const lock = target.digest;
  const labels = baseline.canary?.labels ?? ['role', 'zone'];
  const hosts = new Map<string, HostState>();
  const down = new Set<string>();
  const broken = new Set<string>();
  for (const host of sortedBy(rollout.hosts, (h) => h.asset)) {
    const look = looks.get(host.asset) ?? { kind: 'unknown', reason: 'nobody looked' };
    const runs = view.runs.get(host.asset) ?? [];
    const state = hostStateOf({ lock, runs, look, known: host.known !== false });
    const reason = state.kind === 'due' ? aside?.get(host.asset) : undefined;
    hosts.set(
      host.asset,
      reason === undefined ? held(state, ring.untested ?? 'own-canary') : { kind: 'untouched', reason },
    );
    const leftBad = isLeftBad(runs, look);
    if (leftBad) broken.add(host.asset);
    if (isDown(state, leftBad)) down.add(host.asset);
  }
  const members = rollout.hosts.flatMap((host): WaveHost[] => {
    const mine = (view.runs.get(host.asset) ?? []).filter((r) => r.lock === lock);
    const run = mine.findLast((r) => r.effect?.check !== NEVER_BEGUN);
    const state = hosts.get(host.asset);
    if (!run && state?.kind !== 'due') return [];
    const counts = run === undefined || run.effect === undefined || stands(run);
    const entries = target.lock.entries;
    const purls = run?.packages.map((p) => p.purl) ?? (state?.kind === 'due' ? planned(state) : []);
    const untested = purls.filter((purl) => entries[purl]?.untested === true).map((p) => `untested ${p}`);
    const first = broken.has(host.asset);
    return [{ host, taken: run?.wave ?? null, class: run?.class ?? null, counts, first, untested }];
  });
  const proven = view.proven.has(lock);
  const { waves, uncovered } = planWaves(
    sortedBy(members, (m) => m.host.asset),
    baseline,
    ring.waves ?? MAX_WAVES,
  );
  const bakeMinutes = bakeOf(rollout, view.expedited.has(target.merge));
  const seconds = neededSeconds(baseline);
  return {
    baseline: baseline.id,
    ring: ring.id,
    target,
    waves,
    uncovered,
    bakeMinutes,
    neededSeconds: seconds,
    window: windowFor(calendar, now, seconds),
    hosts,
    down,
    classes: new Map(rollout.hosts.map((h) => [h.asset, classOf(h, labels)])),
    proven,
    halts: view.halts.filter((h) => forbidsLock(h, target.lock)),
    refusal: rollout.refusal,
    digest: digestOf({
      lock,
      merge: target.merge,
      waves,
      bakeMinutes,
      calendar,
      budget: limitOf(ring.budget ?? {}, rollout.hosts.length),
      domains: baseline.domains ?? [],
    }),
  };
}

const planned = (state: Extract<HostState, { kind: 'due' }>) => state.plan.packages.map((p) => p.purl);

/** A canary that still says something about its class: it took the change, or is about to. */
const stands = (run: Run): boolean => !wentBad(run) && failedTries([run]).length === 0;

/** `untested: hold` keeps hosts that would be the first anywhere to get an entry. */
const held = (state: HostState, untested: 'hold' | 'own-canary'): HostState => {
  if (state.kind !== 'due' || untested === 'own-canary') return state;
  const first = state.plan.packages.filter((p) => p.untested).map((p) => p.name);
  return first.length === 0
    ? state
    : {
        kind: 'refused',
        code: 'refused',
        reason: `no earlier ring could try ${first.join(', ')}, and the ring holds what is untested`,
      };
};

export function bakeOf(
  { baseline, ring }: Pick<RingRollout, 'baseline' | 'ring'>,
  expedited: boolean,
): number {
  const minutes = ring.bake?.minutes ?? 0;
  return expedited ? Math.min(minutes, baseline.expedited?.bakeMinutes ?? 15) : minutes;
}
