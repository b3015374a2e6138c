import { describe, expect, it } from 'vitest';
import { type StatusView, statusText } from '../../src/report/status-text.ts';

const digest = (c: string): string => `sha256:${c.repeat(64)}`;
const view = (change: Partial<StatusView> = {}): StatusView => ({
  report: {
    asOf: '2024-10-24T00:00:00Z',
    assets: 1,
    findings: 2,
    unmitigated: 0,
    exceptions: [],
    stale: [],
    overdue: 1,
    byStatus: { missing: 1, unknown: 1 },
    decisions: 2,
    contexts: 1,
    pins: null,
    digests: { policy: digest('a'), fleet: digest('b'), intel: digest('c') },
  },
  rings: [
    { baseline: 'servers', ring: 'prod', unknown: null, assets: 12, open: 1, overdue: 1 },
    { baseline: null, ring: null, unknown: 'two-baselines', assets: 1, open: 0, overdue: 0 },
  ],
  next: [],
  exceeded: [],
  ...change,
});
const item = {
  due: '2024-10-01',
  rule: 'deadlines/kev:kev',
  advisory: 'CVE-2024-1',
  stream: 'debian:12:amd64',
  name: 'openssl',
  severity: 'high',
  overdue: true,
  assets: 3,
};

describe('status as text', () => {
  it('sets numbers to the right and says why an asset has no ring', () => {
    expect(statusText(view())).toBe(`As of 2024-10-24T00:00:00Z: 1 asset, 2 findings, 1 overdue

  status   findings
  missing         1
  unknown         1

  baseline  ring                    assets  open  overdue
  servers   prod                        12     1        1
  -         unknown: two-baselines       1     0        0

2 decisions in 1 context; policy sha256:aaaaaaaaaaaa, fleet sha256:bbbbbbbbbbbb, intelligence sha256:cccccccccccc
`);
  });

  it('marks what is overdue, calls an update one, and names an exception that covers too much', () => {
    const text = statusText(
      view({
        next: [item, { ...item, due: '2024-11-01', overdue: false, advisory: null }],
        exceeded: [{ exception: 'wide', assets: 9, maxAssets: 2 }],
      }),
    );
    expect(text).toContain('2024-10-01 !  high      openssl  CVE-2024-1  3       deadlines/kev:kev');
    expect(text).toContain('2024-11-01    high      openssl  update ');
    expect(text).toContain('The exception wide covers 9 assets and may cover 2: it does not count');
  });

  it('makes names from outside printable', () => {
    const text = statusText(view({ next: [{ ...item, name: 'evil\u001b[2J', advisory: 'A\u202eB' }] }));
    expect(text).toContain('evil\\u{1b}[2J');
    expect(text).toContain('A\\u{202e}B');
  });
});

describe('what pins.json holds back', () => {
  const names = { intel: digest('1'), firstSeen: null, labels: null };
  const afterMerge = { findings: 5, overdue: 2, unmitigated: 0, byStatus: { waiting: 5 } };
  const move = { from: 'missing', to: 'waiting', findings: 4, assets: 3, overdue: 2, overdueAfter: 1 };
  const told = (pins: StatusView['report']['pins']) =>
    statusText(view({ report: { ...view().report, pins } }));

  it('is told beside what is in force', () => {
    const behind = [{ pin: 'intel' as const, since: '2024-10-20T00:00:00Z' }];
    const kept = [move, { ...move, to: null }, { ...move, to: 'missing' }];
    const text = told({ names, behind, kept, afterMerge });
    expect(text).toMatch(/missing +waiting +4 +3 +2 +1\n/);
    expect(text).toMatch(/missing +gone +/);
    expect(text).toMatch(/missing +missing, later +/);
    expect(text).toContain('Pinned intel of 2024-10-20T00:00:00Z; after the merge: 5 findings, 2 overdue\n');
  });

  it('is a sentence when it is nothing', () => {
    const nothing = { names, behind: [], kept: [], afterMerge };
    expect(told(nothing)).toContain('pins.json keeps nothing stricter');
    expect(told({ ...nothing, names: { ...names, intel: null } })).toContain('pins.json pins nothing yet');
    expect(told(null)).not.toContain('pins');
  });
});
