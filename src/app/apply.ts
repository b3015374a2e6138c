import { resolve } from 'node:path';
import type { Config } from '../contracts/generated/config.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import type { HostObservation } from '../domain/component.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { EvidenceLog } from '../ports/evidence-log.ts';
import type { Git } from '../ports/git.ts';
import type { RootDriver } from '../ports/root-driver.ts';
import type { Logger } from '../ports/logger.ts';
import type { PolicyEngine } from '../ports/policy-engine.ts';
import type { RunLock } from '../ports/run-lock.ts';
import type { StateStore } from '../ports/state-store.ts';
import { applyMergedLocks, type HostForecast, planMergedLocks } from '../rollout/apply.ts';
import type { HostOutcome } from '../rollout/apply-host.ts';
import type { HostTarget } from '../rollout/target.ts';
import { type Governed, targetsOf } from '../rollout/targets.ts';
import { artifactsDir, stateDir } from './locations.ts';
import { authorityOf, type VerifiedAuthority } from './verified-authority.ts';
import { type VerifiedHead, verifiedHead } from './verified-head.ts';

export interface ApplyPorts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly git: Git;
  readonly policy: Pick<PolicyEngine, 'change'>;
  readonly runLock: RunLock;
  stateStore(dir: string): StateStore;
  artifactStore(dir: string): ArtifactStore;
  rootDriver(options: { readonly asset: string; readonly root: string; readonly clock: Clock }): RootDriver;
  /** The log as the verified documents name it; `plan` only reads. */
  evidenceLog(documents: PolicyDocuments, mode: 'apply' | 'plan'): EvidenceLog;
  /** Looks at one asset now. */
  observe(documents: PolicyDocuments, asset: string): Promise<HostObservation>;
  /** Baseline and ring of the assets that have a driver. */
  governed(documents: PolicyDocuments): Promise<readonly Governed[]>;
}

export interface ApplyRequest {
  readonly trustAnchor: string | undefined;
}

export interface ApplyResult {
  /** Verified head of the protected branch. */
  readonly head: string;
  readonly hosts: readonly HostOutcome[];
}

export interface PlanResult {
  readonly head: string;
  readonly hosts: readonly HostForecast[];
}

/** Brings every host to its merged lock: verified history first, then what is due. Safe to kill and to repeat. */
export async function runApply(ports: ApplyPorts, request: ApplyRequest): Promise<ApplyResult> {
  const now = await verified(ports, request, 'apply');
  const { documents, authority, evidence, head } = now;
  const state = stateDir(ports.git.dir, documents.config);
  const unlock = await ports.runLock.take(state);
  try {
    const hosts = await applyMergedLocks(
      {
        clock: ports.clock,
        log: ports.log,
        state: ports.stateStore(state),
        evidence,
        ...sharedDeps(ports, documents),
      },
      { authority: authority.entries, hosts: await targetsNow(ports, now) },
    );
    return { head, hosts };
  } finally {
    await unlock();
  }
}

/** What {@link runApply} would do, exactly; changes nothing. */
export async function runApplyPlan(ports: ApplyPorts, request: ApplyRequest): Promise<PlanResult> {
  const now = await verified(ports, request, 'plan');
  const hosts = await planMergedLocks(sharedDeps(ports, now.documents), await targetsNow(ports, now, true));
  return { head: now.head, hosts };
}

interface Verified extends VerifiedHead {
  readonly authority: VerifiedAuthority;
}

async function verified(ports: ApplyPorts, request: ApplyRequest, mode: 'apply' | 'plan'): Promise<Verified> {
  const { git, policy } = ports;
  const evidenceLog = (documents: PolicyDocuments) => ports.evidenceLog(documents, mode);
  const believed = await verifiedHead({ git, policy, evidenceLog }, request.trustAnchor);
  return { ...believed, authority: await authorityOf(git, believed.merges) };
}

const targetsNow = async (
  ports: ApplyPorts,
  now: Verified,
  proposed = false,
): Promise<readonly HostTarget[]> =>
  targetsOf({
    documents: now.documents,
    governed: await ports.governed(now.documents),
    merges: now.authority.merges,
    proposed,
  });

function sharedDeps(ports: ApplyPorts, documents: PolicyDocuments) {
  const at = (path: string) => resolve(ports.git.dir, path);
  return {
    drivers: driversOf(ports, documents.config, at),
    artifacts: ports.artifactStore(artifactsDir(ports.git.dir, documents.config)),
    observe: (asset: string) => ports.observe(documents, asset),
  };
}

const driversOf = (
  { clock, rootDriver }: ApplyPorts,
  config: Config,
  at: (path: string) => string,
): ReadonlyMap<string, RootDriver> =>
  new Map(
    (config.drivers ?? []).map((d) => [d.asset, rootDriver({ asset: d.asset, root: at(d.path), clock })]),
  );
