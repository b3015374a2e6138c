import type { UrgentFinding } from '../domain/proposal-effect.ts';
import { SEVERITIES, type Severity, worst } from '../domain/severity.ts';
import type { WantedPatch } from '../domain/wanted-patch.ts';
import { escapeMarkdown, inlineCode } from '../util/markdown.ts';
import { compareCodePoints } from '../util/sort.ts';
import { listed, table } from './bounded.ts';
import type { ProposalFacts } from './proposal-facts.ts';

/** Sentences of the story that are told in any case. */
const STORY = 5;

/** The first day that a deadline names; null where none applies. */
export const firstDue = (wanted: readonly WantedPatch[]): string | null =>
  wanted.flatMap((w) => (w.due === null ? [] : [w.due])).sort(compareCodePoints)[0] ?? null;

/** The worst that is known of what is patched, in a word or two; null where nothing is. */
export function worstReason(wanted: readonly WantedPatch[]): string | null {
  if (wanted.some((w) => w.kev)) return 'known exploited';
  const severity = worst(wanted.map((w) => w.severity));
  return severity === 'none' || severity === 'unknown' ? null : severity;
}

export function whyNow(facts: ProposalFacts, most: number): string {
  const { wanted } = facts;
  const severities = SEVERITIES.map((s): [Severity, number] => [s, countNames(wanted, s)]).filter(
    ([, n]) => n > 0,
  );
  const due = firstDue(wanted);
  const exploited = sorted(wanted.filter((w) => w.kev).map((w) => w.name));
  const approvals = sorted(wanted.map((w) => w.approvedBy));
  const rule = facts.urgent.find((u) => u.due !== null && u.due === due)?.rule ?? null;
  const told = Math.max(most, STORY);
  const lines = [
    ...facts.story.slice(0, told),
    facts.story.length > told ? `… and ${facts.story.length - told} more like these.` : '',
    severities.length > 0
      ? `Packages by worst severity: ${severities.map(([s, n]) => `${n} ${s}`).join(', ')}.`
      : '',
    exploited.length > 0 ? `Known exploited: ${listed(exploited, inlineCode, most)}.` : '',
    due !== null
      ? `First deadline: ${escapeMarkdown(due)}${rule === null ? '' : `, by rule ${inlineCode(rule)}`}.`
      : wanted.length > 0
        ? 'No deadline applies.'
        : '',
    approvals.length > 0 ? `Approved by ${listed(approvals, inlineCode, most)} of the baseline.` : '',
  ];
  const list = lines.filter((l) => l !== '').map((l) => `- ${l}`);
  const parts = ['### Why now', list.join('\n'), urgentTable(facts, Math.min(most, 10))];
  return parts.filter((p) => p !== '').join('\n\n');
}

function urgentTable({ urgent }: Pick<ProposalFacts, 'urgent'>, most: number): string {
  const row = (u: UrgentFinding): string => {
    const cells = [
      u.advisory === null ? 'update' : escapeMarkdown(u.advisory),
      inlineCode(u.name),
      u.severity,
      kevCell(u.kev),
      u.epss === null
        ? ''
        : `${(u.epss.score * 100).toFixed(1)} %, FIRST, model of ${escapeMarkdown(u.epss.modelDate)}`,
      ssvcCell(u.ssvc),
      u.due === null ? '' : escapeMarkdown(u.due),
      u.rule === null ? '' : inlineCode(u.rule),
    ];
    return `| ${cells.join(' | ')} |`;
  };
  const head =
    '| advisory | package | severity | known exploited | EPSS | SSVC | due | by rule |\n| --- | --- | --- | --- | --- | --- | --- | --- |';
  const where = '`patchwarden status` and `patchwarden explain` show every one';
  return table(head, urgent, row, most, { one: 'less urgent one', where });
}

const kevCell = (kev: UrgentFinding['kev']): string =>
  kev === null
    ? ''
    : `KEV catalogue, since ${escapeMarkdown(kev.added)}${kev.due === null ? '' : `, due ${escapeMarkdown(kev.due)}`}`;

function ssvcCell(ssvc: UrgentFinding['ssvc']): string {
  if (ssvc === null) return '';
  const points = Object.entries({
    exploitation: ssvc.exploitation,
    automatable: ssvc.automatable,
    impact: ssvc.technicalImpact,
  }).flatMap(([point, value]) => (value === null ? [] : [`${point} ${escapeMarkdown(value)}`]));
  return points.length === 0 ? '' : `${points.join(', ')} (${escapeMarkdown(ssvc.source)})`;
}

const countNames = (wanted: readonly WantedPatch[], severity: Severity): number =>
  new Set(wanted.filter((w) => w.severity === severity).map((w) => w.name)).size;

const sorted = (items: readonly string[]): readonly string[] => [...new Set(items)].sort(compareCodePoints);
