import { planHost } from './host-plan.ts';
import { type HostLook, hostStateOf } from './host-state.ts';
import type { Looks } from './looks.ts';
import { type EvidenceView, planRing, type RingPlan, type RingPlanInput } from './ring-plan.ts';
import type { RingRollout, RolloutDeps } from './rollout.ts';
import { NEVER_BEGUN } from './run.ts';
import type { MergedLock } from './target.ts';

type Remembered = Pick<Looks, 'get' | 'put'>;

/**
 * Parts the hosts that join a ring (new, back from offline, moved here) from a generation in flight: they are brought to the
 * proven generation, and take part in no experiment that began without them. Who joins is a fact of the host: it is behind
 * the proven lock, and was never begun by the one in flight. What it has newer than the proven lock, it keeps.
 * @returns null when nobody joins, nothing is proven yet, or the proven lock must not be touched now
 */
export async function partJoining(
  { lockAt }: Pick<RolloutDeps, 'lockAt'>,
  remembered: Remembered,
  inFlight: RingPlanInput,
): Promise<{ readonly rest: RingPlan; readonly joining: RingPlan } | null> {
  const { rollout, target, view, looks } = inFlight;
  const proven = view.proven.has(target.digest)
    ? undefined
    : await provenBefore({ lockAt }, rollout, target, view);
  if (!proven) return null;
  const seen = new Map(
    [...looks].map(
      ([asset, look]) => [asset, lookAgainst(proven, rollout, remembered, asset, look)] as const,
    ),
  );
  const hosts = rollout.hosts.filter((host) => {
    const runs = view.runs.get(host.asset) ?? [];
    const look = seen.get(host.asset);
    if (!look || runs.some((r) => r.lock === target.digest && r.effect?.check !== NEVER_BEGUN)) return false;
    const state = hostStateOf({ lock: proven.digest, runs, look, known: host.known !== false });
    return state.kind === 'due' || (state.kind === 'in-flight' && state.run.lock === proven.digest);
  });
  if (hosts.length === 0) return null;
  const joining = planRing({ ...inFlight, rollout: { ...rollout, hosts }, target: proven, looks: seen });
  if (joining.halts.length > 0) return null;
  const aside = new Map(
    hosts.map((h) => [h.asset, `joins at generation ${proven.lock.generation}`] as const),
  );
  return { joining, rest: planRing({ ...inFlight, aside }) };
}

/** The newest generation of the ring before this one that went through it, as its merge brought it. */
async function provenBefore(
  { lockAt }: Pick<RolloutDeps, 'lockAt'>,
  { baseline, ring }: RingRollout,
  { path, lock }: MergedLock,
  { proofs }: EvidenceView,
): Promise<MergedLock | undefined> {
  const proof = proofs
    .filter((p) => p.baseline === baseline.id && p.ring === ring.id && p.generation < lock.generation)
    .reduce<EvidenceView['proofs'][number] | undefined>(
      (a, b) => (a && a.generation > b.generation ? a : b),
      undefined,
    );
  const found = proof && (await lockAt(proof.merge, path));
  return found && found.digest === proof.lock ? found : undefined;
}

function lookAgainst(
  proven: MergedLock,
  { holds }: RingRollout,
  remembered: Remembered,
  asset: string,
  look: HostLook,
): HostLook {
  if (look.kind !== 'plan') return look;
  const known = remembered.get(asset, proven.digest);
  // That it was silent for a moment, when its turn to join came, makes it no part of the experiment.
  if (known && known.kind !== 'unknown') return known;
  const { components, plan } = look;
  const { stream } = plan;
  const fresh: HostLook = {
    kind: 'plan',
    components,
    plan: planHost({ asset, stream, components, target: proven, holds }),
  };
  remembered.put(asset, proven.digest, fresh);
  return fresh;
}
