import type { PolicyDocuments } from '../contracts/policy-repository.ts';
import { contentDigest } from '../domain/content-digest.ts';
import { contentFacts } from '../domain/content-facts.ts';
import { exceptionPath } from '../domain/document-paths.ts';
import { branchOf, type Proposal } from '../domain/proposal.ts';
import type { Instant } from '../domain/time.ts';
import type { Git } from '../ports/git.ts';
import { leftoverExceptions } from '../reconcile/housekeeping.ts';
import { housekeepingBody, housekeepingTitle } from '../review/housekeeping-text.ts';
import { exceptionHistoryIn } from './exception-history.ts';
import type { AssessedFleet } from './status.ts';

/** For each owner a proposal to remove the exceptions that do nothing any more. */
export async function housekeepingProposals(
  git: Git,
  documents: Pick<PolicyDocuments, 'config' | 'exceptions'>,
  { assessment }: Pick<AssessedFleet, 'assessment'>,
  now: Instant,
): Promise<readonly Proposal[]> {
  const { config, exceptions } = documents;
  if (exceptions.length === 0) return [];
  const history = await exceptionHistoryIn(git, documents);
  const owners = leftoverExceptions({
    exceptions,
    uses: await assessment.exceptionUse(),
    since: new Map([...history].map(([id, { since }]) => [id, since])),
    now,
  });
  return [...owners].map(([owner, leftovers]) => {
    const subject = { kind: 'housekeeping', scope: owner } as const;
    const paths = leftovers.map((l) => exceptionPath(l.exception.id));
    const digest = contentDigest(
      contentFacts(
        { repository: config.repository, ...subject },
        paths.map((path) => ({ path, blob: null })),
        new Map(),
      ),
    );
    const facts = { owner, leftovers, contentDigest: digest };
    return {
      ...subject,
      branch: branchOf(subject.kind, owner),
      files: new Map(paths.map((path) => [path, null])),
      contentDigest: digest,
      title: housekeepingTitle(facts),
      body: housekeepingBody(facts),
    };
  });
}
