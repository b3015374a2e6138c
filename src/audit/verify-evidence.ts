import type { EvidenceVerdict } from '../domain/evidence.ts';
import type { Git } from '../ports/git.ts';
import { printable } from '../util/printable.ts';
import { emptyRoot, hexOf } from '../util/tlog/hash.ts';
import { parseVerifier } from '../util/tlog/note-keys.ts';
import { aboutLog } from './evidence-problem.ts';
import type { EvidenceView } from './evidence-view.ts';
import type { ProtectedHistory } from './protected-history.ts';
import { verifyApprovals } from './verify-approvals.ts';
import { verifyHalts } from './verify-halts.ts';
import { verifyLog } from './verify-log.ts';
import { verifyMerges } from './verify-merges.ts';
import { verifyRuns } from './verify-runs.ts';
import { type HeadClaim, verifyClaims, verifyStates } from './verify-states.ts';
import { verifyStops } from './verify-stops.ts';

/** The log as bytes: its files, its branch, and everybody's word about earlier states. No repository needed. */
export function verifyBytes(
  view: EvidenceView,
  verifierKey: string,
  claims: readonly HeadClaim[],
): EvidenceVerdict {
  const verifier = parseVerifier(verifierKey);
  if ('problem' in verifier)
    return unreadable(`log.key in roles.json is of no use: ${printable(verifier.problem)}`);
  const log = verifyLog(view, verifier.value);
  // Of a log that was tampered with, what the entries say is no evidence for anything, their order included.
  const entries = log.problems.length === 0 ? log.entries : [];
  const runs = verifyRuns(entries);
  const problems = [
    ...log.problems,
    ...verifyStates(view.states, log.leaves, verifier.value),
    ...verifyClaims(claims, log.leaves),
    ...runs.problems,
    ...verifyHalts(entries),
  ];
  return {
    ok: problems.length === 0,
    entries,
    head: { size: log.size, root: log.root },
    open: runs.open,
    problems,
  };
}

const unreadable = (message: string): EvidenceVerdict => ({
  ok: false,
  entries: [],
  head: { size: 0, root: hexOf(emptyRoot()) },
  open: [],
  problems: [aboutLog(message)],
});

/** Everything: the bytes, and each merge and approval against the real commits. */
export async function verifyEvidence(
  git: Pick<
    Git,
    | 'diffTrees'
    | 'readObjects'
    | 'resolve'
    | 'storeCommit'
    | 'readCommit'
    | 'verifyCommit'
    | 'readFile'
    | 'isAncestor'
  >,
  subject: {
    readonly view: EvidenceView;
    readonly verifierKey: string;
    readonly history: ProtectedHistory;
    /** Id of the policy repository. */
    readonly repository: string;
    /** From the state store, `<size>:<root>`. */
    readonly remembered: string | undefined;
  },
): Promise<EvidenceVerdict> {
  const { view, verifierKey, history, remembered, repository } = subject;
  const memory = remembered === undefined ? [] : [{ by: 'the state location', head: remembered.trim() }];
  const bytes = verifyBytes(view, verifierKey, [...history.claims, ...memory]);
  const authority = [
    ...(await verifyApprovals(git, bytes.entries, history)),
    ...(await verifyMerges(git, bytes.entries, history)),
    ...(await verifyStops(git, bytes.entries, { head: history.head, repository })),
  ];
  const problems = [...bytes.problems, ...authority];
  return { ...bytes, ok: problems.length === 0, problems };
}
