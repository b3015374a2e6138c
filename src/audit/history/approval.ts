import { parseApprovalTrailers } from '../../domain/pull-trailers.ts';
import { ok, type Result } from '../../domain/result.ts';
import { personOf } from '../../domain/roles.ts';
import type { Git } from '../../ports/git.ts';
import type { Authority } from '../read-roles.ts';
import { idOf, SIGNATURE_WORDS } from './people.ts';
import { type Refusal, refuse, short } from './refusal.ts';

/** An approval that is really somebody's, for exactly this pull request and content. Whether it counts is for the rules. */
export interface VerifiedApproval {
  readonly commit: string;
  readonly person: string;
  readonly teams: readonly string[];
  readonly roles: readonly string[];
  readonly contentDigest: string;
}

export interface ApprovalSubject {
  readonly pull: number;
  readonly contentDigest: string;
}

/** Raw commit objects from elsewhere (evidence), for approvals whose references are gone. */
export type ApprovalObject = (commit: string) => Promise<string | undefined>;

type ApprovalGit = Pick<Git, 'resolve' | 'readCommit' | 'verifyCommit' | 'storeCommit'>;

/**
 * Checks one approval commit with the keys and roles at the base of the merge: a stale proposal cannot revive a revoked
 * approver. Only the signed message counts, so the object alone is enough.
 */
export async function verifyApproval(
  git: ApprovalGit,
  id: string,
  subject: ApprovalSubject,
  authority: Authority,
  approvalObject?: ApprovalObject,
): Promise<Result<VerifiedApproval, Refusal>> {
  if (!(await ensureObject(git, id, approvalObject)))
    return refuse(
      id,
      'history/approval-missing',
      `the approval ${short(id)} is neither in the repository nor in the evidence`,
    );
  const signature = await git.verifyCommit(id, authority.allowedSigners);
  if (!signature.valid)
    return refuse(
      id,
      'history/approval-signature',
      `the approval ${short(id)} ${SIGNATURE_WORDS[signature.reason]}`,
    );
  const commit = await git.readCommit(id);
  const says = parseApprovalTrailers(commit.trailers);
  if (!says.ok)
    return refuse(
      id,
      'history/approval-form',
      `commit ${short(id)} does not approve anything: ${says.error}`,
    );
  if (says.value.pull !== subject.pull)
    return refuse(
      id,
      'history/approval-other-pull',
      `the approval ${short(id)} is for pull request ${says.value.pull}, not ${subject.pull}`,
    );
  if (says.value.contentDigest !== subject.contentDigest)
    return refuse(
      id,
      'history/approval-other-content',
      `the approval ${short(id)} is for the content ${says.value.contentDigest}, not ${subject.contentDigest}`,
    );
  const person = personOf(authority.roles, signature.principal);
  if (person === undefined)
    return refuse(
      id,
      'history/approval-unknown-person',
      `the approval ${short(id)} was signed by ${signature.principal}, who is nobody in roles.json at that time`,
    );
  if (person === 'bot')
    return refuse(
      id,
      'history/approval-bot',
      `the approval ${short(id)} is the bot's; the bot approves nothing`,
    );
  const committer = idOf(authority, commit.committer.email);
  if (committer !== person.id)
    return refuse(
      id,
      'history/approval-mismatch',
      `the approval ${short(id)} says that ${committer} made it, and the key that signed it is that of ${person.id}`,
    );
  const { teams, roles } = person;
  return ok({ commit: id, person: person.id, teams, roles, contentDigest: says.value.contentDigest });
}

async function ensureObject(git: ApprovalGit, id: string, approvalObject?: ApprovalObject): Promise<boolean> {
  if ((await git.resolve(id)) === id) return true;
  const raw = await approvalObject?.(id);
  return raw !== undefined && (await git.storeCommit(raw)) === id;
}
