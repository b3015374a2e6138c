/** The policies of the fleets of bench:decide. */
import type { Baseline, Deadline } from '../src/contracts/generated/baseline.ts';
import type { Exception } from '../src/contracts/generated/exception.ts';
import type { PolicyDocuments } from '../src/contracts/policy-repository.ts';
import type { FleetName } from './decide-fleets.ts';

export const SLA: Deadline = {
  id: 'sla',
  kind: 'severity-sla',
  clock: 'fixAvailable',
  days: { critical: 7, high: 14, medium: 30, low: 90, unknown: 30 },
};
export const KEV: Deadline = { id: 'kev', kind: 'kev', clock: 'kevAdded', days: 14 };
export const OVERLAYS: readonly Deadline[] = [
  { id: 'bod', kind: 'bod-26-04', clock: 'published' },
  {
    id: 'ssvc',
    kind: 'ssvc-deployer',
    clock: 'published',
    days: { immediate: 2, 'out-of-cycle': 14, scheduled: 60 },
  },
  { id: 'likely', kind: 'epss', clock: 'published', atLeast: 0.5, days: 7 },
  {
    id: 'card-data',
    kind: 'within',
    clock: 'published',
    severities: ['medium', 'high'],
    days: 30,
    select: { all: [{ label: 'role', in: Array.from({ length: 12 }, (_, i) => `role-${i * 5}`) }] },
  },
];

const baseline = (id: string, label: string, deadlines: readonly Deadline[]): Baseline => ({
  apiVersion: 'patchwarden/v1',
  kind: 'Baseline',
  id,
  owner: 'team:bench',
  mode: 'propose',
  select: { all: [{ label, in: [id] }] },
  priority: 10,
  approve: [
    { id: 'exploited', match: { kev: true } },
    { id: 'security', match: { classification: ['security'] }, afterDays: 7 },
  ],
  deadlines: [...deadlines],
  rings: ['test', 'staging', 'prod'].map((env) => ({
    id: env,
    select: { all: [{ label: 'env', in: [env] }] },
  })),
});

/** Of one host, about an advisory without a fix: every host has the finding. */
export const exception = (i: number): Exception => ({
  apiVersion: 'patchwarden/v1',
  kind: 'Exception',
  id: `exception-${i}`,
  owner: 'team:bench',
  reason: 'bench',
  ticket: 'B-1',
  match: { advisories: [`CVE-2024-${10_000 + (i % 30) * 100}`] },
  select: { all: [{ label: 'id', in: [`host-${String(i * 31).padStart(7, '0')}`] }] },
  validFrom: '2024-10-01',
  validUntil: '2024-12-31',
  decision: 'accept-risk',
});

/** What assessing a fleet needs of a policy repository. */
export function documentsOf(fleet: FleetName): PolicyDocuments {
  const messy = fleet === 'messy';
  const baselines = messy
    ? Array.from({ length: 40 }, (_, i) => baseline(`unit-${i}`, 'unit', [SLA, KEV, ...OVERLAYS]))
    : Array.from({ length: 4 }, (_, i) => baseline(`platform-${i}`, 'platform', [SLA, KEV]));
  const exceptions = messy ? Array.from({ length: 300 }, (_, i) => exception(i)) : [];
  return {
    config: { state: { kind: 'directory', path: '.' }, intel: { feeds: [] } },
    baselines,
    exceptions,
    holds: [],
  } as never;
}
