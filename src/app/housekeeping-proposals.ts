import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { exceptionPath } from '../domain/document-paths.ts';
import { isLeftover } from '../domain/leftover-exception.ts';
import type { Proposal } from '../domain/proposal.ts';
import type { Instant } from '../domain/time.ts';
import type { Git } from '../ports/git.ts';
import { leftoverExceptions } from '../reconcile/housekeeping.ts';
import { housekeepingBody, housekeepingTitle } from '../review/housekeeping-text.ts';
import { exceptionHistoryIn } from './exception-history.ts';
import { fileProposal } from './file-proposal.ts';
import type { AssessedFleet } from './status.ts';

/**
 * For each owner a proposal to remove the exceptions that do nothing any more. History is only read where there are some.
 * @param head commit that they start from
 */
export async function housekeepingProposals(
  git: Git,
  documents: Pick<PolicyDocuments, 'config' | 'exceptions'>,
  head: string,
  { assessment }: Pick<AssessedFleet, 'assessment'>,
  now: Instant,
): Promise<readonly Proposal[]> {
  const { config } = documents;
  const uses = (await assessment.exceptionUse()).filter((u) => isLeftover(u.state));
  if (uses.length === 0) return [];
  const ids = new Set(uses.map((u) => u.exception));
  const exceptions = documents.exceptions.filter((e) => ids.has(e.id));
  const history = await exceptionHistoryIn(git, { config, exceptions });
  const since = new Map([...history].map(([id, h]) => [id, h.since]));
  return [...leftoverExceptions({ exceptions, uses, since, now })].map(([owner, leftovers]) => {
    const files = new Map(leftovers.map((l) => [exceptionPath(l.exception.id), null]));
    const subject = { kind: 'housekeeping', scope: owner, files } as const;
    return fileProposal(config.repository, head, subject, (contentDigest) => {
      const facts = { owner, leftovers, contentDigest };
      return { title: housekeepingTitle(facts), body: housekeepingBody(facts) };
    });
  });
}
