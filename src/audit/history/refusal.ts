import { PatchwardenError } from '../../domain/errors.ts';
import { fail, type Result } from '../../domain/result.ts';

/** Why a change does not stand. */
export interface Refusal {
  /** The commit of the protected branch, or of the proposal, that it is about. */
  readonly commit: string;
  readonly path: string | null;
  readonly rule: HistoryRule;
  readonly sentence: string;
}

export type HistoryRule =
  | 'history/anchor' // the trust anchor is not on the first-parent line
  | 'history/shallow' // older history was cut off
  | 'history/unreadable' // roles, config or a commit cannot be read
  | 'history/not-a-merge' // pushed straight to the protected branch, or squashed
  | 'history/octopus' // more than two parents
  | 'history/unsigned'
  | 'history/unknown-key'
  | 'history/bad-signature'
  | 'history/signer-mismatch' // signed by another person than the committer
  | 'history/bot-merges'
  | 'history/unknown-merger'
  | 'history/trailers' // missing, double or unreadable
  | 'history/mode' // a link, a submodule or an executable where a document belongs
  | 'history/evil-merge' // the merge brings what no parent had
  | 'history/wrong-content' // not the content that the merge claims
  | 'history/author-signature' // a commit of the proposal is unsigned or wrongly signed
  | 'history/author-mismatch' // a commit of the proposal is signed by another person than its committer
  | 'history/approval-missing'
  | 'history/approval-signature'
  | 'history/approval-form' // the named commit is no approval
  | 'history/approval-other-pull'
  | 'history/approval-other-content'
  | 'history/approval-unknown-person'
  | 'history/approval-bot'
  | 'history/approval-mismatch' // signed by another person than its committer
  | 'history/export-signature' // what a forge said of its merge was not signed by the bot
  | 'history/export-form' // it cannot be read, or is not the object that it claims to be
  | 'history/export-other-merge'
  | 'history/export-head' // the merge is not of the head that was reviewed
  | 'history/merged-twice' // a pull request and its approvals count once
  | 'history/no-approvals' // none named, and not the machine's own ring
  | 'history/policy'; // the change rules deny it

export const short = (commit: string): string => commit.slice(0, 12);

export const refusal = (
  commit: string,
  rule: HistoryRule,
  sentence: string,
  path: string | null = null,
): Refusal => ({ commit, path, rule, sentence });

export const refuse = (...facts: Parameters<typeof refusal>): Result<never, Refusal> =>
  fail(refusal(...facts));

/** The refusal as one line for people: commit, path and rule are always named. */
export const refusalLine = (r: Refusal): string =>
  `commit ${short(r.commit)}${r.path === null ? '' : `, ${r.path}`}: ${r.sentence} (${r.rule})`;

/** For those who cannot go on: exit 5. */
export const unverified = (refusal: Refusal): PatchwardenError =>
  new PatchwardenError(
    'history-unverified',
    `the history of the protected branch does not verify: ${refusalLine(refusal)}`,
  );
