import type { CheckFinding, CheckReport } from '../contracts/generated/check-report.ts';
import { SEVERITIES } from '../domain/severity.ts';
import { printable } from '../util/printable.ts';
import { compareCodePoints } from '../util/sort.ts';

const HEAD = ['SEVERITY', 'FINDING', 'PACKAGE', 'INSTALLED', 'FIXED IN', 'STATUS'] as const;

/** A table for people, the worst first; findings that do not affect the asset are only counted. */
export function checkText(report: CheckReport): string {
  const rows = report.findings
    .filter((f) => f.status !== 'not-affected')
    .sort((a, b) => rank(a) - rank(b) || Number(b.kev) - Number(a.kev) || compareCodePoints(idOf(a), idOf(b)))
    .map(rowOf);
  return `${rows.length === 0 ? '' : `${table([HEAD, ...rows])}\n\n`}${summary(report)}\n`;
}

const rank = (f: CheckFinding): number => SEVERITIES.indexOf(f.severity);
const idOf = (f: CheckFinding): string => `${f.advisory ?? f.kind} ${f.component.name}`;

function rowOf(f: CheckFinding): readonly string[] {
  return [
    f.kind === 'update' && f.severity === 'none' ? '-' : f.severity,
    `${f.advisory ?? f.kind}${f.kev ? ' (KEV)' : ''}`,
    f.component.name,
    installed(f),
    f.fixedIn ?? '-',
    f.reason === undefined ? f.status : `${f.status} (${f.reason})`,
  ].map(printable);
}

/** A fix is a source version: beside it stands the installed source version, where it is another than the package's. */
function installed({ kind, component: c }: CheckFinding): string {
  return kind === 'vulnerability' && c.sourceVersion !== null && c.sourceVersion !== c.version
    ? `${c.version} [${c.sourcePackage ?? ''} ${c.sourceVersion}]`
    : c.version;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = HEAD.map((_, i) => rows.reduce((w, r) => Math.max(w, (r[i] ?? '').length), 0));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function summary(report: CheckReport): string {
  const open = report.findings.filter((f) => f.status !== 'not-affected');
  const distinct = (findings: readonly CheckFinding[]): number =>
    new Set(findings.map((f) => f.advisory)).size;
  const named = open.filter((f) => f.advisory !== null);
  const kev = distinct(named.filter((f) => f.kev));
  const updates = open.filter((f) => f.kind === 'update').length;
  const counts = new Map<string, number>();
  for (const f of report.findings) counts.set(f.status, (counts.get(f.status) ?? 0) + 1);
  const byStatus = [...counts].sort((a, b) => compareCodePoints(a[0], b[0])).map(([s, n]) => `${n} ${s}`);
  const lines = [
    `${report.stream ?? 'unknown stream'}: ${report.components} packages, ${distinct(named)} advisories${kev > 0 ? ` (${kev} known to be exploited)` : ''}, ${updates} updates`,
  ];
  if (byStatus.length > 0) lines.push(`findings: ${byStatus.join(', ')}`);
  if (report.unknown !== undefined)
    lines.push(`NOT JUDGED (${report.unknown}): this does not mean that nothing is missing`);
  return printableLines(lines);
}

const printableLines = (lines: readonly string[]): string => lines.map(printable).join('\n');
