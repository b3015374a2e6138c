import { ok, type Result } from '../../domain/result.ts';
import { personOf } from '../../domain/roles.ts';
import type { Git, GitCommit } from '../../ports/git.ts';
import { compareCodePoints } from '../../util/sort.ts';
import type { Authority } from '../read-roles.ts';
import { type Refusal, refuse, short } from './refusal.ts';

export interface People {
  /** Ids of persons, `bot`, `unknown:<principal>`; sorted. */
  readonly authors: readonly string[];
  /** Every commit was signed by the bot. */
  readonly botOnly: boolean;
  /** What people state in trailers `Reason` of commits that they signed; the bot's own state none. Sorted. */
  readonly reasons: readonly string[];
}

/** The one who stands behind a principal: a person's id, `bot`, or `unknown:<principal>`. */
export function idOf(authority: Authority, principal: string): string {
  const person = personOf(authority.roles, principal);
  if (person === undefined) return `unknown:${principal.toLowerCase()}`;
  return person === 'bot' ? 'bot' : person.id;
}

/**
 * Everybody behind the commits of a proposal: author, committer, signer and co-authors of each. Every commit must carry a
 * valid signature of the person who committed it; otherwise anybody could write in another's name.
 */
export async function peopleBehind(
  git: Pick<Git, 'readCommit' | 'verifyCommit'>,
  commits: readonly string[],
  authority: Authority,
): Promise<Result<People, Refusal>> {
  const authors = new Set<string>();
  const reasons = new Set<string>();
  let botOnly = commits.length > 0;
  for (const id of commits) {
    const commit = await git.readCommit(id);
    const signature = await git.verifyCommit(id, authority.allowedSigners);
    if (!signature.valid)
      return refuse(
        id,
        'history/author-signature',
        `commit ${short(id)} of the proposal ${SIGNATURE_WORDS[signature.reason]}`,
      );
    const signer = idOf(authority, signature.principal);
    const committer = idOf(authority, commit.committer.email);
    if (signer !== committer)
      return refuse(
        id,
        'history/author-mismatch',
        `commit ${short(id)} of the proposal says that ${committer} committed it, and the key that signed it is that of ${signer}`,
      );
    if (signer !== 'bot') {
      botOnly = false;
      for (const reason of reasonsOf(commit)) reasons.add(reason);
    }
    for (const email of [commit.author.email, ...coAuthors(commit)]) authors.add(idOf(authority, email));
    authors.add(signer);
  }
  return ok({
    authors: [...authors].sort(compareCodePoints),
    botOnly,
    reasons: [...reasons].sort(compareCodePoints),
  });
}

export const SIGNATURE_WORDS = {
  unsigned: 'is not signed',
  'unknown-key': 'is signed by a key that is not in allowed-signers at that time',
  'bad-signature': 'has a signature that does not fit its content',
} as const;

/** Trailers `Reason: …`; an empty one states nothing. */
const reasonsOf = ({ trailers }: GitCommit): readonly string[] =>
  trailers.flatMap(({ key, value }) =>
    key.toLowerCase() === 'reason' && value.trim() ? [value.trim()] : [],
  );

/** `Co-authored-by: Name <address>` anywhere in the message: people write it by hand, not always last. */
const coAuthors = (commit: GitCommit): readonly string[] =>
  [...commit.message.matchAll(/^\s*co-authored-by\s*:[^<\n]*<([^>\n]+)>/gim)].map(([, email = '']) =>
    email.trim(),
  );
