import { denialWords } from '../../domain/change-words.ts';
import { isGoverned } from '../../domain/governed.ts';
import { parseMergeTrailers } from '../../domain/pull-trailers.ts';
import { ok, type Result } from '../../domain/result.ts';
import { type Person, personOf } from '../../domain/roles.ts';
import type { Git, GitCommit } from '../../ports/git.ts';
import type { PolicyEngine } from '../../ports/policy-engine.ts';
import { type Authority, readAuthority } from '../read-roles.ts';
import type { VerifiedApproval } from './approval.ts';
import { isCleanMerge } from './clean-merge.ts';
import type { Content } from './content.ts';
import { type Change, type ChangeGit, gatherChange, isChangeKind } from './gather-change.ts';
import { judgeExported } from './judge-exported.ts';
import type { LoggedExport, LoggedObjects } from './logged-objects.ts';
import { idOf, SIGNATURE_WORDS } from './people.ts';
import { type Refusal, refuse } from './refusal.ts';

export interface HistoryDeps {
  readonly git: ChangeGit & Pick<Git, 'mergeTree'>;
  readonly policy: Pick<PolicyEngine, 'change'>;
}

/** A merge on the protected branch that stands. */
export interface VerifiedMerge {
  readonly commit: string;
  /** The head it landed on, and the head it brought. */
  readonly base: string;
  readonly head: string;
  /** Its committer time. */
  readonly at: string;
  readonly pull: number;
  readonly kind: string;
  readonly scope: string;
  readonly contentDigest: string;
  /** Empty where the machine alone moved the lock of a ring that merges by itself. */
  readonly approvals: readonly VerifiedApproval[];
  readonly merger: string;
  readonly paths: Content['paths'];
  /** `<size>:<root>` of the evidence log that it names; null where it names none. */
  readonly evidence: string | null;
  /** Where a forge made it: the export, and the raw commits of the pull request. */
  readonly exported?: Pick<LoggedExport, 'commit' | 'commits'>;
}

const SIGNATURE_RULES = {
  unsigned: 'history/unsigned',
  'unknown-key': 'history/unknown-key',
  'bad-signature': 'history/bad-signature',
} as const;

/**
 * Decides whether one commit of the protected branch stands: null when it touches nothing that is governed, the merge
 * when everything about it was verified, else the first reason why not.
 */
export async function judgeMerge(
  { git, policy }: HistoryDeps,
  id: string,
  objects?: LoggedObjects,
): Promise<Result<VerifiedMerge | null, Refusal>> {
  const commit = await git.readCommit(id);
  const [base, head] = commit.parents;
  const governed = (await git.diffTrees(base ?? null, id)).filter((c) => isGoverned(c.path));
  const [first] = governed;
  if (!first) return ok(null);
  const exported = await objects?.exported(id);
  if (exported) return judgeExported({ git, policy }, commit, first.path, exported);
  const about = <R>(result: Result<R, Refusal>): Result<R, Refusal> =>
    result.ok
      ? result
      : refuse(id, result.error.rule, result.error.sentence, result.error.path ?? first.path);

  if (base === undefined || head === undefined)
    return refuse(
      id,
      'history/not-a-merge',
      'it changes what is governed and is no merge of a pull request',
      first.path,
    );
  if (commit.parents.length > 2)
    return refuse(
      id,
      'history/octopus',
      `it merges ${commit.parents.length - 1} branches at once`,
      first.path,
    );
  const authority = await readAuthority(git, base);
  if (!authority.ok)
    return refuse(id, 'history/unreadable', `at its first parent ${authority.error}`, first.path);
  const merger = about(await mergerOf(git, commit, authority.value));
  if (!merger.ok) return merger;
  const says = parseMergeTrailers(commit.trailers);
  if (!says.ok) return refuse(id, 'history/trailers', says.error, first.path);
  const { pull, kind, scope, contentDigest, approvals, evidence } = says.value;
  if (!isChangeKind(kind))
    return refuse(id, 'history/trailers', `there is no kind of proposal ${kind}`, first.path);
  const clean = await isCleanMerge(git, commit, base, head);
  if (!clean.ok) return clean;

  const merging = { person: merger.value.id, roles: [...merger.value.roles] };
  const gathered = about(
    await gatherChange(git, {
      ...{ base, head, tree: id, pull, kind, scope, contentDigest, approvals },
      approvalObject: objects?.approval,
      merger: merging,
      authority: authority.value,
      about: id,
    }),
  );
  if (!gathered.ok) return gathered;
  const change = gathered.value;
  if (approvals.length === 0 && !machineOnly(change))
    return refuse(
      id,
      'history/no-approvals',
      'it names no approval, and it is more than the bot moving the lock of a ring that merges by itself',
      first.path,
    );
  const verdict = policy.change(change.input);
  if (!verdict.allowed) return refuse(id, 'history/policy', denialWords(verdict.reasons), first.path);
  return ok({
    ...{ commit: id, base, head, at: commit.committer.at, pull, kind, scope, contentDigest, evidence },
    approvals: change.approvals,
    merger: merger.value.id,
    paths: change.content.paths,
  });
}

async function mergerOf(
  git: HistoryDeps['git'],
  commit: GitCommit,
  authority: Authority,
): Promise<Result<Person, Refusal>> {
  const { id } = commit;
  const signature = await git.verifyCommit(id, authority.allowedSigners);
  if (!signature.valid)
    return refuse(id, SIGNATURE_RULES[signature.reason], `the merge ${SIGNATURE_WORDS[signature.reason]}`);
  const person = personOf(authority.roles, signature.principal);
  if (person === 'bot') return refuse(id, 'history/bot-merges', 'the bot signed it; the bot merges nothing');
  if (person === undefined)
    return refuse(
      id,
      'history/unknown-merger',
      `it is signed by ${signature.principal}, who is nobody in roles.json at its first parent`,
    );
  const committer = idOf(authority, commit.committer.email);
  return committer === person.id
    ? ok(person)
    : refuse(
        id,
        'history/signer-mismatch',
        `it says that ${committer} committed it, and the key that signed it is that of ${person.id}`,
      );
}

export const machineOnly = ({ people, content }: Change): boolean =>
  people.botOnly &&
  content.autoRing &&
  people.authors.every((a) => a === 'bot') &&
  content.paths.every((p) => p.class === 'lock');
