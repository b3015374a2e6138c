/** One value of a row; null is an empty cell. */
export type CsvCell = string | number | boolean | null;

/** Starts of a cell that spreadsheets take for a formula, also behind spaces. */
const FORMULA = /^[\t\r\n\0]|^\s*[=+\-@＝＋－＠]/u;

/**
 * Rows as CSV, each line ended by CR LF, text always quoted. Text that a spreadsheet would take for a formula gets an
 * apostrophe before it, which spreadsheets do not show.
 * @see RFC 4180
 * @see OWASP, "CSV Injection"; ASVS 5.0, 1.2.10
 */
export const csvLines = (rows: readonly (readonly CsvCell[])[]): string =>
  rows.map((row) => `${row.map(cellText).join(',')}\r\n`).join('');

function cellText(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  return `"${(FORMULA.test(cell) ? `'${cell}` : cell).replaceAll('"', '""')}"`;
}
