import { describe, expect, it } from 'vitest';
import { type StatusView, statusText } from '../../src/report/status-text.ts';
import {
  statusDigest as digest,
  dueItem as item,
  statusView as view,
} from '../support/builders/status-view.ts';

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

  it('tells since when an exception accepts its risk, with and without breaks', () => {
    const exception = {
      ...{ exception: 'exc', state: 'in-force' as const, assets: 2, findings: 3, without: { missing: 3 } },
      validUntil: '2024-12-31',
      history: { firstAccepted: '2023-01-01', since: '2024-07-01', renewals: 1, widened: true },
    };
    const report = {
      ...view().report,
      exceptions: [exception, { ...exception, exception: 'new', history: null }],
    };
    expect(statusText(view({ report }))).toContain(`
  exception  state              first       since       until       renewed  assets  findings  without it
  exc        in-force, widened  2023-01-01  2024-07-01  2024-12-31        1       2         3  3 missing
  new        in-force           -           -           2024-12-31        -       2         3  3 missing
`);
  });

  it('makes names from outside printable', () => {
    const text = statusText(view({ next: [{ ...item, name: 'evil\u001b[2J', advisory: 'A\u202eB' }] }));
    expect(text).toContain('evil\\u{1b}[2J');
    expect(text).toContain('A\\u{202e}B');
  });

  it('names what nobody governs, and who answers', () => {
    const { report } = view();
    const text = statusText(
      view({
        report: {
          ...report,
          governance: {
            noBaseline: { count: 21, assets: ['lost\u001b[2J', 'stray'] },
            noRing: { count: 1, assets: ['web-9'] },
            ties: [{ baselines: ['a', 'b'], count: 2, assets: ['x', 'y'] }],
            reach: [
              { baseline: 'a', selects: 2, governs: 0, shadowedBy: [] },
              { baseline: 'old', selects: 12, governs: 0, shadowedBy: ['servers'] },
              { baseline: 'servers', selects: 12, governs: 12, shadowedBy: [] },
            ],
          },
          responsibility: [
            {
              ...{ owner: 'team:ops', document: 'baselines/servers.json', approvers: ['team:security'] },
              ...{ findings: 3, open: 2, overdue: 1, unmitigated: 0, excepted: 0 },
            },
            {
              ...{ owner: null, document: null, approvers: ['team:security'] },
              ...{ findings: 4, open: 0, overdue: 0, unmitigated: 0, excepted: 0 },
            },
          ],
          controls: [
            {
              ...{ framework: 'pci', title: 'PCI DSS (4.0.1)', control: '6.3.3', asks: 'Patches in time.' },
              ...{ open: 2, overdue: 1, unmitigated: 0 },
            },
          ],
        },
      }),
    );
    for (const words of [
      '21 assets in no baseline: lost\\u{1b}[2J, stray, …\n',
      '1 asset in a baseline and in none of its rings: web-9\n',
      '2 assets claimed by a and b, of one priority, so that none governs: x, y\n',
      'The baseline old selects 12 assets and governs none: servers goes first\n',
    ])
      expect(text).toContain(words);
    expect(text).not.toContain('The baseline a ');
    expect(text).toMatch(/team:ops +baselines\/servers.json +team:security +3 +2 +1 +0/);
    expect(text).toMatch(/nobody +- +- +4/);
    expect(text).toMatch(/PCI DSS \(4.0.1\) +6.3.3 +2 +1 +0 +Patches in time\./);
  });

  it('names whose counts they are, and calls no baseline shadowed by a few assets alone', () => {
    const { report } = view();
    const reach = [{ baseline: 'old', selects: 2, governs: 0, shadowedBy: ['servers'] }];
    const governance = { ...report.governance, reach };
    const select = { all: [{ label: 'env', in: ['prod'] }], none: [{ label: 'unit', exists: true }] };
    const text = statusText(view({ report: { ...report, select, governance } }));
    expect(text).toContain('Only assets with env=prod and none of (unit)\n');
    expect(text).not.toContain('The baseline old');
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
