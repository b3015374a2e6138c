import type { DocumentSource } from '../domain/explanation.ts';
import type { Git } from '../ports/git.ts';
import { sortedBy } from '../util/sort.ts';

/** The commit that brought each document: of one commit, else of the work tree, where a file may have changed since. */
export async function documentSources(
  git: Git | undefined,
  at: string | undefined,
  files: readonly string[],
): Promise<readonly DocumentSource[]> {
  const tree = at === undefined ? await git?.workTree() : undefined;
  const head = at ?? tree?.head ?? null;
  return Promise.all(
    sortedBy(new Set(files), (f) => f).map(async (file): Promise<DocumentSource> => {
      if (!git || head === null) return { file, state: 'unversioned', commit: null };
      const commit = await git.lastChange(head, file);
      return commit === undefined || tree?.dirty.includes(file)
        ? { file, state: 'changed', commit: null }
        : { file, state: 'committed', commit };
    }),
  );
}
