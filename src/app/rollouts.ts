import type { EvidenceEntry } from '../contracts/generated/evidence-entry.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { formatHaltScope } from '../domain/halt.ts';
import type { Instant } from '../domain/time.ts';
import { isBaked } from '../rollout/health.ts';
import { planRing, viewOf } from '../rollout/ring-plan.ts';
import { type GovernedHost, ringsOf } from '../rollout/rings.ts';
import { documentsAt } from './documents-at.ts';
import { governedHosts } from './governed.ts';
import { openEvidence } from './open-apply.ts';
import { standing } from './stop-requests.ts';
import { protectedHead } from './verified-head.ts';
import type { Wire } from './wire.ts';

/** One ring as the evidence tells it; no host is asked. */
export interface RingStatus {
  readonly baseline: string;
  readonly ring: string;
  readonly generation: number;
  readonly state: 'refused' | 'halted' | 'proven' | 'under way' | 'baking' | 'waiting';
  readonly reason: string;
  /** The highest wave that was announced; null: none. */
  readonly wave: number | null;
  /** Hosts by state: patched, in-flight, restored, …; `open` are those that were never announced. */
  readonly hosts: Readonly<Record<string, number>>;
  /** Halts in force, as `stop` names their scopes. */
  readonly halts: readonly string[];
  /** When hosts may start next; null: now, or never. */
  readonly next: Instant | null;
}

export interface RolloutsInput {
  readonly documents: PolicyDocuments;
  readonly hosts: readonly GovernedHost[];
  /** Of the evidence, as believed. */
  readonly entries: readonly EvidenceEntry[];
  readonly now: Instant;
}

/** Where every ring of a baseline in mode apply stands. Pure. */
export function rolloutStatus({ documents, hosts, entries, now }: RolloutsInput): readonly RingStatus[] {
  const view = viewOf(entries);
  const merges = new Map(
    entries.flatMap((e) => (e.type === 'merge' ? e.locks.map((lock) => [lock, e.commit] as const) : [])),
  );
  return ringsOf({ documents, hosts, merges: new Map() }).map((rollout): RingStatus => {
    const merge = merges.get(rollout.target.digest) ?? '';
    const target = { ...rollout.target, merge };
    const plan = planRing({ rollout: { ...rollout, refusal: null }, target, view, looks: new Map(), now });
    const count = new Map<string, number>();
    for (const state of plan.hosts.values()) {
      const name = state.kind === 'unknown' ? 'open' : state.kind;
      count.set(name, (count.get(name) ?? 0) + 1);
    }
    const baking = [...plan.hosts.values()].some(
      (s) => s.kind === 'patched' && !isBaked(s.run, plan.bakeMinutes),
    );
    const waves = plan.waves.map((w) => w.wave);
    const { window } = plan;
    return {
      baseline: plan.baseline,
      ring: plan.ring,
      generation: target.lock.generation,
      ...stateOf(plan, count, baking, merge),
      wave: waves.at(-1) ?? null,
      hosts: Object.fromEntries([...count].sort()),
      halts: plan.halts.map((h) => formatHaltScope(h.scope)),
      next: window.kind === 'closed' ? window.next : null,
    };
  });
}

function stateOf(
  plan: ReturnType<typeof planRing>,
  count: ReadonlyMap<string, number>,
  baking: boolean,
  merge: string,
): Pick<RingStatus, 'state' | 'reason'> {
  const [halt] = plan.halts;
  if (halt) return { state: 'halted', reason: halt.reason };
  if (plan.proven) return { state: 'proven', reason: 'every host ended and the bake passed' };
  const flying = count.get('in-flight') ?? 0;
  if (flying > 0) return { state: 'under way', reason: `${flying} host(s) are under way` };
  if (baking) return { state: 'baking', reason: `${plan.bakeMinutes} healthy minutes are counted` };
  if (merge === '')
    return { state: 'waiting', reason: 'the evidence does not have its merge yet: run apply' };
  return {
    state: 'waiting',
    reason: plan.window.kind === 'closed' ? plan.window.reason : 'apply has something to do',
  };
}

/** The same for a policy repository, with the halts of persons judged at the protected branch. */
export async function readRollouts(
  wire: Pick<Wire, 'git' | 'stateStore' | 'fleetStore' | 'evidenceLog' | 'clock' | 'logKey'>,
  repo: string,
): Promise<readonly RingStatus[]> {
  const git = await wire.git(repo);
  const head = await protectedHead(git);
  const documents = await documentsAt(git, head);
  const { repository, forge } = documents.config;
  const log = openEvidence(wire, git, documents, undefined);
  const at = { head, repository, remote: forge?.remote ?? 'origin' };
  return rolloutStatus({
    documents,
    hosts: await governedHosts(wire, git.dir, documents),
    entries: (await standing(git, at, { warn: () => undefined }, await log.entries())).entries,
    now: wire.clock.now(),
  });
}
