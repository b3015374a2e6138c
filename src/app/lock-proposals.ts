import { canonicalDocument } from '../contracts/canonical.ts';
import type { Baseline } from '../contracts/generated/baseline.ts';
import type { PackageRow } from '../contracts/generated/fleet-rows.ts';
import type { PatchLock } from '../contracts/generated/patch-lock.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { lockPath } from '../contracts/repository-layout.ts';
import type { Component } from '../domain/component.ts';
import { contentDigest, diffLocks } from '../domain/content-digest.ts';
import { contentFacts } from '../domain/content-facts.ts';
import { branchOf, type Proposal } from '../domain/proposal.ts';
import { lockKey } from '../domain/purl.ts';
import type { Day } from '../domain/time.ts';
import { compareVersions } from '../domain/version/compare.ts';
import type { WantedPatch } from '../domain/wanted-patch.ts';
import type { PackageSolver } from '../ports/package-solver.ts';
import { buildLock } from '../reconcile/build-lock.ts';
import { resolveBaseline } from '../reconcile/resolve-baseline.ts';
import type { LeftOut } from '../reconcile/resolve-set.ts';
import type { Offer } from '../reconcile/solver-packages.ts';
import { renderBody, renderTitle } from '../review/proposal-text.ts';
import { digestOf } from '../util/digest.ts';

const DEFAULT_CLOSURES = 50;

/** What reconcile asks an assessed fleet. */
export interface FleetAnswers {
  /** Approved patches that hosts of this baseline miss, all rings. */
  wanted(baseline: string): Promise<readonly WantedPatch[]>;
  offer(stream: string, set: string): Offer;
  facts(set: string): Promise<{ readonly status: string | null; readonly components: readonly Component[] }>;
  firstSeen(stream: string, origin: string, name: string, version: string): Day;
  /** Why a dependency may not be installed under a baseline (a block or a hold), or null. */
  forbids(baseline: string, row: PackageRow): string | null;
  /** Hosts of a baseline that miss at least one approved patch, by ring. */
  behind(baseline: string): Promise<readonly { readonly ring: string; readonly assets: number }[]>;
  readonly digests: Omit<PatchLock['resolvedFrom'], 'baseline'>;
}

export interface LockProposalDeps {
  readonly answers: FleetAnswers;
  readonly solver: Pick<PackageSolver, 'solve'>;
  readonly keepBytes: (row: PackageRow) => Promise<string | null>;
}

export interface LockProposals {
  readonly proposals: readonly Proposal[];
  readonly leftOut: readonly (LeftOut & { readonly baseline: string })[];
}

/** The `remediate` proposals that the fleet needs now: one for the first ring of each baseline that proposes. */
export async function lockProposals(
  deps: LockProposalDeps,
  documents: PolicyDocuments,
): Promise<LockProposals> {
  const proposals: Proposal[] = [];
  const leftOut: (LeftOut & { readonly baseline: string })[] = [];
  for (const baseline of documents.baselines) {
    if ((baseline.mode ?? 'observe') === 'observe') continue;
    const one = await remediate(deps, documents, baseline);
    if (one.proposal) proposals.push(one.proposal);
    leftOut.push(...one.leftOut.map((l) => ({ ...l, baseline: baseline.id })));
  }
  return { proposals, leftOut };
}

/** Resolved over all rings, written for the first: the others get a generation only once it is proven. */
async function remediate(
  { answers, solver, keepBytes }: LockProposalDeps,
  documents: PolicyDocuments,
  baseline: Baseline,
): Promise<{ readonly proposal: Proposal | null; readonly leftOut: readonly LeftOut[] }> {
  const ring = baseline.rings[0];
  const wanted = await answers.wanted(baseline.id);
  if (!ring || wanted.length === 0) return { proposal: null, leftOut: [] };
  const compare = (a: string, b: string) => compareVersions('dpkg', a, b);
  const resolved = await resolveBaseline(
    {
      solver,
      compare,
      keepBytes,
      offer: answers.offer,
      facts: answers.facts,
      firstSeen: answers.firstSeen,
      forbids: (row) => answers.forbids(baseline.id, row),
    },
    wanted,
    documents.config.limits?.closures ?? DEFAULT_CLOSURES,
  );
  const path = lockPath(baseline.id, ring.id);
  const previous = documents.locks.get(path) ?? null;
  const lock = buildLock(
    {
      baseline: baseline.id,
      ring: ring.id,
      previous,
      wanted: resolved.entries,
      closure: resolved.closure,
      resolvedFrom: { ...answers.digests, baseline: digestOf(baseline) },
    },
    compare,
  );
  if (!lock) return { proposal: null, leftOut: resolved.leftOut };
  const scope = `${baseline.id}/${ring.id}`;
  const diff = diffLocks(path, previous, lock, ring.select);
  const digest = contentDigest(
    contentFacts(
      { repository: documents.config.repository, kind: 'remediate', scope },
      [{ path, blob: null, lock: { before: previous, after: lock } }],
      new Map([[baseline.id, baseline]]),
    ),
  );
  const after = canonicalDocument('PatchLock', lock);
  const names = diff.changed.map((c) => c.key);
  const facts = {
    baseline: baseline.id,
    ring: ring.id,
    branch: branchOf('remediate', scope),
    path,
    before: previous ? canonicalDocument('PatchLock', previous) : '',
    after,
    lock,
    diff,
    contentDigest: digest,
    wanted: wanted.filter(
      (w) => lock.entries[keyOf(w)]?.version === w.candidate.version && names.includes(keyOf(w)),
    ),
    leftOut: resolved.leftOut,
    hosts: await answers.behind(baseline.id),
  };
  const proposal: Proposal = {
    kind: 'remediate',
    scope,
    branch: facts.branch,
    files: new Map([[path, after]]),
    contentDigest: digest,
    title: renderTitle(facts),
    body: renderBody(facts),
  };
  return { proposal, leftOut: resolved.leftOut };
}

const keyOf = (w: WantedPatch): string => lockKey(w.candidate.stream, w.candidate.name, w.candidate.arch);
