import type { HaltEvidence, LiftEvidence } from '../contracts/generated/evidence-entry.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { personOf } from '../domain/roles.ts';
import type { Git } from '../ports/git.ts';
import { digestOf } from '../util/digest.ts';
import { SIGNATURE_WORDS } from './history/people.ts';
import { readAuthority } from './read-roles.ts';

/** Trailer by which a person signs a halt or lift: the digest of repository and entry, without the signed object. */
export const STOP_TRAILER = 'Patchwarden-Stop';

export type StopEntry = HaltEvidence | LiftEvidence;

/** What a person signs: exactly this entry of this repository. */
export function stopDigest(repository: string, entry: StopEntry): string {
  const { object: _, ...said } = entry;
  return digestOf({ repository, entry: said });
}

type StopGit = Pick<Git, 'storeCommit' | 'readCommit' | 'verifyCommit' | 'readFile' | 'isAncestor'>;

/**
 * Why the halt or lift of a person does not stand; undefined when it does. It is signed by an operator of the protected
 * branch as it was then, and a lift, which lets hosts be changed, also by one of now.
 * @param head the protected branch now
 */
export async function whyNoStop(
  git: StopGit,
  entry: StopEntry,
  { head, repository }: { readonly head: string; readonly repository: string },
): Promise<string | undefined> {
  if (entry.object === undefined) return 'it is not signed by a person';
  try {
    const id = await git.storeCommit(entry.object);
    const commit = await git.readCommit(id);
    const [then] = commit.parents;
    const digest = stopDigest(repository, entry);
    if (!commit.trailers.some((t) => t.key === STOP_TRAILER && t.value === digest))
      return 'its signed object says something else';
    if (then === undefined || commit.parents.length !== 1 || !(await git.isAncestor(then, head)))
      return 'it was not made on the protected branch';
    const judgedAt = entry.type === 'lift' && then !== head ? [then, head] : [then];
    for (const at of judgedAt) {
      const why = await whyNotBy(git, id, entry.by, at);
      if (why !== undefined) return why;
    }
    return undefined;
  } catch (error) {
    if (error instanceof PatchwardenError) return `its object cannot be read: ${error.message}`;
    throw error;
  }
}

async function whyNotBy(git: StopGit, id: string, by: string, at: string): Promise<string | undefined> {
  const authority = await readAuthority(git, at);
  if (!authority.ok) return `it cannot be judged at commit ${at.slice(0, 12)}: ${authority.error}`;
  const signature = await git.verifyCommit(id, authority.value.allowedSigners);
  if (!signature.valid) return `it ${SIGNATURE_WORDS[signature.reason]}`;
  const person = personOf(authority.value.roles, signature.principal);
  if (person === undefined || person === 'bot') return `${signature.principal} is no person in roles.json`;
  if (by !== `person:${person.id}`) return `it is signed by ${person.id}, not by ${by}`;
  return person.roles.includes('operator')
    ? undefined
    : `${person.id} has not the role operator, which stops and lifts`;
}
