import { describe, expect, it } from 'vitest';
import { type ExplanationView, explainText } from '../../src/report/explain-text.ts';

const FINDING: ExplanationView['findings'][number] = {
  kind: 'vulnerability',
  advisory: 'CVE-2024-6119',
  names: ['GHSA-1'],
  records: ['CVE-2024-6119', 'DSA-5764-1'],
  name: 'libssl3',
  version: '3.0.14-1',
  source: 'openssl',
  fixed: '3.0.15-1',
  status: 'missing',
  overdue: true,
  unmitigated: false,
  reasons: [{ rule: 'status/missing', effect: 'missing', params: { by: 'security', empty: '', none: null } }],
  duties: [
    {
      rule: 'deadlines/kev:x',
      clock: 'kevAdded',
      days: 3,
      from: '2024-09-01',
      due: '2024-09-04',
      binds: true,
    },
    {
      rule: 'deadlines/within:y',
      clock: 'published',
      days: 90,
      from: '2024-09-01',
      due: '2024-11-30',
      binds: false,
    },
    { rule: 'deadlines/kev-due:z', clock: 'kevDue', days: 0, from: null, due: null, binds: false },
  ],
  severity: 'high',
  kev: true,
  exploitation: 'active',
  automatable: 'no',
  technicalImpact: 'unknown',
  epss: 0.02,
  fix: 'available',
  need: null,
  held: true,
  reboot: true,
  candidate: '3.0.15-1',
  verdict: 'waiting',
  approvedBy: 'aged',
  waitDays: 4,
  next: { day: '2024-09-10', what: 'the wait of aged is over' },
};

const view = (
  finding: Partial<typeof FINDING> = {},
  asset: Partial<ExplanationView['asset']> = {},
): ExplanationView => ({
  asOf: '2024-09-06T00:00:00Z',
  asset: {
    asset: 'web-01',
    stream: 'debian:12:amd64',
    source: 'ssh',
    observedAt: '2024-09-06T00:00:00Z',
    labels: { env: 'prod' },
    unknown: null,
    baseline: 'servers',
    ring: 'canary',
    selectedBy: [{ baseline: 'servers', priority: 10 }],
    ...asset,
  },
  findings: [{ ...FINDING, ...finding }],
  notApplying: [{ exception: 'exc-1', reason: 'its last day was 2024-01-01' }],
  holding: [],
  sources: null,
  rules: [{ id: 'status/missing', title: 'Patch missing', path: 'rules/status/missing/missing.rego' }],
});

describe('the text of an explanation', () => {
  it('names rules with their files, dates with their clocks, the patch and what is next', () => {
    const text = explainText(view(), true);
    for (const line of [
      'CVE-2024-6119 in libssl3 3.0.14-1: missing, due by 2024-09-04, which is over',
      '  missing (by security) by status/missing (Patch missing, policies/rules/status/missing/missing.rego)',
      '  2024-09-04 binds: 3 days after kevAdded 2024-09-01, deadlines/kev:x',
      '  2024-11-30 later: 90 days after published 2024-09-01, deadlines/within:y',
      '  no date by deadlines/kev-due:z: kevDue is not known',
      '  patch: 3.0.15-1, waiting by aged, 4 days to wait; the host itself holds the package; it waits for a reboot',
      '  told by: CVE-2024-6119, DSA-5764-1; also called GHSA-1',
      '  next: on 2024-09-10 the wait of aged is over',
      'The exception exc-1 does not hold here: its last day was 2024-01-01',
    ])
      expect(text.split('\n')).toContain(line);
  });

  it.each([
    [{ candidate: null, need: 'esm-infra' }, 'patch: none within reach, esm-infra has it'],
    [{ candidate: null, fix: 'none' }, 'patch: none (none)'],
    [{ epss: null }, 'EPSS not scored'],
    [{ next: null }, 'next: nothing changes by time alone'],
    [{ status: 'no-fix', unmitigated: true }, 'no-fix, to mitigate by 2024-09-04, which is over'],
    [{ records: [], names: [] }, 'told by: package indexes'],
  ])('says it for %j', (finding, words) => {
    expect(explainText(view(finding), true)).toContain(words);
  });

  it.each([
    [{ baseline: null, ring: null }, 'no baseline governs it'],
    [
      { baseline: null, unknown: 'two-baselines', selectedBy: [{ baseline: 'a', priority: 1 }] },
      'which ties',
    ],
    [{ ring: null, unknown: 'no-ring' }, 'no ring; unknown: no-ring'],
    [{ labels: {} }, 'labels none'],
    [{ stream: null }, 'web-01, no stream'],
  ])('says of an asset %j', (asset, words) => {
    expect(explainText(view({}, asset), true)).toContain(words);
  });

  it('lists findings in a line each, and lets no control character through', () => {
    const text = explainText(view({ name: 'a\u001b[31m', advisory: null, kind: 'update' }), false);
    expect(text).toMatch(/missing {2}2024-09-04 ! .* update .* deadlines\/kev:x/);
    expect(text).not.toContain('\u001b');
  });
});
