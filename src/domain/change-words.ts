import type { Reason } from '../contracts/generated/change-output.ts';
import { quote } from '../util/printable.ts';

type Words = (subject: string, params: NonNullable<Reason['params']>) => string;

/** What each change rule has to say when it denies a change, or ignores an approval. */
const WORDS: Readonly<Record<string, Words>> = {
  'change/approver-role': (who) => `${who} does not have the role approver`,
  'change/bad-versions': (what, p) =>
    `it brings ${what}, which ${p.by === 'halt' ? 'was halted' : `the hold ${String(p.id)} forbids`}`,
  'change/bot-never-merges': () => 'the bot merges nothing',
  'change/bot-paths': (path) => `the bot may not change ${path}`,
  'change/coverage': (baselines, p) =>
    p.kind === 'two'
      ? `assets with ${labelsOf(p)} would be in two baselines of the same priority (${baselines}); change one priority or selector`
      : `assets with ${labelsOf(p)} of the baseline ${baselines} would be in none; ${onPurpose(p)}`,
  'change/enough-approvals': (_, p) => `${p.counted} of ${p.required} needed approvals count`,
  'change/exact-content': (who) => `${who} approved other content`,
  'change/human-guards': (path) =>
    `${path} decides who may do what and changes only with a person's approval`,
  'change/known-authors': (who) =>
    who === ''
      ? 'nobody stands behind the commits'
      : `${who} is behind a commit and in nobody's list of principals`,
  'change/lock-author': (_, p) => `a person worked on a lock, which is the bot's; ${onPurpose(p)}`,
  'change/longer-exception': (path, p) =>
    `${path} accepts a risk for ${counted(p.days, 'day')} with ${counted(p.renewals, 'renewal')}, longer than usual: it needs ${String(p.required)} approvals by people of two teams, and ${have(p)} so far${p.twoTeams === false && Number(p.counted) >= Number(p.required) ? ', of one team' : ''}`,
  'change/loosening': (path, p) =>
    `${path} loosens a control (${[p.change, p.item].filter((w) => w !== null).join(' of ')}), which needs ${String(p.required)} approvals, and ${have(p)} so far`,
  'change/merger-is-not-author': (who) => `${who} worked on the change and so cannot merge it`,
  'change/merger-role': (who) => `${who} does not have the role merger`,
  'change/not-empty': () => 'the proposal changes nothing',
  'change/one-power': (path) =>
    `${path} decides what may be in a lock, or who says so, and cannot change together with one; make two proposals`,
  'change/ring-scope': (path, p) => `${path} is outside of ${String(p.scope)}`,
  'change/separation-of-duties': (who) =>
    who === 'bot' ? 'the bot approves nothing' : `${who} worked on the change and so cannot approve it`,
  'change/two-teams': () => 'a change of several rings at once needs approvers of two teams',
};

const counted = (n: unknown, what: string): string => `${String(n)} ${what}${n === 1 ? '' : 's'}`;
const have = ({ counted: n }: NonNullable<Reason['params']>): string =>
  n === 1 ? '1 approval counts' : `${String(n)} approvals count`;
const labelsOf = (p: NonNullable<Reason['params']>): string =>
  p.labels === null ? 'some labels (too many cases to tell)' : quote(String(p.labels), 500).slice(1, -1);

/** What a change that must be on purpose still lacks. */
const onPurpose = (p: NonNullable<Reason['params']>): string =>
  [
    ...(p.reasons === 0 ? ['add the line "Reason: why" to the end of a commit message'] : []),
    ...(Number(p.counted) < Number(p.required)
      ? [`${String(p.required)} approvals are needed, and ${have(p)} so far`]
      : []),
  ].join('; ');

/** One reason of the change rules as a clause, with the rule's id behind it. */
export function changeWords(reason: Reason): string {
  const subject = reason.subject === undefined ? '' : quote(reason.subject, 200).slice(1, -1);
  const words = Object.hasOwn(WORDS, reason.rule) ? WORDS[reason.rule] : undefined;
  const said =
    words?.(subject, reason.params ?? {}) ?? (subject === '' ? reason.effect : `${reason.effect} ${subject}`);
  return `${said} (${reason.rule})`;
}

/** Why a change is denied: every denial, then every approval that does not count. */
export function denialWords(reasons: readonly Reason[]): string {
  const said = ['deny', 'ignore'].flatMap((effect) =>
    reasons.filter((r) => r.effect === effect).map(changeWords),
  );
  return said.length === 0 ? 'no rule allows it' : [...new Set(said)].join('; ');
}
