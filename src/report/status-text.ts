import type { StatusReport } from '../contracts/generated/status-report.ts';
import { printable } from '../util/printable.ts';
import { controlTexts, governanceTexts, selectedText } from './status-governance.ts';
import { textTable } from './table.ts';

/** What the text form shows beside the report. */
export interface StatusView {
  readonly report: StatusReport;
  readonly next: readonly {
    readonly due: string;
    readonly rule: string;
    readonly advisory: string | null;
    readonly stream: string;
    readonly name: string;
    readonly severity: string;
    readonly overdue: boolean;
    readonly assets: number;
  }[];
  readonly exceeded: readonly {
    readonly exception: string;
    readonly assets: number;
    readonly maxAssets: number;
  }[];
}

const plural = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;

/** A summary for people: counts, rings, and what is due next. Package and advisory names come from outside, so they are made printable. */
export function statusText({ report, next, exceeded }: StatusView): string {
  const {
    asOf,
    assets,
    findings,
    overdue,
    unmitigated,
    byStatus,
    rings,
    exceptions,
    decisions,
    contexts,
    digests,
  } = report;
  const parts = [
    `As of ${asOf}: ${plural(assets, 'asset')}, ${plural(findings, 'finding')}, ${overdue} overdue${unmitigated > 0 ? `, ${unmitigated} without a fix and past the time to mitigate` : ''}\n`,
    ...selectedText(report),
  ];
  if (findings > 0)
    parts.push(
      textTable([['status', 'findings'], ...Object.entries(byStatus).map(([s, n]) => [s, String(n)])], [1]),
    );
  parts.push(
    textTable(
      [
        ['baseline', 'ring', 'assets', 'open', 'overdue'],
        ...rings.map((r) => [
          r.baseline ?? '-',
          r.unknown === null ? (r.ring ?? '-') : `unknown: ${r.unknown}`,
          String(r.assets),
          String(r.open),
          String(r.overdue),
        ]),
      ],
      [2, 3, 4],
    ),
  );
  parts.push(...governanceTexts(report), ...controlTexts(report));
  if (next.length > 0)
    parts.push(
      `Due next\n${textTable([
        ['due', 'severity', 'package', 'advisory', 'assets', 'by rule'],
        ...next.map((d) => [
          d.overdue ? `${d.due} !` : d.due,
          d.severity,
          d.name,
          d.advisory ?? 'update',
          String(d.assets),
          d.rule,
        ]),
      ])}`,
    );
  if (exceptions.length > 0)
    parts.push(
      `Exceptions\n${textTable(
        [
          ['exception', 'state', 'first', 'since', 'until', 'renewed', 'assets', 'findings', 'without it'],
          ...exceptions.map((e) => [
            e.exception,
            e.history?.widened ? `${e.state}, widened` : e.state,
            e.history?.firstAccepted ?? '-',
            e.history?.since ?? '-',
            e.validUntil,
            e.history === null ? '-' : String(e.history.renewals),
            String(e.assets),
            String(e.findings),
            Object.entries(e.without)
              .map(([s, n]) => `${n} ${s}`)
              .join(', ') || '-',
          ]),
        ],
        [5, 6, 7],
      )}`,
    );
  if (report.pins) parts.push(pinsText(report.pins));
  for (const s of report.stale)
    parts.push(
      `The feed ${printable(s.feed)} is stale: its newest record is of ${printable(s.since)}, ${s.ageDays} days ago, and ${s.maxAgeDays} are allowed\n`,
    );
  for (const e of exceeded)
    parts.push(
      `The exception ${printable(e.exception)} covers ${e.assets} assets and may cover ${e.maxAssets}: it does not count\n`,
    );
  parts.push(
    `${plural(decisions, 'decision')} in ${plural(contexts, 'context')}; policy ${short(digests.policy)}, fleet ${short(digests.fleet)}, intelligence ${short(digests.intel)}\n`,
  );
  return parts.join('\n');
}

/** What is in force is above; this is what pins.json holds back. */
function pinsText({ names, kept, behind, afterMerge }: NonNullable<StatusReport['pins']>): string {
  if (kept.length === 0)
    return Object.values(names).every((n) => n === null)
      ? 'pins.json pins nothing yet: looser facts count at once\n'
      : 'pins.json keeps nothing stricter than it would be\n';
  const since = behind.map((b) => `${b.pin} of ${b.since}`).join(', ');
  const table = textTable(
    [
      ['kept by pins.json', 'after its merge', 'findings', 'assets', 'overdue', 'after'],
      ...kept.map((k) => [
        k.from,
        k.to === null ? 'gone' : k.to === k.from ? `${k.to}, later` : k.to,
        ...[k.findings, k.assets, k.overdue, k.overdueAfter].map(String),
      ]),
    ],
    [2, 3, 4, 5],
  );
  return `${table}Pinned ${printable(since)}; after the merge: ${plural(afterMerge.findings, 'finding')}, ${afterMerge.overdue} overdue\n`;
}

const short = (digest: string): string => digest.slice(0, 'sha256:'.length + 12);
