import { isLabelName } from '../domain/labels/name.ts';
import { quote } from '../util/printable.ts';
import type { InventoryReader } from './inventory-host.ts';

const OWN = ['asset', 'host', 'port', 'user'];
const MAX_COLUMNS = 200;

/**
 * A table with a header line: `asset` is needed, `host`, `port` and `user` are known, and every further column is a label
 * of that name (or those that `labelsFrom` chooses). Empty cells say nothing.
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
export function parseCsvInventory(text: string, reader: InventoryReader): void {
  const rows = parseRows(text.replace(/^\uFEFF/, ''), reader);
  const [head, ...body] = rows;
  if (head === undefined)
    return reader.fault(1, 'there is no header line; it names the columns, such as asset,host,env');
  const names = head.cells.map((c) => c.trim());
  const labels = labelColumns(names, head.line, reader);
  if (labels === undefined) return;
  for (const { cells, line } of body) {
    if (cells.length === 1 && cells[0]?.trim() === '') continue;
    if (cells.length !== names.length) {
      reader.fault(line, `the line has ${cells.length} cells, and the header names ${names.length}`);
      continue;
    }
    const cell = (name: string): string => cells[names.indexOf(name)]?.trim() ?? '';
    const given = (name: 'host' | 'port' | 'user') => (cell(name) === '' ? {} : { [name]: cell(name) });
    reader.add({
      name: cell('asset'),
      line,
      ...given('host'),
      ...given('port'),
      ...given('user'),
      labels: Object.fromEntries(
        labels.map(([label, column]) => [label, cell(column)]).filter(([, value]) => value !== ''),
      ),
    });
  }
}

/** Label → column; undefined when the header has a fault. */
function labelColumns(
  names: readonly string[],
  line: number,
  reader: InventoryReader,
): readonly (readonly [string, string])[] | undefined {
  const faults: string[] = [];
  if (!names.includes('asset')) faults.push('the header names no column "asset"');
  if (names.length > MAX_COLUMNS) faults.push(`there are more than ${MAX_COLUMNS} columns`);
  for (const twice of new Set(names.filter((n, i) => names.indexOf(n) !== i)))
    faults.push(`the header names the column ${quote(twice)} twice`);
  const { labelsFrom } = reader.options;
  const chosen = labelsFrom
    ? Object.entries(labelsFrom)
    : names.filter((n) => !OWN.includes(n)).map((n) => [n, n] as const);
  for (const [label, column] of chosen) {
    if (!names.includes(column))
      faults.push(
        `the label ${label} comes from the column ${quote(column)}, which the header does not name`,
      );
    else if (!isLabelName(label))
      faults.push(
        `the column ${quote(column)} cannot be a label: lower-case letters, digits, ".", "_" and "-"`,
      );
  }
  for (const f of faults) reader.fault(line, f);
  return faults.length > 0 ? undefined : chosen;
}

interface Row {
  readonly cells: readonly string[];
  readonly line: number;
}

/** Cells by line; a quoted cell may hold commas, doubled quotes and line ends. */
function parseRows(text: string, reader: InventoryReader): readonly Row[] {
  const rows: Row[] = [];
  let cells: string[] = [];
  let line = 1;
  let begun = 1;
  let at = 0;
  while (at < text.length) {
    let cell: string;
    if (text[at] === '"') {
      const end = closingQuote(text, at);
      if (end === undefined) {
        reader.fault(line, 'a quoted cell has no end, or something follows its closing quote');
        return rows;
      }
      cell = text.slice(at + 1, end).replaceAll('""', '"');
      line += cell.split('\n').length - 1;
      at = end + 1;
    } else {
      const plain = /[^,\r\n]*/y;
      plain.lastIndex = at;
      cell = plain.exec(text)?.[0] ?? '';
      at += cell.length;
    }
    cells.push(cell);
    if (text[at] === ',') {
      at += 1;
      if (at === text.length) cells.push('');
      else if (text[at] === '\n' || text[at] === '\r') cells.push('');
      else continue;
    }
    if (text[at] === '\r') at += 1;
    if (text[at] === '\n') at += 1;
    rows.push({ cells, line: begun });
    cells = [];
    line += 1;
    begun = line;
  }
  return rows;
}

/** Where the cell that begins at `start` ends: a quote that is not doubled, before a comma or the end of the line. */
function closingQuote(text: string, start: number): number | undefined {
  let at = text.indexOf('"', start + 1);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at < 0 || !['', ',', '\r', '\n'].includes(text[at + 1] ?? '') ? undefined : at;
}
