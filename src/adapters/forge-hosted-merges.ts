import type { ExportedReview } from '../domain/merge-export.ts';
import type { MergedPull } from '../ports/forge.ts';
import { contentOf, type HostedBranches, type HostedGit } from './forge-hosted-branches.ts';
import { branchName } from './forge-hosted-pulls.ts';
import type { HostedApi, HostedReview } from './hosted-api.ts';

/** What the forge says of reviews, and of the merges that it made itself. */
export function hostedMerges(
  git: Pick<HostedGit, 'readCommit'>,
  api: HostedApi,
  { ourCommit, endOf }: HostedBranches,
  base: string,
) {
  const approving = async (number: number, head: string): Promise<readonly ExportedReview[]> => {
    const last = new Map<string, HostedReview>();
    for (const review of await api.reviews(number))
      if (review.verdict !== 'none') last.set(review.account, review);
    return [...last.values()]
      .filter((r) => r.verdict === 'approved' && r.commit === head)
      .map(({ account, id, at }) => ({ account, id, at }));
  };

  const merged = async (commit: string): Promise<MergedPull | undefined> => {
    const found = await api.mergedAs(commit);
    if (found === undefined || found.pull.base !== base) return undefined;
    const { pull, merger } = found;
    // What a merge brought, it says itself; after a squash only the forge knows.
    const head = (await git.readCommit(commit)).parents[1] ?? (await endOf(pull));
    const { ours, rest } = branchName(pull);
    const content = ours && (await ourCommit(head));
    const scope = (content && contentOf(content)?.scope) ?? rest;
    return {
      ...{ number: pull.number, head, merger },
      kind: ours ?? 'manual',
      scope: (ours && scope) ?? pull.branch,
      reviews: await approving(pull.number, head),
    };
  };

  return { approving, merged };
}
