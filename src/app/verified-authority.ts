import { readDocument } from '../audit/history/read-document.ts';
import type { VerifiedMerge } from '../audit/history/verified-merge.ts';
import type { EvidenceEntry, ExportEvidence } from '../contracts/generated/evidence-entry.ts';
import type { Git } from '../ports/git.ts';
import { digestOf } from '../util/digest.ts';

/** What the verified merges authorise, and their entries for the evidence log. */
export interface VerifiedAuthority {
  /** Approvals, then the merge they led to, for each merge; oldest first. */
  readonly entries: readonly EvidenceEntry[];
  /** Path of a lock → the merge that last changed it. */
  readonly merges: ReadonlyMap<string, string>;
}

/** Turns verified merges into evidence: the signed approval objects themselves, and the digests of the locks each brought. */
export async function authorityOf(
  git: Pick<Git, 'readCommit' | 'rawCommit' | 'readObjects'>,
  merges: readonly VerifiedMerge[],
): Promise<VerifiedAuthority> {
  const entries: EvidenceEntry[] = [];
  const byPath = new Map<string, string>();
  for (const merge of merges) {
    const { pull, contentDigest, commit } = merge;
    if (merge.exported) entries.push(await exportEntry(git, merge, merge.exported));
    for (const approval of merge.exported ? [] : merge.approvals)
      entries.push({
        apiVersion: 'patchwarden/v1',
        type: 'approval',
        time: (await git.readCommit(approval.commit)).committer.at,
        pull,
        contentDigest,
        commit: approval.commit,
        person: approval.person,
        object: await git.rawCommit(approval.commit),
      });
    const brought = merge.paths.filter((p) => p.class === 'lock');
    for (const { path } of brought) byPath.set(path, commit);
    const kept = brought.filter((p) => p.change !== 'deleted').map((p) => p.path);
    entries.push({
      apiVersion: 'patchwarden/v1',
      type: 'merge',
      time: merge.at,
      commit,
      pull,
      kind: merge.kind,
      scope: merge.scope,
      contentDigest,
      approvals: merge.exported ? [] : merge.approvals.map((a) => a.commit),
      ...(merge.exported ? { export: merge.exported.commit } : {}),
      merger: merge.merger,
      locks: await digestsOf(git, commit, kept),
    });
  }
  return { entries, merges: byPath };
}

/** The entry of an export; its time is that of the bot's signature. */
export async function exportEntry(
  git: Pick<Git, 'readCommit' | 'rawCommit'>,
  { pull, commit: merge }: Pick<VerifiedMerge, 'pull' | 'commit'>,
  { commit, commits }: NonNullable<VerifiedMerge['exported']>,
): Promise<ExportEvidence> {
  return {
    apiVersion: 'patchwarden/v1',
    type: 'export',
    time: (await git.readCommit(commit)).committer.at,
    ...{ pull, merge, commit },
    object: await git.rawCommit(commit),
    commits: [...commits],
  };
}

async function digestsOf(
  git: Pick<Git, 'readObjects'>,
  commit: string,
  paths: readonly string[],
): Promise<string[]> {
  const bytes = await git.readObjects(paths.map((path) => `${commit}:${path}`));
  return paths.flatMap((path, i) => {
    const lock = readDocument(bytes[i], path, 'PatchLock');
    return lock ? [digestOf(lock)] : [];
  });
}
