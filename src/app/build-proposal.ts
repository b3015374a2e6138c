import { canonicalDocument } from '../contracts/canonical.ts';
import type { Baseline } from '../contracts/generated/baseline.ts';
import type { PatchLock } from '../contracts/generated/patch-lock.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { contentDigest, diffLocks } from '../domain/content-digest.ts';
import { contentFacts } from '../domain/content-facts.ts';
import { holdPath, lockPath } from '../domain/document-paths.ts';
import { branchOf, type Proposal } from '../domain/proposal.ts';
import { lockKey } from '../domain/purl.ts';
import type { WantedPatch } from '../domain/wanted-patch.ts';
import type { LockChange, ProposalFacts } from '../review/proposal-facts.ts';
import { renderBody, renderTitle } from '../review/proposal-text.ts';
import { gitBlobId } from '../util/git-blob.ts';
import { compareCodePoints } from '../util/sort.ts';
import type { ProposalContext } from './proposal-context.ts';

/** What a proposal of lock changes is to hold and to say. */
export interface ProposalDraft extends Pick<ProposalFacts, 'kind' | 'scope' | 'leftOut' | 'story' | 'holds'> {
  readonly locks: readonly { readonly ring: string; readonly lock: PatchLock }[];
  /** Patches that the text may speak of; only those that the locks really bring are. */
  readonly wanted: readonly WantedPatch[];
  readonly waits?: Proposal['waits'] | null;
  readonly generation?: number;
  /** Ids of the people who asked for it. */
  readonly askedBy?: readonly string[];
}

/**
 * The proposal of a draft against the documents at the head.
 * @param head commit that it starts from: its id tells which ids Git gives here
 * @param contextOf what surrounds these changes
 */
export async function buildProposal(
  documents: Pick<PolicyDocuments, 'config' | 'locks'>,
  head: string,
  baseline: Baseline,
  draft: ProposalDraft,
  contextOf: (changes: readonly LockChange[]) => Promise<ProposalContext>,
): Promise<Proposal> {
  const changes = draft.locks.map((l) => lockChange(documents, baseline, l));
  const holds = draft.holds.map((hold) => ({
    path: holdPath(hold.id),
    text: canonicalDocument('Hold', hold),
  }));
  const { kind, scope } = draft;
  const digest = contentDigest(
    contentFacts(
      { repository: documents.config.repository, kind, scope },
      [
        ...changes.map(({ path, lock }) => {
          const before = documents.locks.get(path) ?? null;
          return { path, blob: null, lock: { before, after: lock } };
        }),
        ...holds.map(({ path, text }) => ({ path, blob: gitBlobId(text, head) })),
      ],
      new Map([[baseline.id, baseline]]),
    ),
  );
  const facts: ProposalFacts = {
    ...draft,
    ...(await contextOf(changes)),
    baseline: baseline.id,
    changes,
    contentDigest: digest,
    wanted: draft.wanted.filter((w) => changes.some((c) => brings(c, w))),
  };
  const [due] = facts.wanted.flatMap((w) => w.due ?? []).sort(compareCodePoints);
  return {
    kind,
    scope,
    branch: branchOf(kind, scope),
    files: new Map([
      ...changes.map((c) => [c.path, c.after] as const),
      ...holds.map((h) => [h.path, h.text] as const),
    ]),
    contentDigest: digest,
    title: renderTitle(facts),
    body: renderBody(facts),
    owner: baseline.owner,
    hosts: facts.effect.hosts,
    ...(draft.generation === undefined ? {} : { generation: draft.generation }),
    ...(draft.askedBy ? { askedBy: draft.askedBy } : {}),
    ...(due === undefined ? {} : { due }),
    ...(draft.waits ? { waits: draft.waits } : {}),
  };
}

function lockChange(
  documents: Pick<PolicyDocuments, 'locks'>,
  baseline: Baseline,
  { ring, lock }: ProposalDraft['locks'][number],
): LockChange {
  const path = lockPath(baseline.id, ring);
  const previous = documents.locks.get(path) ?? null;
  const selector = baseline.rings.find((r) => r.id === ring)?.select ?? null;
  return {
    ring,
    path,
    before: previous ? canonicalDocument('PatchLock', previous) : '',
    after: canonicalDocument('PatchLock', lock),
    lock,
    diff: diffLocks(path, previous, lock, selector),
  };
}

/** Whether a lock change brings exactly this patch. */
function brings({ diff }: Pick<LockChange, 'diff'>, { candidate }: WantedPatch): boolean {
  const key = lockKey(candidate.stream, candidate.name, candidate.arch);
  return diff.changed.some((c) => c.key === key && c.to?.version === candidate.version);
}
