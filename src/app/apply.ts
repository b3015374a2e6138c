import { resolve } from 'node:path';
import { readDocument } from '../audit/history/read-document.ts';
import { requireVerified } from '../audit/history/walk.ts';
import type { Config } from '../contracts/generated/config.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import type { HostObservation } from '../domain/component.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { EvidenceLog } from '../ports/evidence-log.ts';
import type { Git } from '../ports/git.ts';
import type { HostDriver } from '../ports/host-driver.ts';
import type { Logger } from '../ports/logger.ts';
import type { PolicyEngine } from '../ports/policy-engine.ts';
import type { RunLock } from '../ports/run-lock.ts';
import type { StateStore } from '../ports/state-store.ts';
import { applyMergedLocks, type HostForecast, planMergedLocks } from '../rollout/apply.ts';
import type { HostOutcome } from '../rollout/apply-host.ts';
import type { HostTarget } from '../rollout/target.ts';
import { type Governed, targetsOf } from '../rollout/targets.ts';
import { documentsAt } from './documents-at.ts';
import { authorityOf, type VerifiedAuthority } from './verified-authority.ts';

const ARTIFACTS = 'artifacts';

export interface ApplyPorts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly git: Git;
  readonly policy: Pick<PolicyEngine, 'change'>;
  readonly runLock: RunLock;
  stateStore(dir: string): StateStore;
  artifactStore(dir: string): ArtifactStore;
  rootDriver(options: { readonly asset: string; readonly root: string; readonly clock: Clock }): HostDriver;
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
  const verified = await verifiedHead(ports, request, 'apply');
  const { documents, authority, evidence, head } = verified;
  const state = resolve(ports.git.dir, documents.config.state.path);
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
      { authority: authority.entries, hosts: await targetsNow(ports, verified) },
    );
    return { head, hosts };
  } finally {
    await unlock();
  }
}

/** What {@link runApply} would do, exactly; changes nothing. */
export async function runApplyPlan(ports: ApplyPorts, request: ApplyRequest): Promise<PlanResult> {
  const verified = await verifiedHead(ports, request, 'plan');
  const hosts = await planMergedLocks(
    sharedDeps(ports, verified.documents),
    await targetsNow(ports, verified),
  );
  return { head: verified.head, hosts };
}

interface Verified {
  readonly head: string;
  readonly documents: PolicyDocuments;
  readonly authority: VerifiedAuthority;
  readonly evidence: EvidenceLog;
}

/** The protected branch as its remote has it now, believed only as far as the walk from the anchor reaches. */
async function verifiedHead(
  ports: ApplyPorts,
  { trustAnchor }: ApplyRequest,
  mode: 'apply' | 'plan',
): Promise<Verified> {
  const { git, policy } = ports;
  if (trustAnchor === undefined)
    throw new PatchwardenError(
      'history-unverified',
      'no trust anchor: name the commit from which the protected branch is verified with --trust-anchor or PATCHWARDEN_TRUST_ANCHOR',
    );
  const head = await protectedHead(git);
  // The log is opened as the head names it, before the walk only where an approval can be found nowhere else; whatever it
  // then offers must still be signed by an approver.
  const open = async () => {
    const documents = await documentsAt(git, head);
    return { documents, evidence: ports.evidenceLog(documents, mode) };
  };
  let objects: Promise<ReadonlyMap<string, string>> | undefined;
  const { merges } = await requireVerified(
    { git, policy },
    {
      anchor: trustAnchor,
      head,
      approvalObject: async (commit) => {
        objects ??= open().then(({ evidence }) => approvalObjects(evidence));
        return (await objects).get(commit);
      },
    },
  );
  return { head, ...(await open()), authority: await authorityOf(git, merges) };
}

const approvalObjects = async (evidence: EvidenceLog): Promise<ReadonlyMap<string, string>> =>
  new Map((await evidence.entries()).flatMap((e) => (e.type === 'approval' ? [[e.commit, e.object]] : [])));

/** Brings the protected branch and the pull requests up to date; a bare origin is read as it is. */
async function protectedHead(git: Git): Promise<string> {
  const local = await git.resolve('HEAD');
  const bytes = local === undefined ? undefined : await git.readBytes(local, 'patchwarden.json');
  const config = readDocument(bytes, 'patchwarden.json', 'Config');
  if (!config)
    throw new PatchwardenError(
      'not-a-repository',
      `${git.dir} is no policy repository: its HEAD has no valid patchwarden.json`,
    );
  const remote = config.forge?.remote ?? 'origin';
  const branch = config.branch ?? 'main';
  const cloned = (await git.config(`remote.${remote}.url`)) !== undefined;
  const ref = cloned ? `refs/remotes/${remote}/${branch}` : `refs/heads/${branch}`;
  if (cloned)
    await git.fetch(remote, [
      `+refs/heads/${branch}:${ref}`,
      `+refs/patchwarden/pulls/*:refs/patchwarden/remotes/${remote}/pulls/*`,
    ]);
  const head = await git.resolve(ref);
  if (head === undefined)
    throw new PatchwardenError('not-a-repository', `${git.dir} has no protected branch ${branch}`);
  return head;
}

const targetsNow = async (ports: ApplyPorts, verified: Verified): Promise<readonly HostTarget[]> =>
  targetsOf({
    documents: verified.documents,
    governed: await ports.governed(verified.documents),
    merges: verified.authority.merges,
  });

function sharedDeps(ports: ApplyPorts, documents: PolicyDocuments) {
  const at = (path: string) => resolve(ports.git.dir, path);
  return {
    drivers: driversOf(ports, documents.config, at),
    artifacts: ports.artifactStore(at(documents.config.artifacts?.path ?? ARTIFACTS)),
    observe: (asset: string) => ports.observe(documents, asset),
  };
}

const driversOf = (
  { clock, rootDriver }: ApplyPorts,
  config: Config,
  at: (path: string) => string,
): ReadonlyMap<string, HostDriver> =>
  new Map(
    (config.drivers ?? []).map((d) => [d.asset, rootDriver({ asset: d.asset, root: at(d.path), clock })]),
  );
