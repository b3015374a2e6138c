import type { ExceptionUse } from '../assess/fleet/exception-use.ts';
import { canonicalDocument } from '../contracts/canonical.ts';
import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { exceptionPath } from '../domain/document-paths.ts';
import type { ExceptionHistory } from '../domain/exception-history.ts';
import type { LockCleanup } from '../domain/lock-cleanup.ts';
import type { Proposal } from '../domain/proposal.ts';
import type { Instant } from '../domain/time.ts';
import { leftoverExceptions } from '../reconcile/housekeeping.ts';
import { housekeepingBody, housekeepingTitle } from '../review/housekeeping-text.ts';
import { compareCodePoints } from '../util/sort.ts';
import { fileProposal } from './file-proposal.ts';

type Documents = Pick<PolicyDocuments, 'config' | 'exceptions' | 'baselines'>;

interface HousekeepingFacts {
  /** What each exception does. */
  readonly uses: readonly Pick<ExceptionUse, 'exception' | 'state'>[];
  /** How long each exception has been accepted, by id. */
  readonly history: ReadonlyMap<string, Pick<ExceptionHistory, 'since'>>;
  /** Locks with entries that no host has, by owner. */
  readonly cleanups: ReadonlyMap<string, readonly LockCleanup[]>;
  readonly now: Instant;
}

/**
 * For each owner one proposal to remove the exceptions that do nothing any more, and the lock entries that no host has.
 * @param head commit that they start from
 */
export function housekeepingProposals(
  documents: Documents,
  head: string,
  { uses, history, cleanups, now }: HousekeepingFacts,
): readonly Proposal[] {
  const { config, baselines } = documents;
  const since = new Map([...history].map(([id, h]) => [id, h.since]));
  const leftovers = leftoverExceptions({ exceptions: documents.exceptions, uses, since, now });
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
