import type { EvidenceEntry, ProposalEvidence } from '../contracts/generated/evidence-entry.ts';
import { DEFAULT_GROWTH, type Growth, growthOf } from '../domain/growth.ts';
import type { Proposal } from '../domain/proposal.ts';
import type { Instant } from '../domain/time.ts';
import type { PullRequest } from '../ports/forge.ts';

/** What the evidence says of the proposals that were opened and refreshed. */
export interface ProposalRecords {
  /** The entry of exactly this head. */
  at(pull: Pick<PullRequest, 'number' | 'head'>): ProposalEvidence | undefined;
  /** The newest entry of a pull request. */
  newest(number: number): ProposalEvidence | undefined;
  /** The newest entry of a pull request with this content. */
  ofContent(pull: Pick<PullRequest, 'number' | 'contentDigest'>): ProposalEvidence | undefined;
  /** How many pull requests were opened since a moment: later entries of one are refreshes. */
  openedSince(since: Instant): number;
}

export function proposalRecords(entries: readonly EvidenceEntry[]): ProposalRecords {
  const all = new Map<number, ProposalEvidence[]>();
  for (const entry of entries)
    if (entry.type === 'proposal') all.set(entry.pull, [...(all.get(entry.pull) ?? []), entry]);
  const of = (number: number): readonly ProposalEvidence[] => all.get(number) ?? [];
  return {
    at: ({ number, head }) => of(number).find((e) => e.head === head),
    newest: (number) => of(number).at(-1),
    ofContent: ({ number, contentDigest }) => of(number).findLast((e) => e.contentDigest === contentDigest),
    openedSince: (since) => [...all.values()].filter((list) => list.every((e) => e.time > since)).length,
  };
}

/** The open ones, by number, whose content is as wanted and would touch too many more hosts than when they were made. */
export function grownPulls(
  pulls: readonly PullRequest[],
  wanted: readonly Proposal[],
  records: Pick<ProposalRecords, 'at'>,
  share: number = DEFAULT_GROWTH,
): ReadonlyMap<number, Growth> {
  const grown = new Map<number, Growth>();
  const proposals = new Map(wanted.map((p) => [p.branch, p]));
  for (const pull of pulls) {
    const proposal = proposals.get(pull.branch);
    if (pull.foreign || proposal?.contentDigest !== pull.contentDigest) continue;
    const growth = growthOf(records.at(pull)?.hosts, proposal.hosts, share);
    if (growth) grown.set(pull.number, growth);
  }
  return grown;
}

/** The generation that a pull request proposed before the one that it brings now. */
export function supersededBy(
  last: Pick<ProposalEvidence, 'generation' | 'supersedes'> | undefined,
  generation: number | undefined,
): number | undefined {
  if (generation === undefined || last?.generation === undefined) return undefined;
  return last.generation === generation ? last.supersedes : last.generation;
}

/**
 * What the evidence keeps of a pull request beside what it is. While approvals of its content still count, so does the
 * number of hosts that they were given for.
 */
export function recordOf(
  records: ProposalRecords,
  pull: PullRequest,
  proposal: Pick<Proposal, 'hosts' | 'generation' | 'askedBy'> | undefined,
): Pick<ProposalEvidence, 'hosts' | 'generation' | 'supersedes' | 'askedBy'> {
  const approved = pull.approvals.length > 0 ? records.ofContent(pull)?.hosts : undefined;
  const hosts = approved ?? proposal?.hosts;
  const generation = proposal?.generation;
  const supersedes = supersededBy(records.newest(pull.number), generation);
  const askedBy = proposal?.askedBy ?? [];
  return {
    ...(hosts === undefined ? {} : { hosts }),
    ...(generation === undefined ? {} : { generation }),
    ...(supersedes === undefined ? {} : { supersedes }),
    ...(askedBy.length === 0 ? {} : { askedBy: [...askedBy] }),
  };
}
