import type { Baseline } from '../contracts/generated/baseline.ts';
import { contentDigest } from '../domain/content-digest.ts';
import { type ContentChange, contentFacts } from '../domain/content-facts.ts';
import { branchOf, type Proposal } from '../domain/proposal.ts';
import { gitBlobId } from '../util/git-blob.ts';

interface Subject extends Pick<Proposal, 'kind' | 'scope' | 'files'> {
  /** Locks among the files, by path: an approval binds to their entries, not to their bytes. */
  readonly locks?: ReadonlyMap<string, NonNullable<ContentChange['lock']>>;
  readonly baselines?: readonly Baseline[];
}

/**
 * A proposal that changes whole files.
 * @param head commit that it starts from: its id tells which ids Git gives here
 * @param text what it says of itself, which names its content digest
 */
export function fileProposal(
  repository: string,
  head: string,
  { kind, scope, files, locks = new Map(), baselines = [] }: Subject,
  text: (contentDigest: string) => Pick<Proposal, 'title' | 'body'>,
): Proposal {
  const changes = [...files].map(([path, after]): ContentChange => {
    const lock = locks.get(path);
    return { path, blob: after === null ? null : gitBlobId(after, head), ...(lock ? { lock } : {}) };
  });
  const selectors = new Map(baselines.map((b) => [b.id, b]));
  const digest = contentDigest(contentFacts({ repository, kind, scope }, changes, selectors));
  return { kind, scope, branch: branchOf(kind, scope), files, contentDigest: digest, ...text(digest) };
}
