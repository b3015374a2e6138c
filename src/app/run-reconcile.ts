import { approvedMissing } from '../assess/fleet/queries.ts';
import {
  componentsOf,
  firstSeenLookup,
  forbiddenBy,
  hostsBehind,
  offered,
} from '../assess/fleet/reconcile-answers.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { statusFile } from '../observe/fleet-rows.ts';
import { directoryOf } from '../observe/snapshot.ts';
import type { Git } from '../ports/git.ts';
import type { PolicyEngine } from '../ports/policy-engine.ts';
import { appendMissing } from '../rollout/evidence-sync.ts';
import { dryRunEvidence, dryRunForge } from './dry-run.ts';
import { bytesKeeper } from './keep-bytes.ts';
import { artifactsDir, stateDir } from './locations.ts';
import { type FleetAnswers, type LockProposals, lockProposals } from './lock-proposals.ts';
import { type ApplyKeys, openEvidence } from './open-apply.ts';
import { type ReconcileAction, reconcilePulls } from './reconcile.ts';
import { type AssessedFleet, openAssessedFleet } from './status.ts';
import { openSource } from './sync.ts';
import { authorityOf } from './verified-authority.ts';
import { verifiedHead } from './verified-head.ts';
import type { Wire } from './wire.ts';

export interface ReconcileRequest {
  /** Clone of the policy repository. */
  readonly repo: string;
  readonly trustAnchor: string | undefined;
  readonly keys: ApplyKeys;
  readonly dryRun: boolean;
}

export interface ReconcileResult {
  /** Verified head that the proposals start from. */
  readonly head: string;
  readonly actions: readonly ReconcileAction[];
  readonly leftOut: LockProposals['leftOut'];
}

/**
 * Reads policy from verified history, decides over the current snapshots, and makes the pull requests what they should be.
 * Throws `history-unverified`, `dirty-repository`, `bad-document`, `forge-failed`, `lease-lost` when another run was faster.
 */
export async function runReconcile(wire: Wire, request: ReconcileRequest): Promise<ReconcileResult> {
  const { repo, dryRun } = request;
  const git = await wire.git(repo);
  await requireCleanClone(git);
  const policy = await wire.policy();
  const keys = dryRun ? undefined : request.keys;
  const { head, documents, merges, evidence } = await verifiedHead(
    { git, policy, evidenceLog: (d) => openEvidence(wire, git, d, keys) },
    request.trustAnchor,
  );
  await requireNotAhead(git, head);
  const { config, roles } = documents;
  const state = stateDir(repo, config);
  const unlock = await wire.runLock.take(state);
  const now = wire.clock.now();
  const log = dryRun ? dryRunEvidence(evidence, wire.log) : evidence;
  if (!dryRun) await appendMissing(log, (await authorityOf(git, merges)).entries);
  const fleet = await openAssessedFleet(wire, { repo, documents, asOf: now });
  try {
    const artifacts = wire.artifactStore(artifactsDir(repo, config));
    const keepBytes = bytesKeeper(
      dryRun ? { ...artifacts, has: artifacts.has, put: async () => undefined } : artifacts,
      (id, filename) => fetchFrom(wire, repo, documents, id, filename),
    );
    const answers = await fleetAnswers(wire, state, documents, fleet, policy, now);
    const { proposals, leftOut } = await lockProposals(
      { answers, solver: wire.solver, keepBytes },
      documents,
    );
    const remote = config.forge?.remote ?? 'origin';
    const forge = wire.forge(git, { remote, base: config.branch ?? 'main' });
    const actions = await reconcilePulls(
      {
        git,
        log: wire.log,
        forge: dryRun ? dryRunForge(forge, wire.log) : forge,
        evidence: log,
      },
      {
        remote,
        head,
        proposals,
        digests: answers.digests,
        openLimit: config.limits?.openProposals,
        botPrincipals: roles.bot.principals,
        bot: { name: 'Patchwarden', email: roles.bot.principals[0] ?? '', key: request.keys.bot ?? '' },
        now,
      },
    );
    return { head, actions, leftOut };
  } finally {
    await fleet.store.close();
    await unlock();
  }
}

async function fleetAnswers(
  wire: Wire,
  state: string,
  documents: PolicyDocuments,
  { store, digests }: AssessedFleet,
  policy: PolicyEngine,
  now: string,
): Promise<FleetAnswers> {
  const files = wire.stateStore(state);
  const fleetFiles = directoryOf('fleet', digests.fleet);
  const baselines = new Map(documents.baselines.map((b) => [b.id, b]));
  return {
    wanted: (baseline) => approvedMissing(store, baseline),
    offer: (stream, set) => (query) => offered(store, stream, set, query),
    facts: async (set) => ({
      status: (await files.read(`${fleetFiles}/${statusFile(set)}`)) ?? null,
      components: await componentsOf(store, set),
    }),
    firstSeen: await firstSeenLookup(store, now),
    forbids: (id, row) => {
      const baseline = baselines.get(id);
      return baseline ? forbiddenBy(policy, baseline, documents.holds, row) : null;
    },
    behind: (baseline) => hostsBehind(store, baseline),
    digests: {
      fleet: digests.fleet,
      intel: digests.intel,
      packages: digests.packages,
      policy: digests.policy,
    },
  };
}

async function fetchFrom(
  wire: Wire,
  repo: string,
  { config }: PolicyDocuments,
  id: string,
  filename: string,
): Promise<Uint8Array | undefined> {
  const source = config.packages.sources.find((s) => s.id === id);
  return source ? openSource(wire, repo, source).fetch(filename) : undefined;
}

/** What is not committed is not policy; proposing from beside it would only confuse. */
async function requireCleanClone(git: Git): Promise<void> {
  const { dirty } = await git.workTree();
  if (dirty.length === 0) return;
  const shown = dirty.slice(0, 5).join(', ');
  throw new PatchwardenError(
    'dirty-repository',
    `${git.dir} has changes that are not committed (${shown}${dirty.length > 5 ? ', …' : ''}); commit, stash or remove them first`,
  );
}

async function requireNotAhead(git: Git, head: string): Promise<void> {
  const { head: local } = await git.workTree();
  if (local === null || local === head || (await git.isAncestor(local, head))) return;
  throw new PatchwardenError(
    'dirty-repository',
    `${git.dir} has commits that the protected branch does not have; push them through a pull request or reset the clone`,
  );
}
