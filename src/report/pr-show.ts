import type { ChangeInput } from '../contracts/generated/change-input.ts';
import type { ChangeOutput } from '../contracts/generated/change-output.ts';
import { changeWords, denialWords } from '../domain/change-words.ts';
import type { PullRequest } from '../ports/forge.ts';
import { printable } from '../util/printable.ts';
import { line } from './pr-list.ts';
import { meaningLines, type PullMeaning } from './pr-meaning.ts';

/** What the report needs to know of a pull request. */
export interface PullFacts {
  readonly pull: PullRequest;
  readonly verdict: ChangeOutput | null;
  /** Why nothing can be said about it; null when it can. */
  readonly trouble: string | null;
  readonly paths: ChangeInput['proposal']['paths'];
  /** null where it cannot be judged. */
  readonly meaning: PullMeaning | null;
  readonly authors: readonly string[];
  /** Verified approvals of the present content. */
  readonly approvals: readonly { readonly commit: string; readonly person: string }[];
  readonly discarded: readonly { readonly commit: string; readonly sentence: string }[];
}

/** For people. What a stranger wrote cannot move the cursor or hide. */
export function pullText(facts: PullFacts): string {
  const { pull, verdict, trouble } = facts;
  return [
    `#${pull.number}  ${line(pull.title)}`,
    `state     ${pull.state}${pull.closeReason ? `: ${line(pull.closeReason)}` : ''}${pull.merge ? ` as ${pull.merge}` : ''}`,
    `proposal  ${pull.kind} ${line(pull.scope)}, branch ${line(pull.branch)} into ${line(pull.base)}`,
    `head      ${pull.head}`,
    `content   ${pull.contentDigest}`,
    `opened    ${pull.openedAt} by ${line(pull.openedBy)}`,
    ...(pull.asks.length > 0 ? [`asked     ${pull.asks.join(', ')}`] : []),
    ...(facts.authors.length > 0 ? [`authors   ${facts.authors.map(line).join(', ')}`] : []),
    ...facts.paths.map((p) => `change    ${p.change} ${line(p.path)} (${p.class})`),
    ...(facts.meaning === null ? [] : meaningLines(facts.meaning)),
    ...facts.approvals.map((a) => `approval  ${line(a.person)} (${a.commit.slice(0, 12)})`),
    ...facts.discarded.map((d) => `ignored   ${line(d.sentence)}`),
    ...(trouble === null ? [] : [`trouble   ${trouble.split('\n').map(printable).join(' ')}`]),
    ...(verdict === null ? [] : [`verdict   ${verdictWords(verdict)}`]),
    '',
    ...pull.body
      .trimEnd()
      .split('\n')
      .map((l) => printable(l.replaceAll('\t', '    '))),
    '',
  ].join('\n');
}

/** Whether it may be merged, and by which rules, or why not. */
export function verdictWords(verdict: ChangeOutput): string {
  if (!verdict.allowed) return `not yet: ${denialWords(verdict.reasons)}`;
  const rules = verdict.reasons.filter((r) => r.effect === 'allow').map((r) => r.rule);
  const ignored = verdict.reasons.filter((r) => r.effect === 'ignore').map(changeWords);
  return [`may be merged (${rules.join(', ')})`, ...ignored.map((w) => `but ${w}`)].join('; ');
}

/** For programs: `{pull, verdict, trouble, paths, meaning: {reasons, differences, exceptions, coverage}, authors, approvals: [{commit, person}], discarded: [{commit, sentence}]}`. */
export const pullJson = (facts: PullFacts): string => `${JSON.stringify(facts, null, 2)}\n`;
