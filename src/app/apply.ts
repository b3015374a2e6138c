import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import type { Instant } from '../domain/time.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { EvidenceLog } from '../ports/evidence-log.ts';
import type { Git } from '../ports/git.ts';
import type { Lease } from '../ports/lease.ts';
import type { Logger } from '../ports/logger.ts';
import type { PolicyEngine } from '../ports/policy-engine.ts';
import type { RunLock } from '../ports/run-lock.ts';
import { applyMergedLocks } from '../rollout/apply.ts';
import { withStops } from '../rollout/asked-stops.ts';
import { planMergedLocks, type RingForecast } from '../rollout/forecast.ts';
import type { RolloutResult } from '../rollout/outcome.ts';
import { type GovernedHost, ringsOf } from '../rollout/rings.ts';
import type { RingRollout, RolloutDeps, RolloutEvent } from '../rollout/rollout.ts';
import { artifactsDir, stateDir } from './locations.ts';
import { lockReader } from './lock-at.ts';
import type { HostAccess } from './open-hosts.ts';
import { stopJudge } from './stop-judge.ts';
import { stopRequests } from './stop-requests.ts';
import { authorityOf, type VerifiedAuthority } from './verified-authority.ts';
import { type VerifiedHead, verifiedHead } from './verified-head.ts';

export interface ApplyPorts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly git: Git;
  readonly policy: Pick<PolicyEngine, 'change'>;
  readonly runLock: RunLock;
  /** Unique to this process. */
  readonly holder: string;
  artifactStore(dir: string): ArtifactStore;
  lease(documents: PolicyDocuments): Lease;
  /** The log as the verified documents name it; `plan` only reads. */
  evidenceLog(documents: PolicyDocuments, mode: 'apply' | 'plan'): EvidenceLog;
  /** Drivers and looks of the hosts that can be changed. */
  hosts(documents: PolicyDocuments): Promise<HostAccess>;
  /** Baseline, ring and facts of the assets of the last scan. */
  governed(documents: PolicyDocuments): Promise<readonly GovernedHost[]>;
  /** Where a host downloads a file itself. */
  fetchUrl(documents: PolicyDocuments): NonNullable<RolloutDeps['fetchUrl']>;
}

export interface ApplyRequest {
  readonly trustAnchor: string | undefined;
  /** Hosts at the same time. */
  readonly parallel: number;
  /** How long to wait for hosts that are under way. */
  readonly patienceMs: number;
  readonly on: (event: RolloutEvent) => void;
}

export interface ApplyResult extends RolloutResult {
  /** Verified head of the protected branch. */
  readonly head: string;
}

export interface PlanResult {
  readonly head: string;
  readonly asOf: Instant;
  readonly rings: readonly RingForecast[];
}

/** Brings every host to its merged lock: verified history first, then what is due. Safe to kill and to repeat. */
export async function runApply(ports: ApplyPorts, request: ApplyRequest): Promise<ApplyResult> {
  const { git, log, clock, holder } = ports;
  const now = await verified(ports, request.trustAnchor, 'apply');
  const unlock = await ports.runLock.take(stateDir(git.dir, now.documents.config));
  try {
    return await withHosts(ports, now, async (shared) => {
      const lease = ports.lease(now.documents);
      const deps = { ...shared, clock, log, lease, evidence: now.evidence, on: request.on };
      const { parallel, patienceMs } = request;
      const authority = now.authority.entries;
      const rings = await ringsNow(ports, now);
      const result = await applyMergedLocks(deps, { holder, authority, rings, parallel, patienceMs });
      return { head: now.head, ...result };
    });
  } finally {
    await unlock();
  }
}

/** What {@link runApply} would do at a moment, exactly; changes nothing. */
export async function runApplyPlan(
  ports: ApplyPorts,
  request: Pick<ApplyRequest, 'trustAnchor' | 'parallel'> & { readonly asOf?: Instant },
): Promise<PlanResult> {
  const now = await verified(ports, request.trustAnchor, 'plan');
  return withHosts(ports, now, async (shared) => {
    const asOf = request.asOf ?? ports.clock.now();
    const { entries } = await withStops(
      await now.evidence.entries(),
      await shared.stopsAsked(),
      shared.believe,
    );
    const rings = await planMergedLocks(shared, {
      rings: await ringsNow(ports, now, true),
      entries,
      now: asOf,
      parallel: request.parallel,
    });
    return { head: now.head, asOf, rings };
  });
}

interface Verified extends VerifiedHead {
  readonly authority: VerifiedAuthority;
}

async function verified(
  ports: ApplyPorts,
  trustAnchor: string | undefined,
  mode: 'apply' | 'plan',
): Promise<Verified> {
  const { git, policy } = ports;
  const evidenceLog = (documents: PolicyDocuments) => ports.evidenceLog(documents, mode);
  const believed = await verifiedHead({ git, policy, evidenceLog }, trustAnchor);
  return { ...believed, authority: await authorityOf(git, believed.merges) };
}

const ringsNow = async (
  ports: ApplyPorts,
  { documents, authority }: Verified,
  proposed = false,
): Promise<readonly RingRollout[]> =>
  ringsOf({ documents, hosts: await ports.governed(documents), merges: authority.merges, proposed });

type SharedDeps = Pick<RolloutDeps, 'drivers' | 'artifacts' | 'observe' | 'lockAt' | 'fetchUrl'> &
  Required<Pick<RolloutDeps, 'believe' | 'stopsAsked'>>;

async function withHosts<T>(
  ports: ApplyPorts,
  { documents, head, merges }: Verified,
  work: (deps: SharedDeps) => Promise<T>,
): Promise<T> {
  const { git } = ports;
  const hosts = await ports.hosts(documents);
  try {
    return await work({
      drivers: hosts.drivers,
      observe: (asset) => hosts.observe(asset),
      artifacts: ports.artifactStore(artifactsDir(git.dir, documents.config)),
      lockAt: lockReader(git, merges),
      fetchUrl: ports.fetchUrl(documents),
      believe: stopJudge(git, head, documents.config.repository, ports.log),
      stopsAsked: stopRequests(git, documents.config.forge?.remote ?? 'origin', ports.log),
    });
  } finally {
    await hosts.close();
  }
}
