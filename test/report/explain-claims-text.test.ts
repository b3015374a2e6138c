import { describe, expect, it } from 'vitest';
import { claimsText } from '../../src/report/explain-claims-text.ts';

const said = {
  advisory: 'CVE-2024-1',
  name: 'libssl3',
  source: 'openvex:Vendor',
  feed: 'vendor',
  document: 'vex-1',
  at: '2024-10-01T00:00:00Z',
  vulnerability: 'CVE-2024-1',
  product: 'pkg:deb/debian/libssl3',
  status: 'not_affected',
  justification: 'vulnerable_code_not_present',
  statement: 'not \u001b[31mbuilt',
  why: null,
};
const claim = {
  cve: 'CVE-2024-1',
  source: 'osv:CVE-2024-1',
  kind: 'cvss',
  value: '7.5',
  vector: 'CVSS:3.1/AV:N',
  at: null,
  counts: true,
};

describe('what sources say', () => {
  it('is a line each, with what counts and why the rest does not', () => {
    const shown = {
      ...said,
      justification: null,
      statement: null,
      at: null,
      why: 'its feed is not trusted about it',
    };
    const word = {
      ...claim,
      source: 'csaf:Vendor',
      kind: 'word',
      value: 'Moderate',
      vector: null,
      at: '2024-10-02',
      counts: false,
    };
    expect(claimsText([said, shown], [claim, word]).join('')).toBe(
      [
        'What vendors say',
        '  openvex:Vendor on 2024-10-01T00:00:00Z: not_affected for pkg:deb/debian/libssl3 (vulnerable_code_not_present; not \\u{1b}[31mbuilt); it counts',
        '  openvex:Vendor: not_affected for pkg:deb/debian/libssl3; it does not count: its feed is not trusted about it',
        'Severity by source',
        '  osv:CVE-2024-1: cvss 7.5 CVSS:3.1/AV:N; it counts',
        '  csaf:Vendor on 2024-10-02: word Moderate',
        '',
      ].join('\n'),
    );
  });

  it('is nothing where nobody says anything', () => expect(claimsText([], [])).toEqual([]));
});
