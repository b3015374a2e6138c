import type { ApprovalEvidence } from '../contracts/generated/evidence-entry.ts';
import { PatchwardenError } from '../domain/errors.ts';
import type { EvidenceProblem, Logged } from '../domain/evidence.ts';
import type { Result } from '../domain/result.ts';
import type { Git } from '../ports/git.ts';
import { aboutEntry, nameOf, ofType, short } from './evidence-problem.ts';
import { verifyApproval } from './history/approval.ts';
import type { ProtectedHistory } from './protected-history.ts';
import { type Authority, readAuthority } from './read-roles.ts';

type ApprovalGit = Pick<Git, 'resolve' | 'storeCommit' | 'readCommit' | 'verifyCommit' | 'readFile'>;
type AuthorityAt = (commit: string) => Promise<Result<Authority, string>>;

/**
 * Every approval entry by the signed object in it alone: that it is the commit it claims to be, approves that content
 * of that pull request, and is signed by that person, judged by the keys and roles at the head its merge landed on
 * (at the protected head while it is not merged). The object need not be in the repository: evidence is enough.
 */
export async function verifyApprovals(
  git: ApprovalGit,
  entries: readonly Logged[],
  history: ProtectedHistory,
): Promise<readonly EvidenceProblem[]> {
  const merges = ofType(entries, 'merge').map((m) => m.entry);
  const authorityAt = remembered((commit: string) => readAuthority(git, commit));
  const problems: EvidenceProblem[] = [];
  const seen = new Map<string, Logged>();
  for (const logged of ofType(entries, 'approval')) {
    const { commit } = logged.entry;
    const first = seen.get(commit);
    if (first) problems.push(aboutEntry(logged, `its approval was logged before, by ${nameOf(first)}`));
    seen.set(commit, logged);
    const merge = merges.find((m) => m.approvals.includes(commit));
    const landedOn = history.line.get(merge?.commit ?? '')?.parents[0] ?? history.head;
    const why = await whyWrong(git, logged.entry, landedOn, authorityAt);
    if (why !== undefined) problems.push(aboutEntry(logged, why));
  }
  return problems;
}

async function whyWrong(
  git: ApprovalGit,
  entry: ApprovalEvidence,
  landedOn: string,
  authorityAt: AuthorityAt,
): Promise<string | undefined> {
  try {
    if ((await git.storeCommit(entry.object)) !== entry.commit)
      return `its object is not the commit ${short(entry.commit)}`;
    const authority = await authorityAt(landedOn);
    if (!authority.ok) return `it cannot be judged at commit ${short(landedOn)}: ${authority.error}`;
    const approval = await verifyApproval(git, entry.commit, entry, authority.value);
    if (!approval.ok) return approval.error.sentence;
    return approval.value.person === entry.person
      ? undefined
      : `the approval ${short(entry.commit)} is that of ${approval.value.person}, not of ${entry.person}`;
  } catch (error) {
    if (error instanceof PatchwardenError) return `its object cannot be read as a commit: ${error.message}`;
    throw error;
  }
}

/** Each key is asked once. */
function remembered<T>(ask: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const answers = new Map<string, Promise<T>>();
  return (key) => {
    const answer = answers.get(key) ?? ask(key);
    answers.set(key, answer);
    return answer;
  };
}
