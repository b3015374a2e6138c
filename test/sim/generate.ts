import { type Rng, rngOf } from './rng.ts';
import {
  type CalendarSpec,
  type CallEffect,
  type Change,
  type ControllerSpec,
  DAY,
  type Fault,
  HOUR,
  type HostFaultKind,
  type HostSpec,
  MINUTE,
  type RingSpec,
  type Scenario,
  type Settings,
  type VersionSpec,
} from './scenario.ts';

const ROLES = ['web', 'db', 'queue'];
const ZONES = ['a', 'b', 'c'];
const KERNELS = ['6.1.0-18', '6.1.0-25'];
const DEBIAN = 'debian:12:amd64';
const UBUNTU = 'ubuntu:22.04:amd64';
/** A Tuesday in winter: the offsets of the zones below hold for the weeks after it. */
const START = Date.UTC(2025, 0, 14);

/** The world that belongs to a seed. */
export function generate(seed: number): Scenario {
  const rng = rngOf(seed, 'scenario');
  const rings = ringsOf(rng.fork('rings'));
  const hosts = hostsOf(rng.fork('hosts'), rings);
  const settings = settingsOf(rng.fork('settings'), hosts.length);
  const versions = versionsOf(rng.fork('versions'), hosts);
  const calm = rng.chance(0.1);
  const faultsEnd = settings.calendar ? rng.int(12, 40) * HOUR : rng.int(40, 180) * MINUTE;
  return {
    seed,
    start: START + rng.int(0, 24 * 60) * MINUTE,
    hosts,
    rings,
    settings,
    versions,
    controllers: controllersOf(rng.fork('controllers'), settings.calendar !== null),
    changes: changesOf(rng.fork('changes'), rings, faultsEnd),
    faults: calm ? [] : faultsOf(rng.fork('faults'), hosts, faultsEnd),
    faultsEnd,
    // One window a day, and a budget of one host: big fleets take their days.
    patience: (12 + (settings.calendar ? 2 * hosts.length : 0)) * DAY,
  };
}

function ringsOf(rng: Rng): readonly RingSpec[] {
  const count = rng.chance(0.35) ? 2 : 1;
  return Array.from({ length: count }, (_, i) => ({
    id: i === 0 ? 'first' : 'second',
    bakeMinutes: rng.pick([0, 5, 10, 20, 45]),
    waves: rng.pick([1, 2, 3]),
    budget: rng.chance(0.15)
      ? {}
      : rng.chance(0.5)
        ? { hosts: rng.int(1, 3) }
        : { percent: rng.pick([10, 25, 34, 50]) },
  }));
}

/** Few hosts mostly: what goes wrong among five goes wrong among five hundred, only slower. */
const sizeOf = (rng: Rng): number => {
  const roll = rng.next();
  if (roll < 0.75) return rng.int(1, 6);
  if (roll < 0.97) return rng.int(5, 12);
  if (roll < 0.9995) return rng.int(10, 30);
  return rng.int(100, 500);
};

function hostsOf(rng: Rng, rings: readonly RingSpec[]): readonly HostSpec[] {
  const size = sizeOf(rng);
  const roles = ROLES.slice(0, rng.int(1, 3));
  const zones = ZONES.slice(0, rng.int(1, 3));
  const mixed = rng.chance(0.2);
  return Array.from({ length: size }, (_, i) => {
    const odd = rng.next();
    return {
      asset: `h${String(i + 1).padStart(3, '0')}`,
      ring: i === 0 ? rings[0]!.id : rng.pick(rings).id,
      stream: mixed && rng.chance(0.4) ? UBUNTU : DEBIAN,
      kernel: rng.chance(0.85) ? KERNELS[0]! : KERNELS[1]!,
      role: rng.pick(roles),
      zone: rng.pick(zones),
      installed: {
        svc: odd < 0.04 ? '9.0-1' : odd < 0.08 ? '2.0-1' : '1.0-1',
        lib: '1.0-1',
        ...(rng.chance(0.3) ? { kern: '1.0-1' } : {}),
      },
      pinned: odd > 0.96 ? ['svc'] : [],
      snapshots: rng.chance(0.4),
      probeMs: rng.fork(`probes of ${i}`).pick([0, 0, 0, 12_000, 40_000]),
      surprise:
        odd < 0.9
          ? 'none'
          : rng.pick(['none', 'needs-locked', 'needs-unknown', 'extra', 'removes', 'refuses']),
    };
  });
}

