import { describe, expect, it } from 'vitest';
import type { DashboardFacts } from '../../src/domain/dashboard.ts';
import { checkedBoxes } from '../../src/domain/pull-boxes.ts';
import { dashboardBody } from '../../src/review/dashboard-text.ts';

const NOTHING: DashboardFacts = {
  ...{ open: [], waiting: [], left: [], refused: [], failed: [], halts: [], expiring: [], observations: [] },
  fleet: { assets: 40, findings: 900, overdue: 3, unknown: 1 },
};
const line = (reason: string | null = null, number: number | null = 7) => ({
  ...{ kind: 'remediate', scope: 'servers/prod', number, reason, owner: null, box: false },
});

describe('dashboardBody', () => {
  it('has counts and how to command, and no empty headings', () => {
    const body = dashboardBody(NOTHING);
    expect(body).toContain('| overdue | 3 |');
    expect(body).toContain('`patchwarden/rebase`');
    expect(body.match(/^### .*/gm)).toEqual(['### Labels of a pull request']);
    expect(dashboardBody(NOTHING)).toBe(body);
  });

  it.each<[keyof DashboardFacts, Partial<DashboardFacts>, RegExp]>([
    [
      'open',
      { open: [line()] },
      /### Open\n\n\*\*nobody in particular\*\*\n\n- #7 `remediate` `servers\/prod`\n/,
    ],
    [
      'waiting',
      { waiting: [line('cadence', null)] },
      /### Waiting\n\n.*\n\n- `remediate` `servers\/prod`: the cadence/,
    ],
    [
      'left',
      { left: [line('held')] },
      /### Yours: edited by people, or held\n\n.*\n\n- #7 .*: its label asks for it/,
    ],
    ['refused', { refused: [line()] }, /### Refused: closed by a person\n\n.*\n\n- #7/],
    [
      'failed',
      { failed: [line('forge-failed')] },
      /### Failing\n\n.*\n\n- #7 .*: the forge refused or failed/,
    ],
    [
      'halts',
      { halts: [{ scope: 'openssl 3.0', by: 'anna', reason: 'breaks' }] },
      /### Halts in force\n\n- `openssl 3.0` by `anna`: breaks/,
    ],
    [
      'expiring',
      { expiring: [{ id: 'risk-1', owner: 'team:ops', validUntil: '2026-12-01' }] },
      /### Exceptions that end within 14 days\n\n.*\n.*\n\| `risk-1` \| `team:ops` \| 2026-12-01 \|/,
    ],
    [
      'observations',
      {
        observations: [
          {
            ...{ code: 'no-ring', subject: 'servers', owner: 'team:ops', assets: 2, names: ['web-1'] },
            sentence: '2 hosts of servers are in no ring; give one a selector that has them',
          },
        ],
      },
      /### To look at\n\n- `2 hosts of servers are in no ring.* `web-1` \(`team:ops`\)/,
    ],
  ])('shows %s', (_what, facts, expected) => {
    expect(dashboardBody({ ...NOTHING, ...facts })).toMatch(expected);
  });

  it('groups by owner, and has a box for what people may open', () => {
    const of = (scope: string, owner: string | null, box = false) => ({
      ...line('schedule', null),
      ...{ scope, owner, box, detail: 'the calendar office opens at 2024-10-28T08:00:00Z' },
    });
    const waiting = [of('a/x', 'team:a', true), of('b/x', 'team:a'), of('c/x', 'team:c', true)];
    const body = dashboardBody({ ...NOTHING, waiting });
    const why =
      'new pull requests wait for their calendar (`the calendar office opens at 2024-10-28T08:00:00Z`)';
    expect(body).toContain(
      [
        '**`team:a`**\n',
        `- [ ] <!-- patchwarden:box open remediate a/x --> open now: \`remediate\` \`a/x\`: ${why}`,
        `- \`remediate\` \`b/x\`: ${why}\n`,
        '**`team:c`**\n',
        `- [ ] <!-- patchwarden:box open remediate c/x --> open now: \`remediate\` \`c/x\`: ${why}`,
      ].join('\n'),
    );
    const checked = checkedBoxes(body.replaceAll('- [ ]', '- [x]'));
    expect(checked).toEqual(new Set(['open remediate a/x', 'open remediate c/x']));
  });

  it('no text from outside becomes a box', () => {
    const mark = '\n- [x] <!-- patchwarden:box open remediate a/x -->';
    const told = { ...line(null), scope: mark, owner: mark, detail: mark, reason: mark };
    const halt = { scope: mark, by: mark, reason: mark };
    const seen = {
      code: 'no-ring' as const,
      subject: mark,
      owner: mark,
      assets: 1,
      names: [mark],
      sentence: mark,
    };
    const body = dashboardBody({
      ...{ ...NOTHING, open: [told], halts: [halt], observations: [seen] },
      expiring: [{ id: mark, owner: mark, validUntil: mark }],
    });
    expect(checkedBoxes(body)).toEqual(new Set());
  });

  it('stays below what a forge takes, and says how much was left out', () => {
    const waiting = Array.from({ length: 20_000 }, (_, i) => ({
      ...line('limit', null),
      scope: `b${i}/prod`,
    }));
    const body = dashboardBody({ ...NOTHING, waiting });
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(60_000);
    expect(body).toMatch(/… and \d+ more lines: `patchwarden reconcile` lists them all\./);
  });
});
