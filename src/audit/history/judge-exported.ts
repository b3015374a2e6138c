import { denialWords } from '../../domain/change-words.ts';
import { type MergeExport, parseExport } from '../../domain/merge-export.ts';
import { fail, ok, type Result } from '../../domain/result.ts';
import { type Person, personOf, personOfAccount } from '../../domain/roles.ts';
import type { Git, GitCommit } from '../../ports/git.ts';
import { type Authority, readAuthority } from '../read-roles.ts';
import type { VerifiedApproval } from './approval.ts';
import { isCleanMerge } from './clean-merge.ts';
import { gatherChange, isChangeKind } from './gather-change.ts';
import { type HistoryDeps, machineOnly, type VerifiedMerge } from './judge-merge.ts';
import type { LoggedExport } from './logged-objects.ts';
import { idOf, SIGNATURE_WORDS } from './people.ts';
import { type HistoryRule, type Refusal, refuse, short } from './refusal.ts';

/**
 * Decides about a merge that a forge made: the bot's signed export says what the forge knew, and everything in it that
 * can be recomputed is. Reviews count only at the head that was merged, and only of accounts that roles.json gives to a
 * person at the first parent.
 */
export async function judgeExported(
  { git, policy }: HistoryDeps,
  commit: GitCommit,
  path: string,
  logged: LoggedExport,
): Promise<Result<VerifiedMerge, Refusal>> {
  const { id } = commit;
  const [base, second, ...more] = commit.parents;
  const no = (rule: HistoryRule, sentence: string) => refuse(id, rule, sentence, path);
  if (base === undefined) return no('history/not-a-merge', 'it has no parent');
  if (more.length > 0) return no('history/octopus', `it merges ${more.length + 1} branches at once`);
  const authority = await readAuthority(git, base);
  if (!authority.ok) return no('history/unreadable', `at its first parent ${authority.error}`);
  const said = await readExport(git, logged, authority.value);
  if (!said.ok) return no(said.error.rule, said.error.sentence);
  const { pull, kind, scope, contentDigest, head, merge, merger: account, reviews } = said.value;
  if (merge !== id)
    return no('history/export-other-merge', `the export of it is about the merge ${short(merge)}`);
  if (!isChangeKind(kind)) return no('history/export-form', `there is no kind of proposal ${kind}`);
  if (second !== undefined && second !== head)
    return no('history/export-head', `it merges ${short(second)}, and the reviews were of ${short(head)}`);
  if (!(await ensureCommits(git, head, logged.commits)))
    return no(
      'history/export-head',
      `the head ${short(head)} of pull request ${pull} is neither in the repository nor in the evidence`,
    );
  // After a squash nothing on the protected branch keeps the trees of the head; where they are, they must agree.
  if (second !== undefined || (await git.resolve(`${head}^{tree}`)) !== undefined) {
    const clean = await isCleanMerge(git, commit, base, head);
    if (!clean.ok) return clean;
  }
  const { roles } = authority.value;
  const merger = personOfAccount(roles, account);
  if (merger === undefined)
    return no(
      'history/unknown-merger',
      `the account ${account} merged it, which belongs to nobody in roles.json at its first parent`,
    );
  const gathered = await gatherChange(git, {
    ...{ base, head, tree: id, pull, kind, scope, contentDigest, approvals: [] },
    reviews: approvalsOf(reviews, logged.commit, contentDigest, authority.value),
    merger: merger === 'bot' ? null : { person: merger.id, roles: [...merger.roles] },
    authority: authority.value,
    about: id,
  });
  if (!gathered.ok) return no(gathered.error.rule, gathered.error.sentence);
  const change = gathered.value;
  if (!machineOnly(change)) {
    if (merger === 'bot')
      return no('history/bot-merges', 'the account of the bot merged it; the bot merges nothing');
    if (change.approvals.length === 0)
      return no(
        'history/no-approvals',
        'nobody known approved its head, and it is more than the bot moving the lock of a ring that merges by itself',
      );
  }
  const verdict = policy.change(change.input);
  if (!verdict.allowed) return no('history/policy', denialWords(verdict.reasons));
  return ok({
    ...{ commit: id, base, head, at: commit.committer.at, pull, kind, scope, contentDigest, evidence: null },
    approvals: change.approvals,
    merger: merger === 'bot' ? 'bot' : merger.id,
    paths: change.content.paths,
    exported: { commit: logged.commit, commits: logged.commits },
  });
}

/** The export, if the bot signed it with a key that was the bot's at the base of the merge. */
async function readExport(
  git: Pick<Git, 'storeCommit' | 'verifyCommit' | 'readCommit'>,
  logged: LoggedExport,
  authority: Authority,
): Promise<Result<MergeExport, Pick<Refusal, 'rule' | 'sentence'>>> {
  const { commit: id, object } = logged;
  const no = (rule: HistoryRule, sentence: string) => fail({ rule, sentence });
  if ((await git.storeCommit(object)) !== id)
    return no('history/export-form', `the export ${short(id)} is not the object that the evidence keeps`);
  const signature = await git.verifyCommit(id, authority.allowedSigners);
  if (!signature.valid)
    return no('history/export-signature', `its export ${short(id)} ${SIGNATURE_WORDS[signature.reason]}`);
  const commit = await git.readCommit(id);
  if (
    personOf(authority.roles, signature.principal) !== 'bot' ||
    idOf(authority, commit.committer.email) !== 'bot'
  )
    return no('history/export-signature', `its export ${short(id)} is not the bot's`);
  const said = parseExport(commit.trailers);
  return said.ok ? said : no('history/export-form', `its export ${short(id)}: ${said.error}`);
}

/** Stores the raw commits of the evidence where the repository no longer has the head. */
async function ensureCommits(
  git: Pick<Git, 'resolve' | 'storeCommit'>,
  head: string,
  commits: readonly string[],
): Promise<boolean> {
  if ((await git.resolve(head)) === head) return true;
  for (const raw of commits) await git.storeCommit(raw);
  return (await git.resolve(head)) === head;
}

/** Reviews of accounts that belong to a person; the bot's own and those of strangers are nothing. */
export function approvalsOf(
  reviews: MergeExport['reviews'],
  commit: string,
  contentDigest: string,
  { roles }: Authority,
): readonly VerifiedApproval[] {
  const people = new Map<string, Person>();
  for (const { account } of reviews) {
    const person = personOfAccount(roles, account);
    if (person !== undefined && person !== 'bot') people.set(person.id, person);
  }
  return [...people.values()].map(({ id, teams, roles: held }) => ({
    ...{ commit, person: id, teams, contentDigest },
    roles: held,
  }));
}
