import { PatchwardenError } from '../domain/errors.ts';
import type { DocumentSource } from '../domain/explanation.ts';
import type { Git } from '../ports/git.ts';
import { sortedBy } from '../util/sort.ts';
import type { Wire } from './wire.ts';

/** The commit that brought each document: of one commit, else of the work tree, where a file may have changed since. */
export async function documentSources(
  wire: Pick<Wire, 'git'>,
  at: { readonly repo: string; readonly commit: string | undefined },
  files: readonly string[],
): Promise<readonly DocumentSource[]> {
  const git = await openedGit(wire, at.repo);
  const tree = at.commit === undefined ? await git?.workTree() : undefined;
  const head = at.commit ?? tree?.head ?? null;
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

/** Policy can be tried out in any directory; whether that is a repository is no condition of an explanation. */
async function openedGit(wire: Pick<Wire, 'git'>, repo: string): Promise<Git | undefined> {
  try {
    return await wire.git(repo);
  } catch (error) {
    if (error instanceof PatchwardenError && error.code === 'not-a-repository') return undefined;
    throw error;
  }
}
