import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEpssJson, isEpssText, readEpssJson, readEpssText } from '../../../src/observe/intel/epss.ts';
import type { Reading } from '../../../src/observe/intel/reading.ts';

const FIRST = '#model_version:v2023.03.01,score_date:2024-10-27T00:00:00+0000\ncve,epss,percentile\n';
const at = (path: string, modelDate?: string) => ({
  feed: 'f',
  path,
  ...(modelDate === undefined ? {} : { modelDate }),
});
const rowsOf = (reading: Reading | string) => {
  if (typeof reading === 'string') throw new Error(reading);
  const [part] = reading.parts;
  return part?.kind === 'epss'
    ? part.rows.map((r) => [r.cve, r.score, r.percentile, r.modelDate])
    : undefined;
};

describe('a score list', () => {
  it.each([
    ['of FIRST', `${FIRST}CVE-2024-0001,0.5,0.9\n`, 'x.csv', 0.9, '2024-10-27'],
    [
      'with the line ends of Windows',
      `${FIRST}CVE-2024-0001,0.5,0.9\n`.replaceAll('\n', '\r\n'),
      'x.csv',
      0.9,
      '2024-10-27',
    ],
    [
      'of 2021: no percentile, the day in its name',
      'cve,epss\nCVE-2024-0001,0.5\n',
      'epss_scores-2021-04-14.csv',
      null,
      '2021-04-14',
    ],
    [
      'without a header, the day in the name of the archive',
      'CVE-2024-0001;0.500000000;0.900000000',
      'emba-epss-2024-04-01.tar.xz/EPSS_CVE_data/CVE_2024_EPSS.csv',
      0.9,
      '2024-04-01',
    ],
    [
      'with its own day and another in its name',
      `${FIRST}CVE-2024-0001,0.5,0.9`,
      '2020-01-01.csv',
      0.9,
      '2024-10-27',
    ],
    [
      'with no day in the calendar, and one of its folder',
      `${FIRST.replace('10-27', '02-30')}CVE-2024-0001,0.5,0.9`,
      '2024-01-02/x.csv',
      0.9,
      '2024-01-02',
    ],
  ])('%s is read', (_name, text, path, percentile, modelDate) => {
    expect(isEpssText(text.slice(0, 400))).toBe(true);
    const reading = readEpssText(text, at(path));
    expect(rowsOf(reading)).toEqual([['CVE-2024-0001', 0.5, percentile, modelDate]]);
    expect(reading).toMatchObject({ kind: 'epss', records: 1, newest: modelDate, problems: [] });
  });

  it('takes the day of the config last, and never that of a clock', () => {
    const text = 'cve,epss\nCVE-2024-0001,0.5\n';
    expect(rowsOf(readEpssText(text, at('x.csv', '2024-10-01')))).toMatchObject([{ 3: '2024-10-01' }]);
    expect(rowsOf(readEpssText(text, at('2024-09-09.csv', '2024-10-01')))).toMatchObject([
      { 3: '2024-09-09' },
    ]);
    expect(readEpssText(text, at('x.csv'))).toMatch(/^it tells no model date/);
    expect(readEpssText(`#model_version:v1\n${text}`, at('x.csv'))).toMatch(/^it tells no model date/);
  });

  it.each([
    ['CVE-2024-0001,1.1,0.9'],
    ['CVE-2024-0001,-0.1,0.9'],
    ['CVE-2024-0001,0.5,1.00001'],
    ['CVE-2024-0001,NaN,0.9'],
    ['CVE-2024-0001,,0.9'],
    ['CVE-2024-0001,0.5,'],
    ['CVE-2024-0001,0x1,0.9'],
    ['CVE-2024-0001,0.5,0.9,0.1'],
    ['CVE-2024-1,0.5,0.9'],
    ['nonsense'],
  ])('tells the line %j and reads the others', (line) => {
    const reading = readEpssText(`${FIRST}${line}\nCVE-2024-0002,0,1\n`, at('x.csv'));
    expect(rowsOf(reading)).toEqual([['CVE-2024-0002', 0, 1, '2024-10-27']]);
    expect(reading).toMatchObject({ problems: [expect.stringMatching(/^line 3 is no CVE id with a score/)] });
  });

  it('counts what it does not tell one by one', () => {
    const reading = readEpssText(`${FIRST}${'x\n'.repeat(10)}`, at('x.csv'));
    expect(reading).toMatchObject({
      records: 0,
      problems: { length: 4, 3: '7 more of its lines are no scores' },
    });
  });

  it.each([
    ['cve,score,percentile\nCVE-2024-0001,0.5,0.9', false],
    ['#model_version:v1,score_date:2024-02-20T00:00:00+0000\ninvalid,header\n', true],
    ['cveID,vendorProject\nCVE-2024-0001,x', false],
    ['', false],
  ])('with another header is none: %j', (text, begins) => {
    expect(isEpssText(text)).toBe(begins);
    expect(readEpssText(text, at('2024-01-01'))).toBe('its header is not cve,epss,percentile');
  });

  it('may be JSON', () => {
    const list = { score_date: '2021-04-14T00:00:00+0000', data: [{ id: 'CVE-2020-5902', epss: 0.65 }] };
    const api = {
      data: [
        { cve: 'CVE-2020-5902', epss: '0.97', percentile: '0.99', date: '2024-01-02' },
        { cve: 'x', epss: 2 },
      ],
    };
    expect([list, api].map(isEpssJson)).toEqual([true, true]);
    expect(isEpssJson({ data: [] })).toBe(false);
    expect(rowsOf(readEpssJson(list, at('x')))).toEqual([['CVE-2020-5902', 0.65, null, '2021-04-14']]);
    expect(rowsOf(readEpssJson(api, at('x')))).toEqual([['CVE-2020-5902', 0.97, 0.99, '2024-01-02']]);
    const days = {
      data: [
        { epss: 0, date: '2024-01-01' },
        { epss: 0, date: '2024-01-02' },
      ],
    };
    expect(readEpssJson(days, at('x'))).toBe('it mixes scores of several days');
    expect(readEpssJson({ data: [{ epss: 0 }] }, at('x'))).toMatch(/no model date/);
  });

  it('does not depend on the order of its lines, even with a CVE twice', () => {
    const line = fc.tuple(
      fc.integer({ min: 1000, max: 1004 }),
      fc.constantFrom(0, 0.5, 1),
      fc.constantFrom(0, 1),
    );
    fc.assert(
      fc.property(fc.array(line), fc.gen(), (lines, gen) => {
        const text = (list: typeof lines) =>
          `${FIRST}${list.map(([n, s, p]) => `CVE-2024-${n},${s},${p}`).join('\n')}`;
        const shuffled = [...lines].sort(() => gen(fc.constantFrom, -1, 1));
        const sorted = (list: typeof lines) =>
          rowsOf(readEpssText(text(list), at('x')))
            ?.map(String)
            .sort();
        expect(sorted(shuffled)).toEqual(sorted(lines));
      }),
      { numRuns: 100 },
    );
  });
});
