import type { MergeEvidence } from '../contracts/generated/evidence-entry.ts';
import type { EvidenceProblem, Logged } from '../domain/evidence.ts';
import { parseExport } from '../domain/merge-export.ts';
import { parseMergeTrailers } from '../domain/pull-trailers.ts';
import type { Git, GitCommit } from '../ports/git.ts';
import { digestOf } from '../util/digest.ts';
import { aboutEntry, nameOf, ofType, short } from './evidence-problem.ts';
import { readDocument } from './history/read-document.ts';
import type { ProtectedHistory } from './protected-history.ts';

const LOCK_PATH = /^locks\/[^/]+\/[^/]+\.lock\.json$/;

/** Every merge entry against the real commit: on the protected branch, saying the same, bringing those locks, on approvals that are logged. */
export async function verifyMerges(
  git: Pick<Git, 'diffTrees' | 'readObjects' | 'storeCommit' | 'readCommit'>,
  entries: readonly Logged[],
  history: ProtectedHistory,
): Promise<readonly EvidenceProblem[]> {
  const problems: EvidenceProblem[] = [];
  const seen = new Map<string, Logged>();
  for (const logged of ofType(entries, 'merge')) {
    const { entry } = logged;
    const first = seen.get(entry.commit);
    if (first) problems.push(aboutEntry(logged, `its merge was logged before, by ${nameOf(first)}`));
    seen.set(entry.commit, logged);
    const commit = history.line.get(entry.commit);
    if (!commit) {
      problems.push(aboutEntry(logged, `commit ${short(entry.commit)} is not on the protected branch`));
      continue;
    }
    problems.push(
      ...(entry.export === undefined
        ? trailerProblems(logged, commit)
        : await exportProblems(git, logged, entries)),
    );
    problems.push(...(await lockProblems(git, logged, commit)));
    problems.push(...approvalProblems(logged, entries));
  }
  return problems;
}

function trailerProblems(logged: Logged<MergeEvidence>, commit: GitCommit): EvidenceProblem[] {
  const { entry } = logged;
  const says = parseMergeTrailers(commit.trailers);
  if (!says.ok)
    return [aboutEntry(logged, `commit ${short(commit.id)} is no merge of a pull request: ${says.error}`)];
  const { pull, kind, scope, contentDigest, approvals } = says.value;
  const same =
    pull === entry.pull &&
    kind === entry.kind &&
    scope === entry.scope &&
    contentDigest === entry.contentDigest &&
    digestOf(approvals.toSorted()) === digestOf(entry.approvals.toSorted());
  return same
    ? []
    : [aboutEntry(logged, `commit ${short(commit.id)} says something else than this entry of it`)];
}

/** A forge's merge says nothing itself; its export does, and stands in the log before it. */
async function exportProblems(
  git: Pick<Git, 'storeCommit' | 'readCommit'>,
  logged: Logged<MergeEvidence>,
  entries: readonly Logged[],
): Promise<EvidenceProblem[]> {
  const { entry } = logged;
  const exported = ofType(entries, 'export').find(
    (e) => e.entry.commit === entry.export && e.index < logged.index,
  );
  if (!exported)
    return [aboutEntry(logged, `its export ${short(entry.export ?? '')} is not in the log before it`)];
  const id = await git.storeCommit(exported.entry.object);
  const says = parseExport((await git.readCommit(id)).trailers);
  if (id !== entry.export || !says.ok)
    return [aboutEntry(logged, `its export ${short(entry.export ?? '')} cannot be read`)];
  const { pull, kind, scope, contentDigest, merge } = says.value;
  const same =
    merge === entry.commit &&
    pull === entry.pull &&
    kind === entry.kind &&
    scope === entry.scope &&
    contentDigest === entry.contentDigest;
  return same ? [] : [aboutEntry(logged, `its export, ${nameOf(exported)}, says something else`)];
}

async function lockProblems(
  git: Pick<Git, 'diffTrees' | 'readObjects'>,
  logged: Logged<MergeEvidence>,
  commit: GitCommit,
): Promise<EvidenceProblem[]> {
  const changed = await git.diffTrees(commit.parents[0] ?? null, commit.id);
  const paths = changed.filter((c) => c.blob !== null && LOCK_PATH.test(c.path)).map((c) => c.path);
  const contents = await git.readObjects(paths.map((path) => `${commit.id}:${path}`));
  const locks = contents.map((bytes, i) => readDocument(bytes, paths[i] ?? '', 'PatchLock'));
  const brought = new Set(locks.flatMap((lock) => (lock ? [digestOf(lock)] : [])));
  return logged.entry.locks
    .filter((lock) => !brought.has(lock))
    .map((lock) => aboutEntry(logged, `commit ${short(commit.id)} brought no lock with the digest ${lock}`));
}

function approvalProblems(logged: Logged<MergeEvidence>, entries: readonly Logged[]): EvidenceProblem[] {
  const { approvals, pull, contentDigest } = logged.entry;
  const given = ofType(entries, 'approval').filter((a) => a.index < logged.index);
  return approvals.flatMap((id) => {
    const approval = given.find((a) => a.entry.commit === id);
    if (!approval) return [aboutEntry(logged, `its approval ${short(id)} is not in the log before it`)];
    return approval.entry.pull === pull && approval.entry.contentDigest === contentDigest
      ? []
      : [aboutEntry(logged, `its approval ${short(id)}, ${nameOf(approval)}, was given to something else`)];
  });
}
