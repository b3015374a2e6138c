import { type PolicyDocuments, policyDocumentsOf } from '../contracts/policy-repository.ts';
import { isGoverned } from '../domain/governed.ts';
import type { Git } from '../ports/git.ts';

/** The documents of one commit. Nothing is read from the work tree. Throws like {@link policyDocumentsOf}. */
export async function documentsAt(
  git: Pick<Git, 'listTree' | 'readBytes'>,
  commit: string,
): Promise<PolicyDocuments> {
  const files = new Map<string, Uint8Array>();
  for (const { path } of await git.listTree(commit, '')) {
    if (!isGoverned(path)) continue;
    const bytes = await git.readBytes(commit, path);
    if (bytes) files.set(path, bytes);
  }
  return policyDocumentsOf(files, `commit ${commit.slice(0, 12)}`);
}