function settingsOf(rng: Rng, hosts: number): Settings {
  return {
    rollback: rng.pick(['package', 'package', 'package', 'none', 'snapshot']),
    reboot: rng.pick(['if-required', 'if-required', 'never', 'always']),
    soakSeconds: rng.pick([0, 30, 60, 300]),
    cpuSeconds: rng.chance(0.3) ? rng.pick([60, 300]) : null,
    zoneBudget: rng.chance(0.4)
      ? rng.pick([
          { hosts: 1 },
          { percent: 50 },
          { minHealthy: Math.min(1, hosts - 1) },
          { hosts: 2, minHealthy: 1 },
        ])
      : null,
    canaryHosts: rng.chance(0.15) ? rng.int(1, 2) : null,
    calendar: rng.chance(0.12) ? calendarOf(rng) : null,
    parallel: rng.pick([1, 2, 4, 20]),
    promoteAfter: rng.int(1, 60) * MINUTE,
    rollbackAfter: rng.chance(0.5) ? rng.int(5, 120) * MINUTE : null,
    liftAfter: rng.chance(0.15) ? rng.int(5, 120) * MINUTE : null,
  };
}

function calendarOf(rng: Rng): CalendarSpec {
  const zone = rng.pick([
    { zone: 'UTC', offsetHours: 0 },
    { zone: 'Europe/Berlin', offsetHours: 1 },
    { zone: 'America/New_York', offsetHours: -5 },
    { zone: 'Asia/Tokyo', offsetHours: 9 },
  ]);
  const first = rng.int(0, 23);
  return {
    ...zone,
    startHours: rng.chance(0.5) ? [first] : [first, (first + rng.int(6, 12)) % 24],
    minutes: rng.pick([60, 90, 120, 240]),
    overrun: rng.chance(0.5) ? 'stop' : 'finish-host',
    freeze: rng.chance(0.25) ? { from: 1, until: rng.int(1, 2) } : null,
  };
}

function versionsOf(rng: Rng, hosts: readonly HostSpec[]): readonly VersionSpec[] {
  const roles = [...new Set(hosts.map((h) => h.role))];
  const roll = rng.next();
  const bad = roll < 0.5 ? null : rng.pick(['script', 'cpu', 'probe', 'probe'] as const);
  const one = (name: string, version: string, over: Partial<VersionSpec> = {}): VersionSpec => ({
    package: name,
    version,
    bad: null,
    after: 0,
    role: null,
    reboot: name === 'kern',
    ...over,
  });
  const badness = {
    bad,
    after: rng.pick([0, 10, 60, 240, 1200]),
    role: rng.chance(0.5) ? rng.pick(roles) : null,
  };
  const third = rng.chance(0.25);
  return [
    ...['1.0-1', '9.0-1'].map((v) => one('svc', v)),
    one('svc', '2.0-1', third ? {} : badness),
    one('svc', '3.0-1', third ? badness : {}),
    ...['1.0-1', '2.0-1', '3.0-1'].map((v) => one('lib', v)),
    ...['1.0-1', '2.0-1', '3.0-1'].map((v) => one('kern', v)),
    ...['1.0-1', '2.0-1', '3.0-1'].map((v) => one('extra', v)),
  ];
}

/** The narrowest window leaves 13 minutes to start a host in: who comes less often may rightly never meet it. */
const controllersOf = (rng: Rng, windows: boolean): readonly ControllerSpec[] =>
  Array.from({ length: rng.pick([1, 1, 2, 2, 3]) }, () => {
    const every = Math.min(rng.int(5, 30), windows ? 12 : 30) * MINUTE;
    return {
      every,
      offset: rng.int(0, every),
      skew: rng.chance(0.7) ? rng.int(-2_000, 2_000) : rng.int(-25_000, 25_000),
      patience: rng.pick([0, 0, 0, 3, 6, 6, 15, rng.chance(0.2) ? 200 : 30]) * 1000,
    };
  });

