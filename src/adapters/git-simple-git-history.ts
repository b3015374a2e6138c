import { PatchwardenError } from '../domain/errors.ts';
import type { Git, GitCommit } from '../ports/git.ts';
import { parseCommitObject } from './git-commit-object.ts';
import { type GitReads, revision } from './git-simple-git-read.ts';
import type { GitRun } from './git-simple-git-run.ts';

/** Whole histories, which commit by commit would start a process each. */
export const gitHistory = (
  run: GitRun,
  reads: Pick<GitReads, 'readObjects'>,
): Pick<Git, 'history' | 'lastChange'> => ({
  async lastChange(head, path) {
    const args = ['log', '-1', '--first-parent', '--format=%H', revision(head), '--', path];
    const { text } = await run(args);
    return text === '' ? undefined : text;
  },
  async history(head) {
    const { text } = await run(['rev-list', '--topo-order', '--reverse', revision(head)]);
    const ids = text === '' ? [] : text.split('\n');
    const raw = await reads.readObjects(ids);
    return ids.map((id, i) => {
      const bytes = raw[i];
      if (!bytes) throw new PatchwardenError('forge-failed', `commit ${id.slice(0, 12)} is missing`);
      return readable(id, bytes);
    });
  },
});

/** A commit that two readers could read differently proves nothing: that is a finding, not a failure of Git. */
function readable(id: string, bytes: Uint8Array): GitCommit {
  try {
    return parseCommitObject(id, bytes).commit;
  } catch (cause) {
    if (!(cause instanceof PatchwardenError)) throw cause;
    throw new PatchwardenError('history-unverified', cause.message, { cause });
  }
}
