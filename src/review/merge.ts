import { mergeMessage } from '../domain/pull-trailers.ts';
import type { PullRequest } from '../ports/forge.ts';
import type { Git, Signer } from '../ports/git.ts';

export interface MergeFacts {
  readonly pull: PullRequest;
  readonly tree: string;
  /** Head of the protected branch. */
  readonly base: string;
  /** Ids of the approval commits that count. */
  readonly approvals: readonly string[];
  /** `<size>:<root>` of the evidence log. */
  readonly evidence: string;
  readonly signer: Signer;
  readonly at: string;
}

/** The merge commit of a pull request: what it brings, on whose approval, after which evidence. */
export const buildMerge = (m: MergeFacts): Parameters<Git['commitTree']>[0] => ({
  tree: m.tree,
  parents: [m.base, m.pull.head],
  message: mergeMessage(m.pull.title, {
    pull: m.pull.number,
    kind: m.pull.kind,
    scope: m.pull.scope,
    contentDigest: m.pull.contentDigest,
    approvals: m.approvals,
    evidence: m.evidence,
  }),
  signer: m.signer,
  at: m.at,
});