function changesOf(rng: Rng, rings: readonly RingSpec[], end: number): readonly Change[] {
  const first = rings[0]!.id;
  const second = rng.chance(0.5)
    ? { svc: '2.0-1', lib: '2.0-1' }
    : { svc: '2.0-1', lib: '2.0-1', kern: '2.0-1' };
  const changes: Change[] = [{ at: 0, kind: 'merge', ring: first, versions: second }];
  if (rng.chance(0.3))
    changes.push({
      at: rng.chance(0.6) ? rng.int(1, 40) * MINUTE : rng.int(5 * MINUTE, end),
      kind: 'merge',
      ring: first,
      versions: { ...second, svc: '3.0-1', ...(rng.chance(0.3) ? { lib: '3.0-1' } : {}) },
    });
  const stops = rng.chance(0.3) ? rng.int(1, 2) : 0;
  for (let i = 0; i < stops; i += 1)
    changes.push({
      // A second apart: a person does not say the same twice at once.
      at: rng.int(0, Math.floor(end / 2)) + i * 1000,
      kind: 'stop',
      scope: rng.pick(['all', 'baseline', 'ring', 'package']),
      liftAfter: rng.chance(0.85) ? rng.int(1, 90) * MINUTE : null,
    });
  return changes;
}

const CALLS: readonly (readonly [CallEffect, readonly (string | null)[]])[] = [
  ['crash-before', [null, null, 'append', 'begin', 'receipt', 'stage', 'release']],
  ['crash-after', [null, null, 'append', 'begin', 'receipt', 'acquire', 'restore']],
  ['drop-before', [null, 'append', 'begin', 'receipt', 'status', 'acquire', 'entries']],
  ['drop-after', [null, 'append', 'append', 'begin', 'begin', 'receipt', 'acquire', 'restore']],
  ['slow', [null, 'append', 'begin', 'status', 'stage', 'entries']],
  ['late', ['begin', 'restore', 'append', 'status']],
  ['rival', ['append']],
  ['garbage', ['receipt', 'status', 'begin', 'simulate']],
  ['other-run', ['receipt', 'begin']],
  ['no-health', ['receipt']],
];

const HOST_FAULTS: readonly (readonly [HostFaultKind, number])[] = [
  ['busy', 3],
  ['half-configured', 2],
  ['disk-full', 2],
  ['silent', 3],
  ['replaced', 1],
  ['decommissioned', 1],
  ['clock-off', 2],
  ['clock-jump', 2],
  ['worker-killed', 3],
  ['reboot', 3],
  ['boot-loop', 1],
  ['inconclusive', 2],
  ['blip', 1],
  ['no-health', 2],
  ['liar', 1],
  ['restore-fails', 1],
  ['upgraded-by-hand', 1],
  ['pinned-by-hand', 1],
];

function faultsOf(rng: Rng, hosts: readonly HostSpec[], end: number): readonly Fault[] {
  const weighted = HOST_FAULTS.flatMap(([kind, weight]) => Array.from({ length: weight }, () => kind));
  // Most things happen early, while hosts are being changed.
  const when = (): number => Math.floor(end * rng.next() * rng.next());
  const faults: Fault[] = [];
  const calls = rng.chance(0.15) ? 0 : rng.int(1, 14);
  for (let i = 0; i < calls; i += 1) {
    const [effect, ports] = rng.pick(CALLS);
    faults.push({ on: 'call', at: when(), controller: rng.int(0, 2), port: rng.pick(ports), effect });
  }
  const many = rng.chance(0.3) ? 0 : Math.min(12, rng.int(1, 2 + Math.ceil(hosts.length / 2)));
  for (let i = 0; i < many; i += 1) {
    const kind = rng.pick(weighted);
    const lasts = rng.chance(kind === 'busy' ? 0.5 : 0.9) ? rng.int(1, 90) * MINUTE : null;
    faults.push({ on: 'host', at: when(), host: rng.pick(hosts).asset, kind, lasts });
  }
  return faults.sort((a, b) => a.at - b.at);
}
