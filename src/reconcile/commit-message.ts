import type { ProposalKind } from '../domain/proposal.ts';
import { TRAILER, trailerLines } from '../domain/pull-trailers.ts';

/** The message of the bot's one commit of a proposal; its trailers tie it to the evidence log and to what approvals bind to. */
export const proposalCommitMessage = (facts: {
  readonly title: string;
  readonly kind: ProposalKind;
  readonly scope: string;
  readonly contentDigest: string;
  readonly evidence: string;
}): string =>
  `${facts.title}\n\n${trailerLines([
    [TRAILER.kind, facts.kind],
    [TRAILER.scope, facts.scope],
    [TRAILER.content, facts.contentDigest],
    [TRAILER.evidence, facts.evidence],
  ])}`;
