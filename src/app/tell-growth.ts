import { DEFAULT_GROWTH, type Growth, growthOf } from '../domain/growth.ts';
import type { Proposal } from '../domain/proposal.ts';
import type { Forge, PullRequest } from '../ports/forge.ts';
import type { Signer } from '../ports/git.ts';
import { pullBody, toldGrowth } from '../review/pull-notes.ts';
import type { ProposalRecords } from './proposal-records.ts';

interface TellInput {
  readonly proposals: readonly Proposal[];
  readonly records: Pick<ProposalRecords, 'at'>;
  readonly growth?: number | undefined;
  readonly bot: Signer;
  readonly now: string;
}

/**
 * Has the text of a pull request say both numbers, or neither any more. A number that goes on growing is told when it has
 * grown as much again, so that the text does not change with every host.
 */
export async function tellGrowth(
  forge: Pick<Forge, 'refresh'>,
  { proposals, records, growth: share = DEFAULT_GROWTH, bot, now }: TellInput,
  pull: PullRequest,
  growth: Growth | undefined,
): Promise<void> {
  const before = toldGrowth(pull.body);
  const proposal = proposals.find((p) => p.branch === pull.branch);
  if (!proposal || pull.tip !== pull.head || (!before && !growth)) return;
  if (before && growth?.from === before.from && !growthOf(before.to, growth.to, share)) return;
  const { number, kind, scope, branch, head, contentDigest } = pull;
  const body = pullBody(proposal, { supersedes: records.at(pull)?.supersedes, growth });
  const text = { kind, scope, branch, head, contentDigest, title: proposal.title, body, at: now };
  await forge.refresh(number, { ...text, expectedBranch: head }, bot);
}
