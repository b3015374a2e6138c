import { csvLines } from '../util/csv.ts';
import { printable } from '../util/printable.ts';

/** A finding on an asset. */
export interface FindingLine {
  readonly asset: string;
  /** null where no baseline governs. */
  readonly baseline: string | null;
  readonly ring: string | null;
  readonly name: string | null;
  readonly arch: string | null;
  readonly version: string | null;
  readonly advisory: string | null;
  readonly severity: string;
  readonly kev: boolean;
  readonly status: string;
  /** Version of the patch that counts. */
  readonly candidate: string | null;
  readonly waitDays: number | null;
  readonly due: string | null;
  /** The obligation that binds. */
  readonly rule: string | null;
  readonly overdue: boolean;
}

type Column = (line: FindingLine) => string | number | boolean | null;

/** Head of a column → its value. Names and versions come from hosts and feeds, so hidden characters are made visible. */
const COLUMNS: Readonly<Record<string, Column>> = {
  asset: (l) => printable(l.asset),
  baseline: (l) => seen(l.baseline),
  ring: (l) => seen(l.ring),
  package: (l) => seen(l.name),
  arch: (l) => seen(l.arch),
  installed: (l) => seen(l.version),
  advisory: (l) => seen(l.advisory),
  severity: (l) => l.severity,
  exploited: (l) => l.kev,
  status: (l) => l.status,
  patch: (l) => seen(l.candidate),
  wait_days: (l) => l.waitDays,
  due: (l) => l.due,
  overdue: (l) => l.overdue,
  rule: (l) => seen(l.rule),
};

const seen = (text: string | null): string | null => (text === null ? null : printable(text));

export const findingsCsvHead = (): string => csvLines([Object.keys(COLUMNS)]);

export const findingsCsv = (lines: readonly FindingLine[]): string =>
  csvLines(lines.map((line) => Object.values(COLUMNS).map((value) => value(line))));
