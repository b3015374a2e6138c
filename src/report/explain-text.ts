import type { ExplainedAsset, ExplainedFinding, ExplainedPin } from '../domain/explanation.ts';
import { printable } from '../util/printable.ts';
import { textTable } from './table.ts';

/** What the text needs of an explanation. */
export interface ExplanationView {
  readonly asOf: string;
  readonly asset: Omit<ExplainedAsset, 'exceptions'>;
  readonly findings: readonly FindingView[];
  readonly notApplying: readonly { readonly exception: string; readonly reason: string }[];
  readonly rules: readonly { readonly id: string; readonly title: string; readonly path: string }[];
}

type FindingView = Omit<ExplainedFinding, 'exceptions'> & {
  readonly next: { readonly day: string; readonly what: string } | null;
  readonly pin?: ExplainedPin | null;
};

/** The whole verdict of one advisory, or a line for each finding. Everything from outside is made printable. */
export function explainText(view: ExplanationView, whole: boolean): string {
  const parts = [assetText(view)];
  if (!whole) parts.push(listText(view.findings));
  else for (const finding of view.findings) parts.push(findingText(finding, view));
  for (const { exception, reason } of view.notApplying)
    parts.push(`The exception ${exception} does not hold here: ${reason}\n`);
  return parts.join('\n');
}

function assetText({ asOf, asset }: ExplanationView): string {
  const { baseline, ring, unknown, selectedBy } = asset;
  const labels = Object.entries(asset.labels).map(([k, v]) => `${k}=${v}`);
  const governed =
    baseline === null
      ? 'no baseline governs it'
      : `baseline ${baseline} (baselines/${baseline}.json), ${ring === null ? 'no ring' : `ring ${ring}`}`;
  const others = selectedBy.filter((s) => s.baseline !== baseline);
  const lines = [
    `${printable(asset.asset)}, ${printable(asset.stream ?? 'no stream')}, as of ${asOf}`,
    `  ${governed}${unknown === null ? '' : `; unknown: ${unknown}`}`,
    `  seen ${printable(asset.observedAt)} by ${printable(asset.source)}; labels ${printable(labels.join(', ')) || 'none'}`,
  ];
  if (others.length > 0)
    lines.push(
      `  also selected by ${others.map((o) => `${o.baseline} (priority ${o.priority})`).join(', ')}, which ${baseline === null ? 'ties' : 'counts less'}`,
    );
  return `${lines.join('\n')}\n`;
}

const listText = (findings: readonly FindingView[]): string =>
  textTable([
    ['status', 'due', 'package', 'installed', 'advisory', 'severity', 'by rule'],
    ...findings.map((f) => [
      f.status,
      `${f.duties.find((d) => d.binds)?.due ?? '-'}${f.overdue || f.unmitigated ? ' !' : ''}`,
      printable(f.name ?? '-'),
      printable(f.version ?? '-'),
      printable(f.advisory ?? (f.kind === 'update' ? 'update' : '-')),
      f.severity,
      f.duties.find((d) => d.binds)?.rule ?? '-',
    ]),
  ]);

function findingText(f: FindingView, { rules }: ExplanationView): string {
  const place = (rule: string): string => {
    const found = rules.find((r) => r.id === rule.split(':')[0]);
    return found ? ` (${found.title}, policies/${found.path})` : '';
  };
  const what =
    `${printable(f.advisory ?? f.kind)} in ${printable(f.name ?? 'the asset')} ${printable(f.version ?? '')}`.trim();
  const due = f.duties.find((d) => d.binds);
  const lines = [
    `${what}: ${f.status}${due ? `, ${f.status === 'no-fix' ? 'to mitigate' : 'due'} by ${due.due ?? '-'}` : ''}${f.overdue || f.unmitigated ? ', which is over' : ''}`,
    ...f.reasons.map((r) => `  ${r.effect}${subjectOf(r)} by ${r.rule}${place(r.rule)}`),
    ...f.duties.map((d) => dutyText(d) + place(d.rule)),
    `  patch: ${patchText(f)}`,
    `  facts: severity ${f.severity}, known exploited ${f.kev ? 'yes' : 'no'}, exploitation ${f.exploitation}, automatable ${f.automatable}, technical impact ${f.technicalImpact}, EPSS ${f.epss ?? 'not scored'}`,
    `  told by: ${printable(f.records.join(', ')) || 'package indexes'}${f.names.length > 0 ? `; also called ${printable(f.names.join(', '))}` : ''}`,
    ...(f.pin ? [pinText(f.pin)] : []),
    `  next: ${f.next ? `on ${f.next.day} ${f.next.what}` : 'nothing changes by time alone'}`,
  ];
  return `${lines.join('\n')}\n`;
}

function pinText({ nextStatus, nextDue, facts }: ExplainedPin): string {
  const next =
    nextStatus === null
      ? 'it would be gone'
      : `it would be ${nextStatus}${nextDue === null ? '' : `, due by ${nextDue}`}`;
  const told = facts.map((f) => `${f.fact} ${said(f.pinned)} is ${said(f.current)} now`).join(', ');
  return `  pins: kept by pins.json until it is merged; by the current snapshots ${next}${told === '' ? '' : ` (${printable(told)})`}`;
}

const said = (value: string | number | boolean | null): string =>
  value === null ? 'none' : typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value);

function subjectOf({ subject, params }: FindingView['reasons'][number]): string {
  const said = Object.entries(params ?? {}).flatMap(([k, v]) =>
    v === null || v === '' ? [] : [`${k} ${String(v)}`],
  );
  const about = subject === undefined ? '' : ` ${printable(subject)}`;
  return said.length === 0 ? about : `${about} (${printable(said.join(', '))})`;
}

const dutyText = (d: FindingView['duties'][number]): string =>
  d.due === null
    ? `  no date by ${d.rule}: ${d.clock} is not known`
    : `  ${d.due} ${d.binds ? 'binds' : 'later'}: ${d.days} days after ${d.clock} ${d.from ?? ''}, ${d.rule}`;

function patchText(f: FindingView): string {
  if (f.candidate === null)
    return f.need === null ? `none (${f.fix})` : `none within reach, ${printable(f.need)} has it`;
  const held = f.held ? '; the host itself holds the package' : '';
  const reboot = f.reboot ? '; it waits for a reboot' : '';
  const wait = f.verdict === 'waiting' && f.waitDays ? `, ${f.waitDays} days to wait` : '';
  return `${printable(f.candidate)}, ${f.verdict}${f.approvedBy === null ? '' : ` by ${f.approvedBy}`}${wait}${held}${reboot}`;
}
