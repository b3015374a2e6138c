import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { type FindingLine, findingsCsv, findingsCsvHead } from '../../src/report/findings-csv.ts';
import { HIDDEN } from '../support/forge-markdown.ts';
import { ALL_PAYLOADS } from '../support/injection-payloads.ts';

const LINE: FindingLine = {
  ...{
    asset: 'web-1',
    baseline: 'servers',
    ring: 'prod',
    name: 'openssl',
    arch: 'amd64',
    version: '3.0.14-1',
  },
  ...{ advisory: 'CVE-2024-6119', severity: 'high', kev: true, status: 'waiting', candidate: '3.0.15-1' },
  ...{ waitDays: 4, due: '2024-11-01', rule: 'deadlines/kev:x', overdue: false },
};
const TEXTS = [
  'asset',
  'baseline',
  'ring',
  'name',
  'arch',
  'version',
  'advisory',
  'candidate',
  'rule',
] as const;

const read = (text: string): Record<string, string>[] =>
  parse(text, { columns: true, record_delimiter: '\r\n' });

describe('findings as CSV', () => {
  it('is a line a finding, by the names of the head', () => {
    const update = { ...LINE, advisory: null, kev: false, waitDays: null, due: null, rule: null };
    expect(read(findingsCsvHead() + findingsCsv([LINE, update]))).toEqual([
      {
        ...{ asset: 'web-1', baseline: 'servers', ring: 'prod', package: 'openssl', arch: 'amd64' },
        ...{ installed: '3.0.14-1', advisory: 'CVE-2024-6119', severity: 'high', exploited: 'true' },
        ...{ status: 'waiting', patch: '3.0.15-1', wait_days: '4', due: '2024-11-01', overdue: 'false' },
        rule: 'deadlines/kev:x',
      },
      expect.objectContaining({ advisory: '', exploited: 'false', wait_days: '', due: '', rule: '' }),
    ]);
  });

  it('no payload in any field adds a cell or a line, hides a character, or starts a formula', () => {
    const wrong = ALL_PAYLOADS.filter((payload) => {
      const line = { ...LINE, ...Object.fromEntries(TEXTS.map((field) => [field, payload])) };
      const rows = read(findingsCsvHead() + findingsCsv([line, LINE]));
      const cells = Object.values(rows[0] ?? {});
      return rows.length !== 2 || cells.some((c) => HIDDEN.test(c) || /^\s*[=+\-@]/.test(c));
    });
    expect(wrong).toEqual([]);
  });

  it('joined by commas alone, the same payloads are caught', () => {
    const naive = (cell: string): string => `asset,rule\r\n${cell},x\r\n`;
    const caught = ALL_PAYLOADS.filter((payload) => {
      try {
        const rows = read(naive(payload));
        return (
          rows.length !== 1 || /^\s*[=+\-@]/.test(rows[0]?.asset ?? '') || HIDDEN.test(rows[0]?.asset ?? '')
        );
      } catch {
        return true;
      }
    });
    expect(caught.length).toBeGreaterThan(50);
  });
});
