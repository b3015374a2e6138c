import { isOnOffer } from '../assess/fleet/drift-answers.ts';
import type { PackageRow } from '../contracts/generated/fleet-rows.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { DASHBOARD_TITLE } from '../domain/dashboard.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { haltsInForce } from '../domain/halt.ts';
import type { Observation } from '../domain/observation.ts';
import type { Git, Signer } from '../ports/git.ts';
import type { PolicyEngine } from '../ports/policy-engine.ts';
import { dashboardBody } from '../review/dashboard-text.ts';
import { appendMissing } from '../rollout/evidence-sync.ts';
import { readAsked } from './asked.ts';
import { holdsInForce } from './bad-versions.ts';
import { requireCleanClone, requireNotAhead } from './clean-clone.ts';
import { dashboardFacts } from './dashboard-facts.ts';
import { documentsAt } from './documents-at.ts';
import { dryRunEvidence, dryRunForge } from './dry-run.ts';
import { exceptionHistoryIn } from './exception-history.ts';
import { exportMerges } from './export-merges.ts';
import { fleetAnswers } from './fleet-answers.ts';
import { openExpedited, readGenerations } from './generations.ts';
import { housekeepingProposals } from './housekeeping-proposals.ts';
import { bytesKeeper, earlierFiles, keptEntries } from './keep-bytes.ts';
import { artifactsDir, stateDir } from './locations.ts';
import { lockCleanups } from './lock-cleanups.ts';
import { type LockProposals, lockProposals } from './lock-proposals.ts';
import { observations } from './observations.ts';
import { type ApplyKeys, openEvidence } from './open-apply.ts';
import { openForge } from './open-forge.ts';
import { outdatedDrift } from './outdated-drift.ts';
import { pinsProposals } from './pins-proposal.ts';
import { changeRulesAt } from './policy-at.ts';
import { postChecks } from './post-checks.ts';
import { grownPulls, proposalRecords } from './proposal-records.ts';
import { postQueueChecks } from './queue-checks.ts';
import { type ReconcileAction, reconcilePulls } from './reconcile.ts';
import { reconcileLimits } from './reconcile-limits.ts';
import { reviewRequests } from './review-requests.ts';
import { openAssessedFleet } from './status.ts';
import { standing } from './stop-requests.ts';
import { openSource, type SourcePlace } from './sync.ts';
import { authorityOf } from './verified-authority.ts';
import { protectedHead, type VerifiedHead, verifiedHead } from './verified-head.ts';
import type { ForgeCredentials, Wire } from './wire.ts';

export interface ReconcileRequest {
  /** Clone of the policy repository. */
  readonly repo: string;
  readonly trustAnchor: string | undefined;
  readonly keys: ApplyKeys;
  readonly credentials: ForgeCredentials;
  readonly dryRun: boolean;
}

export interface ReconcileResult {
  /** Verified head that the proposals start from. */
  readonly head: string;
  readonly actions: readonly ReconcileAction[];
  readonly leftOut: LockProposals['leftOut'];
  /** What no pull request can mend. */
  readonly observations: readonly Observation[];
}

/**
 * Reads policy from verified history, decides over the current snapshots, and makes the pull requests what they should be.
 * Throws `history-unverified`, `dirty-repository`, `bad-document`, `forge-failed`, `lease-lost` when another run was faster.
 */
export async function runReconcile(wire: Wire, request: ReconcileRequest): Promise<ReconcileResult> {
  const { repo, dryRun } = request;
  const git = await wire.git(repo);
  const clone = await git.workTree();
  requireCleanClone(git.dir, clone.dirty);
  const policy = await wire.policy();
  const keys = dryRun ? undefined : request.keys;
  const verify = () =>
    verifiedHead({ git, policy, evidenceLog: (d) => openEvidence(wire, git, d, keys) }, request.trustAnchor);
  // What verifies has nothing to export.
  const verified = await verify().catch(async (error: unknown) => {
    if (dryRun || !(error instanceof PatchwardenError)) throw error;
    await exportedMerges(wire, request, git, policy);
    return verify();
  });
  await requireNotAhead(git, clone.head, verified.head);
  const unlock = await wire.runLock.take(stateDir(repo, verified.documents.config));
  try {
    return await reconcile(wire, request, git, policy, verified);
  } finally {
    await unlock();
  }
}

/** What a forge merged by itself becomes evidence before the history is verified with it. */
async function exportedMerges(
  wire: Wire,
  { trustAnchor, keys, credentials }: ReconcileRequest,
  git: Git,
  policy: PolicyEngine,
): Promise<void> {
  if (trustAnchor === undefined) return;
  const head = await protectedHead(git);
  const openAt = async (commit: string) => {
    const documents = await documentsAt(git, commit);
    const forge = await openForge(wire, git, { head: commit, documents }, credentials);
    const evidence = openEvidence(wire, git, documents, keys);
    return { documents, evidence, forge, bot: botOf(documents, keys) };
  };
  const { clock } = wire;
  for (const merge of await exportMerges({ git, policy, clock, openAt }, { anchor: trustAnchor, head }))
    wire.log.info(`the merge ${merge.slice(0, 12)} of the forge is in the evidence now`);
}

const botOf = ({ roles }: Pick<PolicyDocuments, 'roles'>, keys: ApplyKeys): Signer => ({
  name: 'Patchwarden',
  email: roles.bot.principals[0] ?? '',
  key: keys.bot ?? '',
});

