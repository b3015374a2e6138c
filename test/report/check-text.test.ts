import { describe, expect, it } from 'vitest';
import type { CheckFinding, CheckReport } from '../../src/contracts/generated/check-report.ts';
import { checkJson } from '../../src/report/check-json.ts';
import { checkText } from '../../src/report/check-text.ts';

const finding = (facts: Partial<CheckFinding> = {}): CheckFinding => ({
  kind: 'vulnerability',
  advisory: 'CVE-2023-4911',
  aliases: [],
  component: {
    name: 'libc6',
    version: '2.31-13',
    arch: 'amd64',
    sourcePackage: 'glibc',
    sourceVersion: '2.31-13',
  },
  fixedIn: '2.31-13+deb11u7',
  severity: 'high',
  kev: true,
  status: 'missing',
  sources: [],
  ...facts,
});
const report = (findings: CheckFinding[], extra: Partial<CheckReport> = {}): CheckReport => ({
  stream: 'debian:11:amd64',
  components: 3,
  findings,
  ...extra,
});

describe('the report of a check', () => {
  it('is a table, the worst first, and a summary', () => {
    const text = checkText(
      report([
        finding({
          advisory: 'CVE-2024-1',
          severity: 'low',
          kev: false,
          status: 'no-fix',
          reason: 'end-of-life',
          fixedIn: null,
        }),
        finding({ kind: 'update', advisory: null, severity: 'none', kev: false }),
        finding({ advisory: 'CVE-2024-2', severity: 'none', status: 'not-affected' }),
        finding({
          component: { name: 'dmsetup', version: '2:1.02', sourcePackage: 'lvm2', sourceVersion: '2.03' },
        }),
      ]),
    );
    expect(text).toBe(
      [
        'SEVERITY  FINDING              PACKAGE  INSTALLED           FIXED IN         STATUS',
        'high      CVE-2023-4911 (KEV)  dmsetup  2:1.02 [lvm2 2.03]  2.31-13+deb11u7  missing',
        'low       CVE-2024-1           libc6    2.31-13             -                no-fix (end-of-life)',
        '-         update               libc6    2.31-13             2.31-13+deb11u7  missing',
        '',
        'debian:11:amd64: 3 packages, 2 advisories (1 known to be exploited), 1 updates',
        'findings: 2 missing, 1 no-fix, 1 not-affected',
        '',
      ].join('\n'),
    );
  });

  it('never reads as clean where nothing was judged', () => {
    const whole = finding({
      advisory: null,
      component: { name: '*', version: '*', sourcePackage: null, sourceVersion: null },
      severity: 'unknown',
      kev: false,
      status: 'unknown',
      reason: 'no-source',
      fixedIn: null,
    });
    const text = checkText(report([whole], { unknown: 'no-source', stream: null }));
    expect(text).toContain('NOT JUDGED (no-source)');
    expect(text).toContain('unknown (no-source)');
    expect(text).toContain('unknown stream: 3 packages, 0 advisories');
  });

  it('without findings is the summary alone', () => {
    expect(checkText(report([]))).toBe('debian:11:amd64: 3 packages, 0 advisories, 0 updates\n');
  });

  it('lets no text from outside move the cursor', () => {
    const text = checkText(
      report([
        finding({
          component: { name: 'x\u001b[2J\u202e', version: '1\n2', sourcePackage: null, sourceVersion: null },
        }),
      ]),
    );
    expect(text).not.toMatch(/\u001b|\u202e|1\n2/);
  });

  it('as JSON is the report itself', () => {
    const value = report([finding()]);
    expect(JSON.parse(checkJson(value))).toEqual(value);
    expect(checkJson(value).endsWith('}\n')).toBe(true);
  });
});
