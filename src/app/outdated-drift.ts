import type { Proposal } from '../domain/proposal.ts';
import type { PullRequest } from '../ports/forge.ts';
import type { Git } from '../ports/git.ts';

/**
 * Open drift proposals, by number, with the content that is wanted in a generation that is not the next one any more: they
 * are made anew, and approvals of the content stay.
 */
export async function outdatedDrift(
  git: Pick<Git, 'readObjects'>,
  pulls: readonly PullRequest[],
  wanted: readonly Proposal[],
): Promise<ReadonlySet<number>> {
  const outdated = new Set<number>();
  for (const { number, kind, branch, contentDigest, foreign, head } of pulls) {
    const proposal = kind === 'drift' ? wanted.find((p) => p.branch === branch) : undefined;
    if (!proposal || foreign || proposal.contentDigest !== contentDigest) continue;
    const files = [...proposal.files];
    const now = await git.readObjects(files.map(([path]) => `${head}:${path}`));
    const same = files.every(([, text], i) => {
      const bytes = now[i];
      return text === (bytes === undefined ? null : Buffer.from(bytes).toString('utf8'));
    });
    if (!same) outdated.add(number);
  }
  return outdated;
}
