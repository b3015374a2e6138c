import { type PolicyDocuments, policyDocumentsOf } from '../contracts/policy-repository.ts';
import { isGoverned } from '../domain/governed.ts';
import type { Git } from '../ports/git.ts';

/** The documents of one commit. Nothing is read from the work tree. Throws like {@link policyDocumentsOf}. */
export async function documentsAt(
  git: Pick<Git, 'listTree' | 'readBytes' | 'readObjects'>,
  commit: string,
): Promise<PolicyDocuments> {
  const files = new Map<string, Uint8Array>();
  const governed = (await git.listTree(commit, '')).filter((e) => isGoverned(e.path));
  const regular = governed.filter((e) => e.mode.startsWith('100'));
  const blobs = await git.readObjects(regular.map((e) => e.blob));
  const known = new Map(regular.map((e, i) => [e.path, blobs[i]]));
  for (const { path } of governed) {
    // Read by its path, a link or a missing blob is refused with its name.
    const bytes = known.get(path) ?? (await git.readBytes(commit, path));
    if (bytes) files.set(path, bytes);
  }
  return policyDocumentsOf(files, `commit ${commit.slice(0, 12)}`);
}