async function reconcile(
  wire: Wire,
  { repo, dryRun, keys, credentials }: ReconcileRequest,
  git: Git,
  policy: PolicyEngine,
  { head, documents, merges, evidence }: VerifiedHead,
): Promise<ReconcileResult> {
  const { config, roles } = documents;
  const state = stateDir(repo, config);
  const now = wire.clock.now();
  const log = dryRun ? dryRunEvidence(evidence, wire.log) : evidence;
  if (!dryRun) {
    // The merge is entered together with its approvals, or none of them.
    const held = new Set((await log.entries()).flatMap((e) => (e.type === 'merge' ? [e.commit] : [])));
    const fresh = merges.filter((m) => !held.has(m.commit));
    if (fresh.length > 0) await appendMissing(log, (await authorityOf(git, fresh)).entries);
  }
  const remote = config.forge?.remote ?? 'origin';
  const at = { head, repository: config.repository, remote };
  const { entries, missing } = await standing(git, at, wire.log, await evidence.entries());
  if (missing.length > 0) await appendMissing(log, missing);
  const forge = await openForge(wire, git, { head, documents }, credentials);
  // What a gate stopped is held from that moment on, long before anybody merges the hold.
  const decided = { ...documents, holds: holdsInForce(documents.holds, entries) };
  const fleet = await openAssessedFleet(wire, {
    repo,
    documents: decided,
    asOf: now,
    remember: !dryRun,
  });
  try {
    const artifacts = wire.artifactStore(artifactsDir(repo, config));
    const keepBytes = bytesKeeper(dryRun ? { ...artifacts, put: async () => undefined } : artifacts, (row) =>
      fetchFrom(
        wire,
        { repo, state: wire.stateStore(state), clock: wire.clock, remember: !dryRun },
        documents,
        row,
      ),
    );
    const answers = await fleetAnswers(wire, state, decided, fleet, policy, now);
    const generations = await readGenerations(git, merges);
    // What is proposed and what is done about it hang on one listing.
    const listing = await forge.list();
    const listed = { ...forge, list: async () => listing };
    const asked = await readAsked({ git, forge: listed, log: wire.log }, { head, documents, dryRun });
    const { proposals, leftOut, foreign } = await lockProposals(
      {
        answers,
        solver: wire.solver,
        keepBytes,
        isKept: keptEntries(artifacts, config, (...file) => isOnOffer(fleet.store, ...file)),
        earlier: earlierFiles(artifacts, documents.locks.values()),
        onMissingPredecessor: (baseline, { name, arch, version, reason }) =>
          wire.log.warn(
            `${baseline}: predecessor missing: ${name} ${version} (${arch}): ${reason}; no rollback of this package`,
          ),
      },
      documents,
      {
        head,
        now,
        evidence: entries,
        generations,
        asked: asked.lanes,
        openExpedited: await openExpedited(git, listed, documents),
      },
    );
    const cleanups = await lockCleanups(documents, answers.selectedPackages, {
      generations,
      evidence: entries,
    });
    const accepted = documents.exceptions.length > 0;
    const uses = accepted ? await fleet.assessment.exceptionUse() : [];
    const history = accepted ? await exceptionHistoryIn(git, documents) : new Map();
    const wanted = [
      ...proposals,
      ...pinsProposals(documents, head, fleet.pins, now),
      ...housekeepingProposals(documents, head, { uses, history, cleanups, now }),
    ];
    const limits = reconcileLimits(documents, now);
    const actions = await reconcilePulls(
      {
        git,
        log: wire.log,
        forge: dryRun ? dryRunForge(listed, wire.log) : listed,
        evidence: log,
      },
      {
        head,
        proposals: wanted,
        digests: answers.digests,
        ...limits,
        asked: asked.open,
        outdated: listing.complete ? await outdatedDrift(git, listing.pulls, wanted) : new Set(),
        botPrincipals: roles.bot.principals,
        bot: botOf(documents, keys),
        reviewers: await reviewRequests(git, head, documents),
        now,
      },
    );
    if (!dryRun && forge.check !== undefined) {
      const after = await forge.list();
      const policyAt = (commit: string) => changeRulesAt(wire, git, commit);
      const halts = async () => haltsInForce(entries);
      const remedies = new Map((await wire.rules()).map((r) => [r.id, r.remediation]));
      const at = { remote, branch: config.branch ?? 'main', remedies };
      const ports = { ...at, git, forge, policyAt, halts, log: wire.log };
      const records = proposalRecords(await log.entries());
      if (after.complete) {
        const grown = grownPulls(after.pulls, wanted, records, limits.growth);
        await postChecks(ports, after.pulls, grown);
        await postQueueChecks(ports, after.pulls, grown);
      }
    }
    const facts = { foreign, merges, evidence: entries, uses, history, now };
    const observed = await observations(documents, fleet, facts);
    if (!dryRun && forge.dashboard !== undefined) {
      const { baselines, exceptions } = documents;
      const { assessment } = fleet;
      const told = { actions, asked: asked.open, observations: observed, baselines, exceptions };
      const sources = { ...told, evidence: entries, assessment, now };
      await forge.dashboard(DASHBOARD_TITLE, dashboardBody(dashboardFacts(sources)));
    }
    return { head, actions, leftOut, observations: observed };
  } finally {
    await fleet.close();
  }
}

async function fetchFrom(
  wire: Wire,
  place: SourcePlace,
  { config }: PolicyDocuments,
  row: PackageRow,
): Promise<Uint8Array | undefined> {
  const source = config.packages.sources.find((s) => s.id === row.source);
  return source ? openSource(wire, place, source).fetch(row.filename, { size: row.size }) : undefined;
}
