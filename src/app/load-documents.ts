import { type PolicyDocuments, policyDocumentsOf } from '../contracts/policy-repository.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { readWorkingTree } from './read-working-tree.ts';
import type { Wire } from './wire.ts';

/**
 * The documents of a work tree as it is, for verbs that change no host.
 * @throws PatchwardenError `not-a-repository`, `bad-document`
 */
export async function loadDocuments(wire: Pick<Wire, 'fileTree'>, repo: string): Promise<PolicyDocuments> {
  const { files, unreadable } = await readWorkingTree(wire.fileTree(repo, { links: 'refuse' }));
  const [first] = unreadable;
  if (first) throw new PatchwardenError('bad-document', `${first.file} of ${repo}: ${first.message}`);
  return policyDocumentsOf(files, repo);
}
