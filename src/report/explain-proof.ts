import type { FindingProof, Proof, ProvenMerge } from '../domain/finding-proof.ts';
import { printable } from '../util/printable.ts';

/** What history and evidence prove about each finding, and in words what they do not. */
export function proofText(proof: Proof): string {
  const { anchor, head, merges, log, documents, findings } = proof;
  const parts = [
    [
      `Proof: ${merges} merge${merges === 1 ? '' : 's'} verified from the trust anchor ${short(anchor)} to ${short(head)}, ${log.size} entries of evidence with the root ${log.root.slice(0, 12)}`,
      ...documents.map(
        ({ file, merge }) => `  ${file}: ${merge ? mergeText(merge) : 'as of the trust anchor'}`,
      ),
    ]
      .map(printable)
      .join('\n'),
    ...findings.map(findingText),
  ];
  return `${parts.join('\n\n')}\n`;
}

function findingText({ name, advisory, lock, merge, evidence, missing }: FindingProof): string {
  const what = `${advisory ?? 'update'} in ${name ?? 'the asset'}`;
  const lines = [
    ...(lock
      ? [
          `  lock: ${lock.file}, generation ${lock.generation}, has ${lock.version}, approved by ${lock.approvedBy}`,
        ]
      : []),
    ...(merge ? [`  merge: ${mergeText(merge)}`] : []),
    ...evidence.map(
      (e) =>
        `  entry ${e.index}: ${e.type} of ${e.time}, leaf ${e.leaf.slice(0, 12)}, in the log by ${e.inclusion.length} hashes`,
    ),
    ...missing.map((words) => `  not there: ${words}`),
  ];
  return [`Proof of ${what}`, ...lines].map(printable).join('\n');
}

function mergeText({ commit, at, pull, kind, scope, merger, approvals }: ProvenMerge): string {
  const people = approvals.map(({ person, teams }) => `${person} (${teams.join(', ') || 'no team'})`);
  const by = people.length === 0 ? 'by no person, as an automatic ring may' : `by ${people.join(', ')}`;
  return `pull request ${pull} (${kind} ${scope}), merged by ${merger} at ${at} as ${short(commit)}, approved ${by}`;
}

const short = (id: string): string => id.slice(0, 12);
