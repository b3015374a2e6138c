import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CsvCell, csvLines } from '../../src/util/csv.ts';

const read = (text: string): string[][] =>
  parse(text, { record_delimiter: '\r\n', relax_column_count: false, skip_empty_lines: false });

describe('csvLines', () => {
  it('quotes text, doubles quotes, ends lines with CR LF, leaves nothing for null', () => {
    expect(csvLines([['a "b", c', 1, true, null, '']])).toBe('"a ""b"", c",1,true,,""\r\n');
    expect(csvLines([])).toBe('');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(1)', '\t=1', '\r=1', '\n=1', '\0', ' =1', '＝1', '＋1', '－1', '＠x'])(
    'sets an apostrophe before %j',
    (cell) => {
      expect(read(csvLines([[cell]]))).toEqual([[`'${cell}`]]);
    },
  );

  it.each(['a=1', '1-2', '3.0.15-1~deb12u1', "'x", '', '漢', 'x@y'])('leaves %j as it is', (cell) => {
    expect(read(csvLines([[cell]]))).toEqual([[cell]]);
  });

  it('a negative number is a number', () => {
    expect(csvLines([[-1, 0.5]])).toBe('-1,0.5\r\n');
  });

  it('what was written is read back by a CSV parser, cell by cell, and no cell is a formula', () => {
    const text = fc.string({ unit: fc.oneof(fc.constantFrom(...'=+-@"\',;\t\r\n '), fc.string()) });
    const cell: fc.Arbitrary<CsvCell> = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null));
    const rows = fc
      .integer({ min: 1, max: 5 })
      .chain((columns) =>
        fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 5 }),
      );
    fc.assert(
      fc.property(rows, (given) => {
        const found = read(csvLines(given));
        expect(found.map((row) => row.length)).toEqual(given.map((row) => row.length));
        for (const [r, row] of given.entries())
          for (const [c, value] of row.entries()) {
            const back = found[r]?.[c] ?? '';
            if (typeof value !== 'string') expect(back).toBe(value === null ? '' : String(value));
            else {
              expect([value, `'${value}`]).toContain(back);
              expect(back).not.toMatch(/^\s*[=+\-@]|^[\t\r]/);
            }
          }
      }),
    );
  });
});
