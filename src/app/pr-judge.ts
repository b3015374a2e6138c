import { type VerifiedApproval, verifyApproval } from '../audit/history/approval.ts';
import { type Change, type ChangeKind, changeInput, gatherChange } from '../audit/history/gather-change.ts';
import { idOf } from '../audit/history/people.ts';
import type { HistoryRule, Refusal } from '../audit/history/refusal.ts';
import type { Authority } from '../audit/read-roles.ts';
import type { ChangeInput } from '../contracts/generated/change-input.ts';
import type { ChangeOutput } from '../contracts/generated/change-output.ts';
import { type ErrorCode, PatchwardenError } from '../domain/errors.ts';
import { type Person, personOf } from '../domain/roles.ts';
import type { Git, Signer } from '../ports/git.ts';
import type { PolicyEngine } from '../ports/policy-engine.ts';
import { fetchedHead, type PullPorts } from './pr-context.ts';

/** A proposal against the protected branch as it is now. */
export interface Judged {
  /** Head of the protected branch. */
  readonly base: string;
  /** The tree that a merge would bring. */
  readonly tree: string;
  readonly change: Change;
  /** Verified approvals of exactly this content, oldest first. */
  readonly approvals: readonly VerifiedApproval[];
  /** Approvals that do not verify, and why. */
  readonly discarded: readonly Refusal[];
  /** The change rules at the base. */
  readonly policy: Pick<PolicyEngine, 'change'>;
}

export interface JudgeSubject {
  readonly number: number;
  readonly kind: ChangeKind;
  readonly scope: string;
  readonly head: string;
  readonly approvals: readonly string[];
}

type JudgePorts = Pick<PullPorts, 'git' | 'remote' | 'branch' | 'halts' | 'policyAt'>;

/**
 * Recomputes what a proposal would bring and who stands behind it and its approvals. Throws `forge-failed` when it does
 * not merge cleanly, and what {@link refusalError} makes of facts that do not verify.
 */
export async function judgePull(ports: JudgePorts, subject: JudgeSubject): Promise<Judged> {
  const { git, branch } = ports;
  const { number: pull, kind, scope, head } = subject;
  const base = await fetchedHead(ports);
  const merged = await git.mergeTree(base, head);
  if ('conflicts' in merged)
    throw new PatchwardenError(
      'forge-failed',
      `the proposal does not merge cleanly into ${branch}: ${merged.conflicts.join(', ') || 'the histories have nothing in common'}; refresh its branch first`,
    );
  const gathered = await gatherChange(git, {
    ...{ base, head, tree: merged.tree, pull, kind, scope },
    approvals: [],
    merger: null,
    halts: await ports.halts(),
  });
  if (!gathered.ok) throw refusalError(gathered.error);
  const change = gathered.value;
  const approvals: VerifiedApproval[] = [];
  const discarded: Refusal[] = [];
  for (const id of subject.approvals) {
    const about = { pull, contentDigest: change.content.digest };
    const approval = await verifyApproval(git, id, about, change.authority);
    if (approval.ok) approvals.push(approval.value);
    else discarded.push(approval.error);
  }
  const policy = await ports.policyAt(base);
  return { base, tree: merged.tree, change, approvals, discarded, policy };
}

/** The verdict of the change rules with these approvals. */
export const verdictOn = (
  subject: Pick<JudgeSubject, 'kind' | 'scope'>,
  { change, policy }: Judged,
  approvals: readonly Omit<VerifiedApproval, 'commit'>[],
  merger: ChangeInput['merger'],
): ChangeOutput => policy.change(changeInput({ ...subject, merger }, change, approvals));

/** Throws `digest-mismatch` when the pull request claims other content than its trees have. */
export function requireSameContent(number: number, claimed: string, { change }: Judged): void {
  if (change.content.digest === claimed) return;
  throw new PatchwardenError(
    'digest-mismatch',
    `pull request ${number} says that its content is ${claimed}, and against the protected branch as it is now its trees have ${change.content.digest}; refresh it before anybody approves or merges it`,
  );
}

/**
 * Who a signer is, proven by signing something that is never published. Throws `signature-invalid` when the key belongs
 * to nobody in allowed-signers at the protected branch, or to another person than the address.
 */
export async function identify(
  git: Pick<Git, 'commitTree' | 'verifyCommit'>,
  signer: Signer,
  authority: Authority,
  at: string,
  tree: string,
): Promise<Person | 'bot'> {
  const probe = await git.commitTree({ tree, parents: [], message: 'Who am I\n', signer, at });
  const signature = await git.verifyCommit(probe, authority.allowedSigners);
  if (!signature.valid)
    throw new PatchwardenError(
      'signature-invalid',
      `the key ${signer.key} is not in allowed-signers of the protected branch, so its signature counts for nothing; use another key (--key), or have it added`,
    );
  const person = personOf(authority.roles, signature.principal);
  if (person === undefined)
    throw new PatchwardenError(
      'signature-invalid',
      `the key ${signer.key} is that of ${signature.principal}, who is nobody in roles.json of the protected branch`,
    );
  const owner = idOf(authority, signature.principal);
  const claimed = idOf(authority, signer.email);
  if (owner !== claimed)
    throw new PatchwardenError(
      'signature-invalid',
      `user.email is ${signer.email} (${claimed}), and the key ${signer.key} is that of ${owner}; both must be the same person`,
    );
  return person;
}

/** Refusals of the rules are answers (exit 1); everything else does not verify (exit 5). */
export function refusalError(refusal: Refusal): PatchwardenError {
  return new PatchwardenError(codeOf(refusal.rule), `${refusal.sentence} (${refusal.rule})`);
}

function codeOf(rule: HistoryRule): ErrorCode {
  switch (rule) {
    case 'history/policy':
    case 'history/no-approvals':
    case 'history/bot-merges':
    case 'history/approval-bot':
    case 'history/mode':
      return 'refused';
    case 'history/wrong-content':
    case 'history/approval-other-content':
      return 'digest-mismatch';
    case 'history/unsigned':
    case 'history/unknown-key':
    case 'history/bad-signature':
    case 'history/signer-mismatch':
    case 'history/unknown-merger':
    case 'history/author-signature':
    case 'history/author-mismatch':
    case 'history/approval-signature':
    case 'history/approval-mismatch':
    case 'history/approval-unknown-person':
      return 'signature-invalid';
    default:
      return 'history-unverified';
  }
}
