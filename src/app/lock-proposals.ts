import type { Baseline } from '../contracts/generated/baseline.ts';
import type { EvidenceEntry } from '../contracts/generated/evidence-entry.ts';
import type { PackageRow } from '../contracts/generated/fleet-rows.ts';
import type { PatchLock } from '../contracts/generated/patch-lock.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import type { Component } from '../domain/component.ts';
import { lockPath } from '../domain/document-paths.ts';
import type { ForeignPackage } from '../domain/foreign-package.ts';
import { type Generation, ringState } from '../domain/generations.ts';
import type { Proposal } from '../domain/proposal.ts';
import type { Day, Instant } from '../domain/time.ts';
import type { WantedPatch } from '../domain/wanted-patch.ts';
import type { PackageSolver } from '../ports/package-solver.ts';
import type { SelectedPackages } from '../reconcile/dead-entries.ts';
import { type DriftInput, foreignPackages, type InstalledVersion } from '../reconcile/drift.ts';
import {
  type ResolveBaselineDeps,
  type ResolvedBaseline,
  resolveBaseline,
} from '../reconcile/resolve-baseline.ts';
import type { MissingPredecessor } from '../reconcile/resolve-predecessors.ts';
import type { LeftOut } from '../reconcile/resolve-set.ts';
import type { InstalledByRing } from '../reconcile/ring-entries.ts';
import type { Offer } from '../reconcile/solver-packages.ts';
import type { LockChange } from '../review/proposal-facts.ts';
import { digestOf } from '../util/digest.ts';
import { badVersions } from './bad-versions.ts';
import { buildProposal, type ProposalDraft } from './build-proposal.ts';
import type { AskedLane } from './generations.ts';
import { compare, lockDrafts } from './lock-drafts.ts';
import { type ProposalAnswers, proposalContext } from './proposal-context.ts';

const DEFAULT_CLOSURES = 50;

/** What reconcile asks an assessed fleet. */
export interface FleetAnswers extends ProposalAnswers {
  /** Approved patches that hosts of this baseline miss, all rings. */
  wanted(baseline: string): Promise<readonly WantedPatch[]>;
  offer(stream: string, set: string): Offer;
  facts(set: string): Promise<{ readonly status: string | null; readonly components: readonly Component[] }>;
  firstSeen(stream: string, origin: string, name: string, version: string): Day;
  /** Why a dependency may not be installed under a baseline (a block or a hold), or null. */
  forbids(baseline: string, row: PackageRow): string | null;
  /** Lock keys of what hosts have installed, by ring. */
  installed(baseline: string): Promise<InstalledByRing>;
  /** What hosts have of the locked packages, by ring, and what their origins say of it. */
  installedVersions(baseline: string): Promise<readonly InstalledVersion[]>;
  /** What the hosts that a baseline selects have of the locked packages, whoever governs them. */
  selectedPackages(baseline: string): Promise<SelectedPackages>;
  /** The package sources were read after the hosts were. */
  readonly sourcesAreNewer: boolean;
  readonly digests: Omit<PatchLock['resolvedFrom'], 'baseline'>;
}

export interface LockProposalDeps {
  readonly answers: FleetAnswers;
  readonly solver: Pick<PackageSolver, 'solve'>;
  readonly keepBytes: (row: PackageRow) => Promise<string | null>;
  /** Whether hosts can still get the file of an entry. */
  readonly isKept: DriftInput['isKept'];
  /** Files of versions that no source offers any more. */
  readonly earlier?: ResolveBaselineDeps['earlier'];
  /** Told of installed versions that no rollback of packages can bring back. */
  readonly onMissingPredecessor?: (baseline: string, missing: MissingPredecessor) => void;
}

/** What history and evidence tell of the rings. */
export interface RolloutFacts {
  /** Commit that proposals start from. */
  readonly head: string;
  /** Generations of all locks in the order of their merges. */
  readonly generations: readonly Generation[];
  readonly evidence: readonly EvidenceEntry[];
  /** What the open expedited proposal of a baseline brings, as `<lock key> <version>`, by baseline. */
  readonly openExpedited: ReadonlyMap<string, ReadonlySet<string>>;
  /** What people asked for in the expedited lane. */
  readonly asked?: readonly AskedLane[];
  readonly now: Instant;
}

