import type { ChangeOutput, Reason } from '../contracts/generated/change-output.ts';
import { changeWords } from '../domain/change-words.ts';
import { escapeMarkdown } from '../util/markdown.ts';

/** What to do about what a rule says, by the id of the rule. */
export type Remedies = ReadonlyMap<string, string>;

/** Reasons that are told; more are counted. */
const MOST = 50;

/** The verdict of the change rules for the page of a check: what denies it and what to do about each, or why it is allowed. */
export function checkSummary({ allowed, reasons }: ChangeOutput, remedies: Remedies): string {
  const told = allowed ? reasons.filter((r) => r.effect === 'allow') : denials(reasons);
  const lines = told.slice(0, MOST).map((r) => `- ${line(r, allowed ? new Map() : remedies)}`);
  const rest = told.length > MOST ? [`- … and ${told.length - MOST} more`] : [];
  const head = allowed ? 'The change rules allow it.' : 'The change rules do not allow it now.';
  return [head, [...lines, ...rest].join('\n')].filter((part) => part !== '').join('\n\n');
}

/** Why it cannot be judged at all. */
export const failureSummary = (why: string): string => `It cannot be judged: ${escapeMarkdown(why)}`;

const denials = (reasons: readonly Reason[]): readonly Reason[] =>
  ['deny', 'ignore'].flatMap((effect) => reasons.filter((r) => r.effect === effect));

function line(reason: Reason, remedies: Remedies): string {
  const remedy = remedies.get(reason.rule);
  const said = escapeMarkdown(changeWords(reason));
  return remedy === undefined ? said : `${said}\n  What to do: ${remedy}`;
}
