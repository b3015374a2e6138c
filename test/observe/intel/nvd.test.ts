import { describe, expect, it } from 'vitest';
import { isNvd, readNvd } from '../../../src/observe/intel/nvd.ts';

const answer = (...records: readonly unknown[]) => ({
  format: 'NVD_CVE',
  version: '2.0',
  vulnerabilities: records.map((cve) => ({ cve })),
});
const metric = (vectorString: string, over: object = {}) => ({
  source: 'nvd@nist.gov',
  type: 'Primary',
  cvssData: { vectorString },
  ...over,
});
const V2 = 'AV:N/AC:L/Au:N/C:P/I:P/A:P';
const V30 = 'CVSS:3.0/AV:L/AC:H/PR:H/UI:N/S:U/C:L/I:L/A:L';
const V31 = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';
const V4 = 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N';

describe('an answer of NVD', () => {
  it('keeps every metric with who says so', () => {
    const document = answer({
      id: 'CVE-2016-1585',
      lastModified: '2025-05-02T14:12:14.837',
      vulnStatus: 'Analyzed',
      metrics: {
        cvssMetricV2: [metric(V2)],
        cvssMetricV30: [metric(V30, { source: 'security@ubuntu.com', type: 'Secondary' })],
        cvssMetricV31: [metric(V31)],
        cvssMetricV40: [metric(V4, { type: undefined })],
        ssvcV203: [{ source: 'x' }],
      },
    });
    expect(isNvd(document)).toBe(true);
    const reading = readNvd(document);
    expect(reading).toMatchObject({ records: 1, newest: '2025-05-02T14:12:14.837Z', problems: [] });
    const [part] = reading.parts;
    expect(
      part?.kind === 'claims' && part.units[0]?.claims.map((c) => [c.source, c.value, c.vector]),
    ).toEqual([
      ['nvd-primary:nvd@nist.gov', '7.5', V2],
      ['nvd-secondary:security@ubuntu.com', '3.9', V30],
      ['nvd-primary:nvd@nist.gov', '9.8', V31],
      ['nvd:nvd@nist.gov', '9.3', V4],
    ]);
  });

  it('knows rejected records, and tells damaged ones', () => {
    const reading = readNvd(
      answer(
        {
          id: 'CVE-2023-5129',
          vulnStatus: 'Rejected',
          lastModified: '2023-09-30T00:00:00.000',
          metrics: { cvssMetricV31: [metric(V31)] },
        },
        { id: 'CVE-2024-0001', metrics: { cvssMetricV31: [metric('CVSS:3.1/AV:N'), null] } },
        { id: 'x' },
        7,
      ),
    );
    expect(reading.parts).toEqual([
      { kind: 'rejected', cve: 'CVE-2023-5129', at: '2023-09-30T00:00:00.000Z' },
    ]);
    expect(reading.problems).toEqual([
      'a metric of CVE-2024-0001 has no CVSS vector that is known',
      'a metric of CVE-2024-0001 has no CVSS vector that is known',
      'entry 3 has no CVE id',
      'entry 4 has no CVE id',
    ]);
  });

  it('is not the catalogue, which has the same list', () => {
    expect(isNvd({ catalogVersion: '2024.10.24', vulnerabilities: [] })).toBe(false);
  });
});
