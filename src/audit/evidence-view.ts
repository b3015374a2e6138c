import { CHECKPOINT_PATH, EVIDENCE_TRAILER } from '../domain/evidence.ts';
import type { Git } from '../ports/git.ts';
import type { LogFiles } from '../util/tlog/grow.ts';

/** One commit of the evidence branch: a state the log was in. */
export interface EvidenceState {
  readonly commit: string;
  readonly parents: readonly string[];
  readonly checkpoint: Uint8Array | undefined;
  /** What its trailer says the state is; undefined without one. */
  readonly named: string | undefined;
}

/** All that the evidence branch says, read and not yet believed. */
export interface EvidenceView {
  /** Files of the head; empty where there is no log yet. */
  readonly files: LogFiles;
  /** Paths of the head that are no plain files (links, submodules, executables). */
  readonly odd: readonly string[];
  /** Oldest first; the last is the head. */
  readonly states: readonly EvidenceState[];
}

/** Reads the branch as it is at a commit, and every state before it. */
export async function readEvidenceView(
  git: Pick<Git, 'listTree' | 'readObjects' | 'history'>,
  head: string | undefined,
): Promise<EvidenceView> {
  if (head === undefined) return { files: new Map(), odd: [], states: [] };
  const tree = await git.listTree(head, '');
  const plain = tree.filter((e) => e.mode === '100644').map((e) => e.path);
  const contents = await git.readObjects(plain.map((path) => `${head}:${path}`));
  const commits = await git.history(head);
  const checkpoints = await git.readObjects(commits.map(({ id }) => `${id}:${CHECKPOINT_PATH}`));
  return {
    files: new Map(plain.flatMap((path, i) => (contents[i] ? [[path, contents[i]] as const] : []))),
    odd: tree.filter((e) => e.mode !== '100644').map((e) => e.path),
    states: commits.map((commit, i) => ({
      commit: commit.id,
      parents: commit.parents,
      checkpoint: checkpoints[i],
      named: commit.trailers.find((t) => t.key === EVIDENCE_TRAILER)?.value,
    })),
  };
}
