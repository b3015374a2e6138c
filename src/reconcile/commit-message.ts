import type { ProposalKind } from '../domain/proposal.ts';

/** The message of the bot's one commit of a proposal; its trailers tie it to the evidence log and to what approvals bind to. */
export function proposalCommitMessage(facts: {
  readonly title: string;
  readonly kind: ProposalKind;
  readonly scope: string;
  readonly contentDigest: string;
  readonly evidence: string;
}): string {
  return [
    facts.title,
    '',
    `Patchwarden-Kind: ${facts.kind}`,
    `Patchwarden-Scope: ${facts.scope}`,
    `Patchwarden-Content: ${facts.contentDigest}`,
    `Patchwarden-Evidence: ${facts.evidence}`,
    '',
  ].join('\n');
}
