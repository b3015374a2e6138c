import { canonicalDocument } from '../contracts/canonical.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { exceptionPath } from '../domain/document-paths.ts';
import { isLeftover, type LeftoverException } from '../domain/leftover-exception.ts';
import type { LockCleanup } from '../domain/lock-cleanup.ts';
import type { Proposal } from '../domain/proposal.ts';
import type { Instant } from '../domain/time.ts';
import type { Git } from '../ports/git.ts';
import { leftoverExceptions } from '../reconcile/housekeeping.ts';
import { housekeepingBody, housekeepingTitle } from '../review/housekeeping-text.ts';
import { compareCodePoints } from '../util/sort.ts';
import { exceptionHistoryIn } from './exception-history.ts';
import { fileProposal } from './file-proposal.ts';
import type { AssessedFleet } from './status.ts';

type Documents = Pick<PolicyDocuments, 'config' | 'exceptions' | 'baselines'>;

/**
 * For each owner one proposal to remove the exceptions that do nothing any more, and the lock entries that no host has.
 * @param head commit that they start from
 * @param cleanups locks with such entries, by owner
 */
export async function housekeepingProposals(
  git: Git,
  documents: Documents,
  head: string,
  fleet: Pick<AssessedFleet, 'assessment'>,
  cleanups: ReadonlyMap<string, readonly LockCleanup[]>,
  now: Instant,
): Promise<readonly Proposal[]> {
  const { config, baselines } = documents;
  const leftovers = await leftoversOf(git, documents, fleet, now);
  const owners = [...new Set([...leftovers.keys(), ...cleanups.keys()])].sort(compareCodePoints);
  return owners.map((owner) => {
    const exceptions = leftovers.get(owner) ?? [];
    const locks = cleanups.get(owner) ?? [];
    const subject = {
      ...({ kind: 'housekeeping', scope: owner, baselines } as const),
      files: new Map<string, string | null>([
        ...exceptions.map((l) => [exceptionPath(l.exception.id), null] as const),
        ...locks.map((l) => [l.path, canonicalDocument('PatchLock', l.after)] as const),
      ]),
      locks: new Map(locks.map((l) => [l.path, l])),
    };
    return fileProposal(config.repository, head, subject, (contentDigest) => {
      const facts = { owner, leftovers: exceptions, locks, contentDigest };
      return { title: housekeepingTitle(facts), body: housekeepingBody(facts) };
    });
  });
}

/** History is only read where there are some. */
async function leftoversOf(
  git: Git,
  documents: Documents,
  { assessment }: Pick<AssessedFleet, 'assessment'>,
  now: Instant,
): Promise<ReadonlyMap<string, readonly LeftoverException[]>> {
  const uses = (await assessment.exceptionUse()).filter((u) => isLeftover(u.state));
  if (uses.length === 0) return new Map();
  const ids = new Set(uses.map((u) => u.exception));
  const exceptions = documents.exceptions.filter((e) => ids.has(e.id));
  const history = await exceptionHistoryIn(git, { config: documents.config, exceptions });
  const since = new Map([...history].map(([id, h]) => [id, h.since]));
  return leftoverExceptions({ exceptions, uses, since, now });
}
