import { describe, expect, it } from 'vitest';
import type { DashboardFacts } from '../../src/domain/dashboard.ts';
import { dashboardBody } from '../../src/review/dashboard-text.ts';

const NOTHING: DashboardFacts = {
  ...{ open: [], waiting: [], left: [], refused: [], failed: [], halts: [], expiring: [], observations: [] },
  fleet: { assets: 40, findings: 900, overdue: 3, unknown: 1 },
};
const line = (reason: string | null = null, number: number | null = 7) => ({
  ...{ kind: 'remediate', scope: 'servers/prod', number, reason },
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
    ['open', { open: [line()] }, /### Open\n\n- #7 `remediate` `servers\/prod`\n/],
    [
      'waiting',
      { waiting: [line('cadence', null)] },
      /### Waiting\n\n- `remediate` `servers\/prod`: the cadence/,
    ],
    [
      'left',
      { left: [line('held')] },
      /### Yours: edited by people, or held\n\n- #7 .*: its label asks for it/,
    ],
    ['refused', { refused: [line()] }, /### Refused: closed by a person\n\n- #7/],
    ['failed', { failed: [line('forge-failed')] }, /### Failing\n\n- #7 .*: the forge refused or failed/],
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
