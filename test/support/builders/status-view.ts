import type { StatusView } from '../../../src/report/status-text.ts';

export const statusDigest = (c: string): string => `sha256:${c.repeat(64)}`;
const NONE = { count: 0, assets: [] };
export const statusView = (change: Partial<StatusView> = {}): StatusView => ({
  report: {
    asOf: '2024-10-24T00:00:00Z',
    select: {},
    assets: 1,
    findings: 2,
    unmitigated: 0,
    exceptions: [],
    stale: [],
    overdue: 1,
    byStatus: { missing: 1, unknown: 1 },
    rings: [
      { baseline: 'servers', ring: 'prod', unknown: null, assets: 12, open: 1, overdue: 1 },
      { baseline: null, ring: null, unknown: 'two-baselines', assets: 1, open: 0, overdue: 0 },
    ],
    governance: { noBaseline: NONE, noRing: NONE, ties: [], reach: [] },
    responsibility: [],
    decisions: 2,
    contexts: 1,
    pins: null,
    digests: { policy: statusDigest('a'), fleet: statusDigest('b'), intel: statusDigest('c') },
  },
  next: [],
  exceeded: [],
  ...change,
});
export const dueItem = {
  due: '2024-10-01',
  rule: 'deadlines/kev:kev',
  advisory: 'CVE-2024-1',
  stream: 'debian:12:amd64',
  name: 'openssl',
  severity: 'high',
  overdue: true,
  assets: 3,
};

/** With something in every part of it. */
export function fullStatus(): StatusView {
  const { report } = statusView();
  const counts = { findings: 3, open: 2, overdue: 1, unmitigated: 0 };
  return {
    next: [dueItem],
    exceeded: [{ exception: 'wide', assets: 9, maxAssets: 2 }],
    report: {
      ...report,
      select: { all: [{ label: 'env', in: ['prod'] }] },
      governance: {
        noBaseline: { count: 21, assets: ['lost'] },
        noRing: { count: 1, assets: ['web-9'] },
        ties: [{ baselines: ['a', 'b'], count: 2, assets: ['x', 'y'] }],
        reach: [{ baseline: 'old', selects: 12, governs: 0, shadowedBy: ['servers'] }],
      },
      responsibility: [
        { owner: 'team:ops', document: 'baselines/x.json', approvers: ['team:a'], excepted: 0, ...counts },
      ],
      controls: [
        {
          framework: 'pci',
          title: 'PCI',
          control: '6.3.3',
          asks: 'Patches',
          open: 2,
          overdue: 1,
          unmitigated: 0,
        },
      ],
      exceptions: [
        {
          ...{ exception: 'exc', state: 'in-force', assets: 2, findings: 3, without: { missing: 3 } },
          ...{ validUntil: '2024-12-31', history: null },
        },
      ],
      stale: [{ feed: 'feeds/osv', since: '2024-10-01', ageDays: 9, maxAgeDays: 2 }],
      pins: {
        names: { intel: 'x', firstSeen: null, labels: null },
        behind: [{ pin: 'intel', since: '2024-10-20T00:00:00Z' }],
        kept: [{ from: 'missing', to: 'waiting', findings: 4, assets: 3, overdue: 2, overdueAfter: 1 }],
        afterMerge: { findings: 5, overdue: 2, unmitigated: 0, byStatus: { waiting: 5 } },
      },
    },
  };
}
