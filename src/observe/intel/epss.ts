import type { EpssRow } from '../../contracts/generated/fleet-rows.ts';
import { asArray, asObject, asString } from '../../util/json-data.ts';
import { momentKey } from '../../util/moment.ts';
import { CVE_ID, type Reading, type ReadOptions } from './reading.ts';

type Json = Readonly<Record<string, unknown>>;

const COMMENT = /^#model_version:/;
const HEADER = /^cve,epss(,percentile)?$/;
const BARE = /^CVE-\d{4}-\d{4,19};/;
const DAY = /(?<!\d)(\d{4}-\d{2}-\d{2})(?!\d)/g;
const MAX_PROBLEMS = 3;

/** True for the text of a score list: FIRST's CSV, with or without its first line, or the `;` form without a header. */
export function isEpssText(text: string): boolean {
  const first = lineAt(text, 0);
  return COMMENT.test(first) || HEADER.test(first) || BARE.test(first);
}

/** True for scores as JSON: an answer of FIRST's API, or a list with `score_date`. */
export const isEpssJson = (document: Json): boolean =>
  Array.isArray(document.data) && asObject(document.data[0])?.epss !== undefined;

/**
 * Scores of one day. The model date is that of the file, else of its path, else of the config: never of the clock.
 * @returns a sentence when the file tells no day or has another header
 * @see https://www.first.org/epss/data_stats (CSV with `#model_version:…,score_date:…`, then cve,epss,percentile)
 */
export function readEpssText(text: string, options: ReadOptions): Reading | string {
  const first = lineAt(text, 0);
  const told = COMMENT.test(first);
  const header = told ? lineAt(text, text.indexOf('\n') + 1) : first;
  const bare = BARE.test(header);
  if (!bare && !HEADER.test(header)) return 'its header is not cve,epss,percentile';
  const modelDate = modelDateOf(/score_date:([^,]*)/.exec(first)?.[1], options);
  if (modelDate === undefined) return NO_DATE;
  const collected = collector(modelDate);
  const separator = bare ? ';' : ',';
  let number = bare ? 0 : told ? 2 : 1;
  for (let at = bare ? 0 : endOf(text, told ? 2 : 1); at < text.length; ) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end < 0 ? text.length : end).trimEnd();
    at = end < 0 ? text.length : end + 1;
    number += 1;
    if (line === '') continue;
    const [cve = '', score, percentile, ...more] = line.split(separator);
    collected.add(`line ${number}`, cve, score, percentile ?? null, more.length === 0);
  }
  return collected.reading();
}

/** @see https://api.first.org/epss/ */
export function readEpssJson(document: Json, options: ReadOptions): Reading | string {
  const items = asArray(document.data).map((item) => asObject(item) ?? {});
  const days = new Set(items.flatMap((i) => asString(i.date) ?? []));
  if (days.size > 1) return 'it mixes scores of several days';
  const modelDate = modelDateOf(asString(document.score_date) ?? [...days][0], options);
  if (modelDate === undefined) return NO_DATE;
  const collected = collector(modelDate);
  items.forEach((item, i) => {
    const cve = asString(item.cve) ?? asString(item.id) ?? '';
    collected.add(`entry ${i + 1}`, cve, item.epss, item.percentile ?? null, true);
  });
  return collected.reading();
}

const NO_DATE =
  'it tells no model date, and neither its name nor the config does: add "modelDate" to the feed, such as 2024-10-27';

function modelDateOf(told: string | undefined, { path, modelDate }: ReadOptions): string | undefined {
  const day = (told ?? '').slice(0, 10);
  if (isDay(day)) return day;
  const named = [...path.matchAll(DAY)].map((m) => m[1] ?? '').filter(isDay);
  return named.at(-1) ?? modelDate;
}

/** A day that the calendar has. */
const isDay = (day: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(day) &&
  momentKey(day) !== undefined &&
  new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);

function collector(modelDate: string) {
  const rows = new Map<string, EpssRow>();
  const problems: string[] = [];
  let bad = 0;
  return {
    add(where: string, cve: string, score: unknown, percentile: unknown, whole: boolean): void {
      const row = {
        cve,
        score: share(score),
        percentile: percentile === null ? null : share(percentile),
        modelDate,
      };
      if (!whole || !CVE_ID.test(cve) || Number.isNaN(row.score) || Number.isNaN(row.percentile)) {
        bad += 1;
        if (bad <= MAX_PROBLEMS)
          problems.push(`${where} is no CVE id with a score and a percentile between 0 and 1`);
        return;
      }
      const other = rows.get(cve);
      if (other === undefined || exceeds(row, other)) rows.set(cve, row);
    },
    reading(): Reading {
      if (bad > MAX_PROBLEMS) problems.push(`${bad - MAX_PROBLEMS} more of its lines are no scores`);
      return {
        kind: 'epss',
        records: rows.size,
        newest: modelDate,
        parts: [{ kind: 'epss', modelDate, rows: [...rows.values()] }],
        problems,
      };
    },
  };
}

/** Of two scores of one day for one CVE the higher counts, so that the order of lines does not. */
export const exceeds = (a: EpssRow, b: EpssRow): boolean =>
  a.score > b.score || (a.score === b.score && (a.percentile ?? -1) > (b.percentile ?? -1));

/** A number from 0 to 1, or NaN. */
function share(value: unknown): number {
  const number =
    typeof value === 'number'
      ? value
      : typeof value === 'string' && /^\d(\.\d{1,20})?(e-\d{1,2})?$/i.test(value)
        ? Number(value)
        : Number.NaN;
  return number >= 0 && number <= 1 ? number : Number.NaN;
}

const lineAt = (text: string, at: number): string => {
  const end = text.indexOf('\n', at);
  return text.slice(at, end < 0 ? text.length : end).trimEnd();
};

/** Where the line after the first `lines` begins. */
function endOf(text: string, lines: number): number {
  let at = 0;
  for (let i = 0; i < lines; i += 1) {
    const end = text.indexOf('\n', at);
    if (end < 0) return text.length;
    at = end + 1;
  }
  return at;
}
