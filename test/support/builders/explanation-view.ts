import type { ExplanationView } from '../../../src/report/explain-view.ts';

const FINDING: ExplanationView['findings'][number] = {
  kind: 'vulnerability',
  advisory: 'CVE-2024-6119',
  names: ['GHSA-1'],
  records: ['CVE-2024-6119', 'DSA-5764-1'],
  inputs: {
    records: [
      {
        ...{ record: 'CVE-2024-6119', feed: 'feeds/osv', severity: 'high', severitySource: 'CVSS:3.1/AV:N' },
        ...{ published: '2024-09-03T00:00:00Z', modified: null },
      },
    ],
    exploited: [{ cve: 'CVE-2024-6119', dateAdded: '2024-09-01', dueDate: null }],
    ssvc: [
      {
        ...{ cve: 'CVE-2024-6119', source: 'CISA-ADP', at: '2024-09-04T00:00:00Z', exploitation: 'active' },
        ...{ automatable: 'no', technicalImpact: null },
      },
    ],
    epss: [{ cve: 'CVE-2024-6119', score: 0.02, modelDate: '2024-09-05' }],
  },
  name: 'libssl3',
  arch: 'amd64',
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
  from: { source: 'bookworm', origin: 'debian:bookworm-security/main', firstSeen: '2024-09-03T07:00:00Z' },
  verdict: 'waiting',
  approvedBy: 'aged',
  waitDays: 4,
  responsible: { owner: 'team:ops', document: 'baselines/servers.json', approvers: ['team:security'] },
  next: { day: '2024-09-10', what: 'the wait of aged is over' },
};

export const explanationView = (
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
  exceptions: [
    {
      ...{ exception: 'exc-1', file: 'exceptions/exc-1.json', owner: 'team:web', ticket: 'T-1' },
      ...{ reason: 'the next release has it', decision: 'accept-risk', controls: [], holds: false },
      ...{ validFrom: '2023-01-01', validUntil: '2024-01-01', why: 'its last day was 2024-01-01' },
    },
  ],
  rules: [
    {
      ...{
        id: 'status/missing',
        title: 'Patch missing',
        path: 'rules/status/missing/missing.rego',
        line: 11,
      },
      controls: [],
    },
    {
      ...{ id: 'deadlines/kev', title: 'Known exploited', path: 'rules/deadlines/kev/kev.rego', line: 13 },
      controls: [{ title: 'PCI DSS (4.0.1)', control: '6.3.1' }],
    },
  ],
  labelSources: { env: 'inventory' },
  documents: [
    {
      file: 'baselines/servers.json',
      state: 'committed',
      commit: '0123456789abcdef0123456789abcdef01234567',
    },
    { file: 'exceptions/exc-1.json', state: 'changed', commit: null },
  ],
  snapshots: { intel: { digest: `sha256:${'a'.repeat(64)}`, at: '2024-09-06T00:00:00Z' } },
  feeds: [{ label: 'feeds/kev.json', kind: 'kev', newest: null }],
  holding: [],
  sources: null,
});

/** With something in every part of it. */
export const fullExplanation = (): ExplanationView => ({
  ...explanationView({
    reasons: [{ rule: 'status/missing', effect: 'missing', subject: 'x', params: { by: 'security' } }],
    pin: {
      ...{ nextStatus: 'waiting', nextDue: '2024-12-01' },
      facts: [{ fact: 'severity', pinned: 'high', current: 'low' }],
    },
  }),
  holding: [
    { exception: 'exc-1', firstAccepted: '2023-01-01', since: '2024-07-01', renewals: 1, widened: true },
  ],
  sources: {
    statements: [
      {
        ...{ advisory: 'CVE-2024-1', name: 'libssl3', source: 'openvex:Vendor', feed: 'vendor' },
        ...{
          document: 'vex-1',
          at: '2024-10-01T00:00:00Z',
          vulnerability: 'CVE-2024-1',
          product: 'pkg:deb/x',
        },
        ...{ status: 'not_affected', justification: 'x', statement: 'not built', why: 'not trusted' },
      },
    ],
    claims: [
      {
        ...{ cve: 'CVE-2024-1', source: 'osv:x', kind: 'cvss', value: '7.5', vector: 'CVSS:3.1/AV:N' },
        ...{ at: '2024-10-02', counts: true },
      },
    ],
  },
});
