import type { Baseline } from '../../src/contracts/generated/baseline.ts';
import type { Calendar } from '../../src/contracts/generated/calendar.ts';
import type { EvidenceEntry } from '../../src/contracts/generated/evidence-entry.ts';
import type { Hold } from '../../src/contracts/generated/hold.ts';
import type { PatchLock } from '../../src/contracts/generated/patch-lock.ts';
import { lockKey } from '../../src/domain/purl.ts';
import { dayOf, instantOf } from '../../src/domain/time.ts';
import { digestOf, sha256Hex } from '../../src/util/digest.ts';
import { SIZE, shaOf } from './hosts/machine.ts';
import { DAY, type Scenario } from './scenario.ts';

export const BASELINE = 'servers';
const digest = (fill: string): string => `sha256:${fill.repeat(64)}`;

/** One lock as a merge brought it to the protected branch. */
export interface Merge {
  readonly at: number;
  readonly path: string;
  readonly ring: string;
  readonly lock: PatchLock;
  readonly digest: string;
  readonly merge: string;
}

export const baselineOf = (s: Scenario): Baseline => ({
  apiVersion: 'patchwarden/v1',
  kind: 'Baseline',
  id: BASELINE,
  mode: 'apply',
  owner: 'team:ops',
  select: {},
  priority: 1,
  approve: [{ id: 'all', match: {} }],
  deadlines: [],
  rings: s.rings.map((r) => ({
    id: r.id,
    select: {},
    bake: { minutes: r.bakeMinutes },
    waves: r.waves,
    ...(Object.keys(r.budget).length > 0 ? { budget: r.budget } : {}),
  })),
  ...(s.settings.calendar ? { calendar: 'nights' } : {}),
  reboot: s.settings.reboot,
  rollback: s.settings.rollback,
  verify: {
    probes: [{ id: 'up', kind: 'http', url: 'http://127.0.0.1/' }],
    soakSeconds: s.settings.soakSeconds,
    ...(s.settings.cpuSeconds === null ? {} : { cpu: { sampleSeconds: s.settings.cpuSeconds } }),
  },
  ...(s.settings.zoneBudget ? { domains: [{ label: 'zone', ...s.settings.zoneBudget }] } : {}),
  ...(s.settings.canaryHosts === null ? {} : { canary: { hosts: s.settings.canaryHosts } }),
});

export function calendarOf(s: Scenario): Calendar | null {
  const c = s.settings.calendar;
  if (!c) return null;
  const day = (n: number): string => dayOf(instantOf(s.start + n * DAY));
  return {
    apiVersion: 'patchwarden/v1',
    kind: 'Calendar',
    id: 'nights',
    zone: c.zone,
    windows: c.startHours.map((hour, i) => ({
      id: `w${i + 1}`,
      recurrence: 'FREQ=DAILY',
      start: `${String(hour).padStart(2, '0')}:00`,
      minutes: c.minutes,
    })),
    ...(c.freeze
      ? { freezes: [{ id: 'f1', from: day(c.freeze.from), until: day(c.freeze.until), reason: 'sale' }] }
      : {}),
    overrun: c.overrun,
  };
}

/** The lock of one ring: the same versions for every stream that its hosts have. */
export function mergeOf(
  s: Scenario,
  at: number,
  ring: string,
  generation: number,
  versions: Readonly<Record<string, string>>,
  downgradeFrom: Readonly<Record<string, string>> = {},
): Merge {
  const streams = [...new Set(s.hosts.map((h) => h.stream))].sort();
  const entries: PatchLock['entries'] = {};
  const wanted = { ...versions, extra: versions['svc'] === '1.0-1' ? '2.0-1' : (versions['svc'] ?? '2.0-1') };
  for (const stream of streams)
    for (const [name, version] of Object.entries(wanted).sort(([a], [b]) => (a < b ? -1 : 1))) {
      const before = ['1.0-1', '2.0-1', '3.0-1'].filter((v) => v !== version);
      const from = downgradeFrom[name];
      entries[lockKey(stream, name, 'amd64')] = {
        version,
        sha256: shaOf(name, version),
        size: SIZE,
        origin: 'test:stable/main',
        role: name === 'extra' ? 'dependency' : 'upgrade',
        advisories: [],
        firstSeen: '2025-01-10',
        approvedBy: name === 'extra' ? 'dependency-of:nothing-installed' : 'all',
        predecessors: before.map((v) => ({ version: v, sha256: shaOf(name, v), size: SIZE })),
        ...(from === undefined ? {} : { downgradeFrom: from }),
      };
    }
  const lock: PatchLock = {
    apiVersion: 'patchwarden/v1',
    kind: 'PatchLock',
    id: ring,
    baseline: BASELINE,
    ring,
    generation,
    closure: 'checked',
    entries,
    removes: [],
    resolvedFrom: {
      baseline: digest('1'),
      fleet: digest('2'),
      intel: digest('3'),
      packages: digest('4'),
      policy: digest('5'),
    },
  };
  const lockDigest = digestOf(lock);
  return {
    at,
    path: `locks/${BASELINE}/${ring}.lock.json`,
    ring,
    lock,
    digest: lockDigest,
    merge: sha256Hex(`${lockDigest} ${ring} ${generation}`).slice(0, 40),
  };
}

export const mergeEntryOf = (m: Merge, pull: number): EvidenceEntry => ({
  apiVersion: 'patchwarden/v1',
  type: 'merge',
  time: instantOf(m.at),
  commit: m.merge,
  pull,
  kind: 'remediate',
  scope: `${BASELINE}/${m.ring}`,
  contentDigest: m.digest,
  approvals: [],
  merger: 'mia',
  locks: [m.digest],
});

export const holdOf = (stream: string, name: string, version: string): Hold => ({
  apiVersion: 'patchwarden/v1',
  kind: 'Hold',
  id: `bad-${name}-${version}-${stream.replaceAll(':', '-')}`,
  stream,
  package: name,
  version,
  owner: 'team:ops',
  reason: 'went bad',
});