export interface LockProposals {
  readonly proposals: readonly Proposal[];
  readonly foreign: readonly (ForeignPackage & { readonly baseline: string })[];
  readonly leftOut: readonly (LeftOut & { readonly baseline: string })[];
}

/** The lock changes that the fleet needs now: of each baseline that proposes, by ring and kind. */
export async function lockProposals(
  deps: LockProposalDeps,
  documents: PolicyDocuments,
  rollout: RolloutFacts,
): Promise<LockProposals> {
  const proposals: Proposal[] = [];
  const leftOut: (LeftOut & { readonly baseline: string })[] = [];
  const foreign: (ForeignPackage & { readonly baseline: string })[] = [];
  for (const baseline of documents.baselines) {
    if ((baseline.mode ?? 'observe') === 'observe') continue;
    const one = await baselineProposals(deps, documents, rollout, baseline);
    const { now } = rollout;
    for (const draft of one.drafts) {
      const contextOf = (changes: readonly LockChange[]) =>
        proposalContext(deps.answers, { documents, baseline, kind: draft.kind, changes, now });
      proposals.push(await buildProposal(documents, rollout.head, baseline, draft, contextOf));
    }
    leftOut.push(...one.leftOut.map((l) => ({ ...l, baseline: baseline.id })));
    foreign.push(...one.foreign.map((f) => ({ ...f, baseline: baseline.id })));
  }
  return { proposals, leftOut, foreign };
}

async function baselineProposals(
  deps: LockProposalDeps,
  documents: PolicyDocuments,
  rollout: RolloutFacts,
  baseline: Baseline,
): Promise<{
  readonly drafts: readonly ProposalDraft[];
  readonly leftOut: readonly LeftOut[];
  readonly foreign: readonly ForeignPackage[];
}> {
  const { answers } = deps;
  const wanted = await answers.wanted(baseline.id);
  const resolved = wanted.length === 0 ? null : await resolve(deps, documents, baseline, wanted);
  const at = (ring: string) => lockPath(baseline.id, ring);
  const locks = new Map(
    baseline.rings.flatMap(({ id }) => {
      const lock = documents.locks.get(at(id));
      return lock ? [[id, lock] as const] : [];
    }),
  );
  const bad = badVersions(documents.holds, rollout.evidence);
  const foreign = await foreignPackages({
    locks,
    installed: await answers.installedVersions(baseline.id),
    sourcesAreNewer: answers.sourcesAreNewer,
    bad,
    wanted,
    isKept: deps.isKept,
  });
  const drafts = lockDrafts({
    baseline,
    states: baseline.rings.map((ring) =>
      ringState(
        { baseline: baseline.id, ring: ring.id },
        documents.locks.has(at(ring.id)) ? rollout.generations : [],
        rollout.evidence,
      ),
    ),
    locks,
    bad,
    foreign,
    wanted,
    installed: await answers.installed(baseline.id),
    resolved,
    resolvedFrom: { ...answers.digests, baseline: digestOf(baseline) },
    openExpedited: rollout.openExpedited.get(baseline.id) ?? new Set(),
    asked: (rollout.asked ?? []).filter((a) => a.baseline === baseline.id),
    now: rollout.now,
  });
  return { drafts, leftOut: resolved?.leftOut ?? [], foreign };
}

async function resolve(
  { answers, solver, keepBytes, earlier, onMissingPredecessor }: LockProposalDeps,
  documents: PolicyDocuments,
  baseline: Baseline,
  wanted: readonly WantedPatch[],
): Promise<ResolvedBaseline> {
  const resolved = await resolveBaseline(
    {
      solver,
      compare,
      keepBytes,
      ...(earlier ? { earlier } : {}),
      offer: answers.offer,
      facts: answers.facts,
      firstSeen: answers.firstSeen,
      forbids: (row) => answers.forbids(baseline.id, row),
    },
    wanted,
    documents.config.limits?.closures ?? DEFAULT_CLOSURES,
  );
  for (const missing of resolved.missingPredecessors) onMissingPredecessor?.(baseline.id, missing);
  return resolved;
}
