import type { ChangeInput } from '../../contracts/generated/change-input.ts';
import type { HaltEvidence } from '../../contracts/generated/evidence-entry.ts';
import { ok, type Result } from '../../domain/result.ts';
import type { Git } from '../../ports/git.ts';
import { type Authority, readAuthority } from '../read-roles.ts';
import { type ApprovalObject, type VerifiedApproval, verifyApproval } from './approval.ts';
import { badBrought } from './bad-brought.ts';
import { type Content, contentBetween } from './content.ts';
import { type Meaning, meaningOf } from './meaning.ts';
import { type People, peopleBehind } from './people.ts';
import { readDocument } from './read-document.ts';
import { type Refusal, refuse, short } from './refusal.ts';

export type ChangeKind = ChangeInput['proposal']['kind'];

const KINDS: readonly string[] = [
  'remediate',
  'promote',
  'drift',
  'housekeeping',
  'pins',
  'rollback',
  'expedited',
  'manual',
] satisfies readonly ChangeKind[];

export const isChangeKind = (kind: string): kind is ChangeKind => KINDS.includes(kind);

export interface ChangeSubject {
  /** Head of the protected branch that the change lands on: keys, roles, config and baselines are those of this commit. */
  readonly base: string;
  /** Head of the proposal. */
  readonly head: string;
  /** The tree that would be there afterwards, as a tree or commit id. */
  readonly tree: string;
  readonly pull: number;
  readonly kind: ChangeKind;
  readonly scope: string;
  /** The content digest that somebody claims; another one is refused. */
  readonly contentDigest?: string;
  /** Ids of approval commits. */
  readonly approvals: readonly string[];
  /** Approvals that were verified otherwise: reviews that a forge's merge was exported with. */
  readonly reviews?: readonly VerifiedApproval[];
  readonly merger: ChangeInput['merger'];
  readonly approvalObject?: ApprovalObject | undefined;
  /** Halts that are in force; none for a merge of the past, which only the holds of its own time can forbid. */
  readonly halts?: readonly HaltEvidence[];
  /** Keys and roles at the base, where the caller has read them already. */
  readonly authority?: Authority;
  /** Commit that refusals of the content name; the head of the proposal unless told. */
  readonly about?: string;
}

/** The facts of a change, all of them recomputed from signed objects. */
export interface Change {
  readonly input: ChangeInput;
  readonly content: Content;
  readonly meaning: Meaning;
  readonly people: People;
  readonly approvals: readonly VerifiedApproval[];
  readonly authority: Authority;
  readonly bad: ChangeInput['proposal']['bad'];
}

/** What the facts of a change are read with. */
export type ChangeGit = Pick<
  Git,
  | 'readFile'
  | 'readObjects'
  | 'listTree'
  | 'versionsBelow'
  | 'isShallow'
  | 'diffTrees'
  | 'commitsBetween'
  | 'readCommit'
  | 'verifyCommit'
  | 'resolve'
  | 'storeCommit'
>;

/** Gathers what the change rules need. Refused when something cannot be verified; whether it is enough is for the rules. */
export async function gatherChange(git: ChangeGit, subject: ChangeSubject): Promise<Result<Change, Refusal>> {
  const { base, head, kind, scope, pull } = subject;
  const authority = subject.authority ? ok(subject.authority) : await readAuthority(git, base);
  if (!authority.ok) return refuse(base, 'history/unreadable', `commit ${short(base)}: ${authority.error}`);
  const repository = await repositoryAt(git, base);
  if (repository === undefined)
    return refuse(
      base,
      'history/unreadable',
      `commit ${short(base)}: patchwarden.json cannot be read`,
      'patchwarden.json',
    );
  const content = await contentBetween(
    git,
    { repository, kind, scope },
    base,
    subject.tree,
    subject.about ?? head,
  );
  if (!content.ok) return content;
  const claimed = subject.contentDigest;
  const digest = claimed !== undefined && claimed === content.value.earlier ? claimed : content.value.digest;
  if (subject.contentDigest !== undefined && subject.contentDigest !== digest)
    return refuse(
      subject.about ?? head,
      'history/wrong-content',
      `it says that it brings the content ${subject.contentDigest}, and it brings ${digest}`,
    );
  const meaning = await meaningOf(git, base, subject.tree, content.value.paths);
  if (meaning.exceptions.length > 0 && (await git.isShallow()))
    return refuse(
      base,
      'history/shallow',
      'this clone lacks older history (a shallow clone), and for how long a risk was accepted before counts; run git fetch --unshallow',
    );
  const people = await peopleBehind(git, await git.commitsBetween(base, head), authority.value);
  if (!people.ok) return people;

  const approvals: VerifiedApproval[] = [...(subject.reviews ?? [])];
  for (const id of subject.approvals) {
    const about = { pull, contentDigest: digest };
    const approval = await verifyApproval(git, id, about, authority.value, subject.approvalObject);
    if (!approval.ok) return approval;
    approvals.push(approval.value);
  }
  const change = {
    content: { ...content.value, digest },
    meaning,
    people: people.value,
    approvals,
    authority: authority.value,
    bad: await badBrought(git, base, content.value, subject.halts ?? []),
  };
  return ok({ ...change, input: changeInput(subject, change, approvals) });
}

/** The input of the change rules for these facts. */
export const changeInput = (
  { kind, scope, merger }: Pick<ChangeSubject, 'kind' | 'scope' | 'merger'>,
  { content, meaning, people, authority, bad }: Omit<Change, 'input' | 'approvals'>,
  approvals: readonly Omit<VerifiedApproval, 'commit'>[],
): ChangeInput => ({
  proposal: {
    kind,
    scope,
    contentDigest: content.digest,
    paths: [...content.paths],
    authors: [...people.authors],
    botOnly: people.botOnly,
    autoRing: content.autoRing,
    bad: [...bad],
    reasons: [...people.reasons],
    ...meaning,
  },
  approvals: approvals.map((a) => ({
    person: a.person,
    teams: [...a.teams],
    roles: [...a.roles],
    contentDigest: a.contentDigest,
  })),
  merger,
  rules: rulesOf(authority),
});

function rulesOf({ roles }: Authority): ChangeInput['rules'] {
  const { required = 1, edition = 1, exceptionDays = 90, exceptionRenewals = 1 } = roles.approvals ?? {};
  return { requiredApprovals: required, edition, exceptionDays, exceptionRenewals };
}

async function repositoryAt(git: Pick<Git, 'readObjects'>, commit: string): Promise<string | undefined> {
  const [bytes] = await git.readObjects([`${commit}:patchwarden.json`]);
  return readDocument(bytes, 'patchwarden.json', 'Config')?.repository;
}
