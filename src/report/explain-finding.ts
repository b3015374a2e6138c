import type { ExplainedPin } from '../domain/explanation.ts';
import { printable } from '../util/printable.ts';
import { type ExplanationView, type FindingView, placeOf } from './explain-view.ts';

/** One verdict as a tree: the rules that gave it, the dates, the patch, the facts and who told each, who answers, what is next. */
export function findingText(f: FindingView, view: ExplanationView): string {
  const place = (rule: string): string => {
    const found = ruleOf(rule, view);
    return found ? ` (${found.title}, policies/${found.path}:${found.line})` : '';
  };
  const what = `${f.advisory ?? f.kind} in ${f.name ?? 'the asset'} ${f.version ?? ''}`.trim();
  const due = f.duties.find((d) => d.binds);
  const lines = [
    `${what}: ${f.status}${due ? `, ${f.status === 'no-fix' ? 'to mitigate' : 'due'} by ${due.due ?? '-'}` : ''}${f.overdue || f.unmitigated ? ', which is over' : ''}`,
    ...f.reasons.map((r) => `  ${r.effect}${subjectOf(r)} by ${r.rule}${place(r.rule)}`),
    ...f.duties.map((d) => dutyText(d) + place(d.rule)),
    `  patch: ${patchText(f)}`,
    `  facts: severity ${f.severity}, known exploited ${f.kev ? 'yes' : 'no'}, exploitation ${f.exploitation}, automatable ${f.automatable}, technical impact ${f.technicalImpact}, EPSS ${f.epss ?? 'not scored'}`,
    `  told by: ${f.records.join(', ') || 'package indexes'}${f.names.length > 0 ? `; also called ${f.names.join(', ')}` : ''}`,
    ...inputTexts(f, view),
    `  answers for it: ${responsibleText(f, view)}`,
    ...controlTexts(due?.rule ?? f.reasons[0]?.rule, view),
    ...(f.pin ? [pinText(f.pin)] : []),
    `  next: ${f.next ? `on ${f.next.day} ${f.next.what}` : 'nothing changes by time alone'}`,
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

function pinText({ nextStatus, nextDue, facts }: ExplainedPin): string {
  const next =
    nextStatus === null
      ? 'it would be gone'
      : `it would be ${nextStatus}${nextDue === null ? '' : `, due by ${nextDue}`}`;
  const told = facts.map((f) => `${f.fact} ${said(f.pinned)} is ${said(f.current)} now`).join(', ');
  return `  pins: kept by pins.json until it is merged; by the current snapshots ${next}${told === '' ? '' : ` (${told})`}`;
}

const said = (value: string | number | boolean | null): string =>
  value === null ? 'none' : typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value);

const ruleOf = (rule: string, { rules }: ExplanationView) => rules.find((r) => r.id === rule.split(':')[0]);

function subjectOf({ subject, params }: FindingView['reasons'][number]): string {
  const said = Object.entries(params ?? {}).flatMap(([k, v]) =>
    v === null || v === '' ? [] : [`${k} ${String(v)}`],
  );
  const about = subject === undefined ? '' : ` ${subject}`;
  return said.length === 0 ? about : `${about} (${said.join(', ')})`;
}

const dutyText = (d: FindingView['duties'][number]): string =>
  d.due === null
    ? `  no date by ${d.rule}: ${d.clock} is not known`
    : `  ${d.due} ${d.binds ? 'binds' : 'later'}: ${d.days} days after ${d.clock} ${d.from ?? ''}, ${d.rule}`;

function patchText(f: FindingView): string {
  if (f.candidate === null)
    return f.need === null ? `none (${f.fix})` : `none within reach, ${f.need} has it`;
  const held = f.held ? '; the host itself holds the package' : '';
  const reboot = f.reboot ? '; it waits for a reboot' : '';
  const wait = f.verdict === 'waiting' && f.waitDays ? `, ${f.waitDays} days to wait` : '';
  const from = f.from
    ? `; from ${f.from.origin} (source ${f.from.source}), first seen ${f.from.firstSeen ?? 'at no known time'}`
    : '';
  return `${f.candidate}, ${f.verdict}${f.approvedBy === null ? '' : ` by ${f.approvedBy}`}${wait}${held}${reboot}${from}`;
}

/** What each source says; catalogues and scores tell no feed of their own, so all feeds of their kind are named. */
function inputTexts({ inputs }: FindingView, { feeds }: ExplanationView): string[] {
  const feedOf = (kind: string): string => {
    const labels = feeds.filter((f) => f.kind === kind).map((f) => f.label);
    return labels.length === 0 ? '' : ` [${labels.join(', ')}]`;
  };
  const lines = [
    ...inputs.records.map(
      (r) =>
        `${r.record}: severity ${r.severity}${r.severitySource === 'none' ? '' : ` by ${r.severitySource}`}, published ${r.published ?? 'at no known time'}, changed ${r.modified ?? 'never'} [${r.feed}]`,
    ),
    ...inputs.exploited.map(
      (k) => `KEV: ${k.cve} since ${k.dateAdded}, due ${k.dueDate ?? 'on no day'}${feedOf('kev')}`,
    ),
    ...inputs.ssvc.map(
      (s) =>
        `SSVC: ${s.cve} by ${s.source} at ${s.at}: exploitation ${s.exploitation ?? 'not said'}, automatable ${s.automatable ?? 'not said'}, technical impact ${s.technicalImpact ?? 'not said'}${feedOf('cve')}`,
    ),
    ...inputs.epss.map((e) => `EPSS: ${e.cve} ${e.score}, model of ${e.modelDate}${feedOf('epss')}`),
  ];
  return lines.map((line) => `    ${line}`);
}

function responsibleText({ responsible }: FindingView, { documents }: ExplanationView): string {
  const { owner, document, approvers } = responsible;
  if (owner === null || document === null) return 'nobody: no baseline governs the asset';
  return `${owner} (${placeOf(document, documents)}); ${approvers.join(', ') || 'nobody'} may approve a change`;
}

function controlTexts(rule: string | undefined, view: ExplanationView): string[] {
  const controls = rule === undefined ? [] : (ruleOf(rule, view)?.controls ?? []);
  if (rule === undefined || controls.length === 0) return [];
  const standards = [...new Set(controls.map((c) => c.title))].map((title) => {
    const ids = controls.filter((c) => c.title === title).map((c) => c.control);
    return `${title} ${ids.join(', ')}`;
  });
  return [`  controls that ${rule} serves: ${standards.join('; ')}`];
}
