import type { EvidenceEntry } from '../contracts/generated/evidence-entry.ts';
import type { Instant } from '../domain/time.ts';
import { believed } from './asked-stops.ts';
import type { HostPlan } from './host-plan.ts';
import { rememberLooks } from './looks.ts';
import { type HostOutcome, type RingOutcome, resultOf } from './outcome.ts';
import { leastMinutes, paceOf } from './pace.ts';
import { viewOf } from './ring-plan.ts';
import type { RingRollout, RolloutDeps } from './rollout.ts';
import { type RingView, survey } from './survey.ts';
import type { Wave } from './waves.ts';
import type { WindowState } from './window.ts';

/** What would run in one ring, as a value that can be printed. */
export interface RingForecast extends RingOutcome {
  readonly merge: string;
  readonly waves: readonly Wave[];
  /** Classes and untested entries that no canary would exercise. */
  readonly uncovered: readonly string[];
  readonly bakeMinutes: number;
  readonly window: WindowState;
  /** Minutes that it takes at least, windows aside: rounds of hosts by the budget, and the bakes. */
  readonly atLeastMinutes: number;
  readonly hosts: readonly HostForecast[];
}

interface HostForecast extends HostOutcome {
  /** Null for hosts that nothing is due on. */
  readonly plan: HostPlan | null;
  /** SHA-256 of planned files that the artifact store does not hold. */
  readonly missingBytes: readonly string[];
}

export interface ForecastInput {
  readonly rings: readonly RingRollout[];
  /** Of the evidence. */
  readonly entries: readonly EvidenceEntry[];
  readonly now: Instant;
  readonly parallel: number;
}

/** The same plans as a rollout would carry out, and nothing else: no lease, no evidence, no host changed. */
export async function planMergedLocks(
  deps: Pick<RolloutDeps, 'observe' | 'drivers' | 'lockAt' | 'artifacts' | 'fetchUrl' | 'believe'>,
  { rings, entries, now, parallel }: ForecastInput,
): Promise<readonly RingForecast[]> {
  const looks = rememberLooks(() => now);
  const seen = await survey(deps, {
    rings,
    view: viewOf(await believed(entries, deps.believe)),
    looks,
    now,
    parallel,
  });
  const { rings: outcomes, hosts } = resultOf(seen);
  const forecasts: RingForecast[] = [];
  for (const [i, ring] of seen.rings.entries()) {
    const outcome = outcomes[i];
    if (!outcome) continue;
    const { plan } = ring;
    const mine = hosts.filter((h) => h.baseline === plan.baseline && h.ring === plan.ring);
    forecasts.push({
      ...outcome,
      merge: plan.target.merge,
      waves: plan.waves,
      uncovered: plan.uncovered,
      bakeMinutes: plan.bakeMinutes,
      window: plan.window,
      atLeastMinutes: atLeastMinutes(ring),
      hosts: await Promise.all(mine.map((h) => hostForecast(deps, ring, h))),
    });
  }
  return forecasts;
}

async function hostForecast(
  { artifacts, fetchUrl }: Pick<RolloutDeps, 'artifacts' | 'fetchUrl'>,
  { plan }: RingView,
  host: HostOutcome,
): Promise<HostForecast> {
  const state = plan.hosts.get(host.asset);
  if (state?.kind !== 'due') return { ...host, plan: null, missingBytes: [] };
  const missingBytes: string[] = [];
  for (const p of state.plan.packages)
    if (!(await artifacts.has(p.sha256)) && !fetchUrl?.(p.place)) missingBytes.push(p.sha256);
  return { ...host, plan: state.plan, missingBytes };
}

function atLeastMinutes({ rollout, plan }: RingView): number {
  const open = plan.waves.map((w) => w.hosts.filter((a) => plan.hosts.get(a)?.kind === 'due').length);
  return leastMinutes(paceOf(rollout, plan.bakeMinutes), open);
}
