import { contentDigest } from '../domain/content-digest.ts';
import { contentFacts } from '../domain/content-facts.ts';
import { branchOf, type Proposal } from '../domain/proposal.ts';
import { gitBlobId } from '../util/git-blob.ts';

type Subject = Pick<Proposal, 'kind' | 'scope' | 'files'>;

/**
 * A proposal that changes whole files and no lock.
 * @param head commit that it starts from: its id tells which ids Git gives here
 * @param text what it says of itself, which names its content digest
 */
export function fileProposal(
  repository: string,
  head: string,
  { kind, scope, files }: Subject,
  text: (contentDigest: string) => Pick<Proposal, 'title' | 'body'>,
): Proposal {
  const changes = [...files].map(([path, after]) => ({
    path,
    blob: after === null ? null : gitBlobId(after, head),
  }));
  const digest = contentDigest(contentFacts({ repository, kind, scope }, changes, new Map()));
  return { kind, scope, branch: branchOf(kind, scope), files, contentDigest: digest, ...text(digest) };
}
