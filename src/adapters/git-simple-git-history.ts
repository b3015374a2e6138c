import { PatchwardenError } from '../domain/errors.ts';
import type { Git } from '../ports/git.ts';
import { parseCommitObject } from './git-commit-object.ts';
import { type GitReads, revision } from './git-simple-git-read.ts';
import type { GitRun } from './git-simple-git-run.ts';

/** Whole histories, which commit by commit would start a process each. */
export const gitHistory = (run: GitRun, reads: Pick<GitReads, 'readObjects'>): Pick<Git, 'history'> => ({
  async history(head) {
    const { text } = await run(['rev-list', '--topo-order', '--reverse', revision(head)]);
    const ids = text === '' ? [] : text.split('\n');
    const raw = await reads.readObjects(ids);
    return ids.map((id, i) => {
      const bytes = raw[i];
      if (!bytes) throw new PatchwardenError('forge-failed', `commit ${id.slice(0, 12)} is missing`);
      return parseCommitObject(id, bytes).commit;
    });
  },
});
