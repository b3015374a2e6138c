import { EVIDENCE_TRAILER } from '../domain/evidence.ts';
import type { Git, GitCommit } from '../ports/git.ts';
import { short } from './evidence-problem.ts';
import type { HeadClaim } from './verify-states.ts';

/** What the protected branch says of the evidence. */
export interface ProtectedHistory {
  readonly head: string;
  /** Commits of the first-parent line by id, oldest first. */
  readonly line: ReadonlyMap<string, GitCommit>;
  /** States that commits name, on the line and in what merges brought; oldest first. */
  readonly claims: readonly HeadClaim[];
}

export async function readProtectedHistory(
  git: Pick<Git, 'history'>,
  head: string,
): Promise<ProtectedHistory> {
  const commits = await git.history(head);
  const line = new Map(firstParents(commits, head).map((c) => [c.id, c]));
  const claims = commits.flatMap(({ id, trailers }) =>
    trailers
      .filter((t) => t.key === EVIDENCE_TRAILER)
      .map((t) => ({ by: `commit ${short(id)} of the protected branch`, head: t.value })),
  );
  return { head, line, claims };
}

/** The first-parent line up to a commit, oldest first, as far as the commits reach. */
export function firstParents(commits: readonly GitCommit[], head: string): readonly GitCommit[] {
  const byId = new Map(commits.map((c) => [c.id, c]));
  const line: GitCommit[] = [];
  for (let commit = byId.get(head); commit; commit = byId.get(commit.parents[0] ?? '')) line.push(commit);
  return line.reverse();
}
