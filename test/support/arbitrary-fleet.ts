import fc from 'fast-check';
import type { Baseline } from '../../src/contracts/generated/baseline.ts';
import type { IntelFeed } from '../../src/contracts/generated/config.ts';
import type { Exception } from '../../src/contracts/generated/exception.ts';
import type { FleetRows } from '../../src/contracts/generated/fleet-rows.ts';
import type { Hold } from '../../src/contracts/generated/hold.ts';
import { schemeOf } from '../../src/domain/version/scheme.ts';
import { labels, selector } from './arbitrary-selector.ts';
import { NO_ROWS } from './fleet-store.ts';
import type { NaiveWorld } from './naive-assess.ts';
import { apart } from './side-by-side.ts';
import { HOSTS } from './sizes.ts';

const KERNELS = ['6.1.0-1-amd64', '6.1.0-2-amd64'] as const;
/** What runs where versions are those of rpm packages. */
const RPM_KERNELS = ['1.0-1.amd64', '1.0-2.amd64'] as const;
const NAMES = [
  'libssl',
  'openssl',
  'zlib',
  'kernel-core',
  'kernel-tools',
  ...KERNELS.map((k) => `linux-image-${k}`),
] as const;
const sourceOf = (name: string): string =>
  name.startsWith('linux')
    ? 'linux'
    : name.startsWith('kernel')
      ? 'kernel'
      : name === 'libssl'
        ? 'openssl'
        : name;
const STREAMS = ['debian:12:amd64', 'almalinux:8:amd64', 'rocky:9:amd64'] as const;
const ORIGINS = ['debian:main', 'debian:security', 'vendor:x', 'almalinux:appstream/ssl/1'] as const;
const SEVERITIES = ['critical', 'high', 'medium', 'low', 'none', 'unknown'] as const;

const version = fc.constantFrom('1.0-1', '1.0-1+deb12u1', '1.0-2', '1.1~rc1-1', '1.1-1', '2:0.9-1');
const built = fc.oneof(
  { weight: 4, arbitrary: version },
  fc.constantFrom(
    '1.0-1.module_el8.5.0+1+aaaa',
    '1.0-2.module_el8.6.0+2+bbbb',
    '1.0-2.module_el8.6.0+3+cccc',
  ),
);
const stream = fc.constantFrom(...STREAMS);
const day = fc
  .integer({ min: 0, max: 60 })
  .map((n) => new Date(Date.UTC(2024, 8, 1) + n * 86_400_000).toISOString().slice(0, 10));
const instant = day.map((d) => `${d}T10:00:00Z`);
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: null, freq: 4 });

const component = fc.record({
  name: fc.constantFrom(...NAMES),
  version: built,
  module: fc.constantFrom('ssl:1', 'ssl:2', undefined),
  held: fc.constantFrom(false, false, false, true),
  sourced: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
});
const set = fc.uniqueArray(component, {
  // rpm keeps several kernels side by side.
  selector: (c) => (c.name === 'kernel-core' ? `${c.name} ${c.version}` : c.name),
  minLength: 2,
  maxLength: 7,
});

const asset = fc.record({
  stream,
  set: fc.integer({ min: 0, max: 2 }),
  labels,
  kernel: maybe(fc.constantFrom(...KERNELS, ...RPM_KERNELS)),
  exposure: maybe(fc.constantFrom('internet', 'internal')),
  origins: fc.subarray([...ORIGINS]),
  unknown: fc.integer({ min: 0, max: 11 }).map((n) => (n === 7 ? 'unreadable' : null)),
});

const affected = fc.record({
  advisory: fc.integer({ min: 0, max: 3 }),
  ecosystem: fc.constantFrom('debian:12', 'almalinux:8', 'rocky:9'),
  package: fc.constantFrom('openssl', 'zlib', 'linux', 'libssl', 'kernel', 'kernel-core'),
  introduced: fc.constantFrom(null, '0', '1.0-2'),
  fixed: maybe(built),
  urgency: fc.constantFrom(null, 'low', 'high', 'unimportant'),
  known: fc.integer({ min: 0, max: 11 }).map((n) => n !== 7),
});
const advisory = fc.record({
  published: maybe(instant),
  severity: fc.constantFrom(...SEVERITIES),
  kind: fc.constantFrom('vulnerability' as const, 'bulletin' as const),
  withdrawn: fc.constantFrom(null, null, null, '2024-09-02T00:00:00Z'),
  alias: fc.boolean(),
  closes: fc.boolean(),
  summary: fc.constantFrom('', 'Moderate: ssl:1 security update'),
});

const offered = fc.record({
  stream,
  origin: fc.constantFrom(...ORIGINS),
  name: fc.constantFrom(...NAMES),
  version: built,
  phased: fc.constantFrom(null, null, null, 30, 100),
  at: instant,
});

const CVES = ['CVE-2024-0000', 'CVE-2024-0001', 'CVE-2024-0002', 'CVE-2024-0003'] as const;

const ssvcClaim = fc.record({
  cve: fc.constantFrom(...CVES),
  source: fc.constantFrom('CISA-ADP', 'CNA'),
  at: instant,
  exploitation: fc.constantFrom('none', 'poc', 'active', null),
  automatable: fc.constantFrom('no', 'yes', null),
  technicalImpact: fc.constantFrom('partial', 'total', null),
});

const epssScore = fc.record({
  cve: fc.constantFrom(...CVES),
  score: fc.constantFrom(0, 0.01, 0.1, 0.4, 0.97),
  percentile: fc.constant(null),
  modelDate: fc.constant('2024-10-24'),
});

const vexProduct = fc
  .record({
    package: fc.constantFrom('deb/debian', 'rpm/almalinux'),
    name: fc.constantFrom('libssl', 'openssl', 'zlib', 'kernel-core'),
    version: maybe(version),
    qualifiers: fc.subarray(['arch=source', 'arch=amd64', 'distro=debian-12', 'distro=debian-11'], {
      maxLength: 1,
    }),
    whole: fc.constantFrom('', '', '', ' in pkg:oci/app'),
  })
  .map((p) =>
    [
      `pkg:${p.package}/${p.name}`,
      p.version === null ? '' : `@${p.version}`,
      p.qualifiers.length === 0 ? '' : `?${p.qualifiers.join('&')}`,
      p.whole,
    ].join(''),
  );

const vexStatement = fc.record({
  source: fc.constantFrom('openvex:Example', 'csaf:Vendor'),
  feed: fc.constantFrom('trusted', 'trusted', 'other'),
  document: fc.constant('vex-1'),
  at: maybe(instant),
  vulnerability: fc.constantFrom('ADV-0', 'ADV-1', 'ADV-2', ...CVES),
  product: vexProduct,
  status: fc.constantFrom('not_affected', 'not_affected', 'fixed', 'affected', 'under_investigation'),
  justification: fc.constant(null),
  statement: fc.constant(null),
});

export const rowsOf: fc.Arbitrary<FleetRows> = fc
  .record({
    sets: fc.array(set, { minLength: 3, maxLength: 3 }),
    assets: fc.array(asset, { minLength: 1, maxLength: HOSTS, size: 'max' }),
    advisories: fc.array(advisory, { minLength: 4, maxLength: 4 }),
    affected: fc.array(affected, { minLength: 6, maxLength: 24, size: 'max' }),
    offered: fc.uniqueArray(offered, {
      selector: (p) => [p.stream, p.origin, p.name, p.version].join(),
      minLength: 8,
      maxLength: 20,
    }),
    gone: fc.array(offered, { maxLength: 3 }),
    kev: maybe(day),
    kevDue: maybe(day),
    ssvc: fc.array(ssvcClaim, { maxLength: 6 }),
    vex: fc.array(vexStatement, { maxLength: 12 }),
    epss: fc.uniqueArray(epssScore, { selector: (e) => e.cve, maxLength: 4 }),
  })
  .map((w) => ({
    assets: w.assets.map((a, i) => ({
      asset: `host-${i}`,
      stream: a.stream,
      set: `set-${a.set}`,
      labels: { ...a.labels, ...(a.exposure === null ? {} : { exposure: a.exposure }) },
      unknown: a.unknown,
      runningKernel: a.kernel,
      rebootRequired: false,
      observedAt: '2024-10-01T00:00:00Z',
      source: 'test',
    })),
    components: w.sets.flatMap((list, i) =>
      list.map((c) => ({
        set: `set-${i}`,
        name: c.name,
        version: c.version,
        arch: 'amd64',
        sourcePackage: c.sourced ? sourceOf(c.name) : null,
        sourceVersion: c.sourced ? c.version : null,
        held: c.held,
        state: 'installed' as const,
        ...(c.module === undefined ? {} : { module: c.module }),
      })),
    ),
    origins: w.assets.flatMap((a, i) => a.origins.map((origin) => ({ asset: `host-${i}`, origin }))),
    advisories: w.advisories.map((a, i) => ({
      advisory: `ADV-${i}`,
      kind: a.kind,
      aliases: a.alias && a.kind === 'vulnerability' ? [`CVE-2024-000${i}`] : [],
      related: a.closes && a.kind === 'bulletin' ? ['ADV-0', 'CVE-2024-0001'] : [],
      summary: a.summary,
      published: a.published,
      modified: null,
      withdrawn: a.withdrawn,
      severity: a.severity,
      severitySource: 'none',
      score: null,
      feed: 'test',
    })),
    affected: w.affected.map(({ known, ...a }) => ({
      ...a,
      scheme: known ? schemeOf(`${a.ecosystem}:amd64`) : ('unknown' as const),
      advisory: `ADV-${a.advisory}`,
      lastAffected: null,
      versions: [],
    })),
    kev:
      w.kev === null
        ? []
        : [{ cve: 'CVE-2024-0001', dateAdded: w.kev, dueDate: w.kevDue, ransomware: false }],
    ssvc: w.ssvc.filter(
      (s, i) => w.ssvc.findIndex((o) => o.cve === s.cve && o.source === s.source && o.at === s.at) === i,
    ),
    epss: w.epss,
    vex: w.vex,
    packages: w.offered.map((p) => ({
      source: 'test',
      origin: p.origin,
      stream: p.stream,
      security: p.origin === 'debian:security',
      name: p.name,
      version: p.version,
      arch: 'amd64',
      sourcePackage: sourceOf(p.name),
      sourceVersion: p.version,
      sha256: '0'.repeat(64),
      size: 1,
      filename: `pool/${p.name}_${p.version}.deb`,
      section: null,
      priority: null,
      phased: p.phased,
      fetch: 'host' as const,
      immutable: true,
      stanza: '',
    })),
    firstSeen: [...w.offered, ...w.gone].map(({ stream: s, origin, name, version: v, at }) => ({
      stream: s,
      origin,
      package: name,
      version: v,
      sourceVersion: v,
      at,
    })),
  }));

const clock = fc.constantFrom('published' as const, 'fixAvailable' as const, 'firstSeen' as const);
const few = fc.integer({ min: 0, max: 30 });

const approval = fc.record(
  {
    match: fc.record(
      {
        classification: fc.constantFrom<('security' | 'update')[][]>(['security'], ['update']),
        package: fc.constantFrom<string[][]>(['lib*'], ['zlib']),
        kev: fc.boolean(),
        epss: fc.constantFrom(0.05, 0.5),
        fixState: fc.constantFrom<('complete' | 'partial' | 'none')[][]>(['complete'], ['partial', 'none']),
        exploitation: fc.constantFrom<('poc' | 'active' | 'unknown')[][]>(['poc', 'active'], ['unknown']),
        automatable: fc.constantFrom<('no' | 'yes')[][]>(['no'], ['yes']),
        cve: fc.constantFrom<string[][]>(['CVE-2024-0001'], ['CVE-*']),
        purl: fc.constantFrom<string[][]>(['pkg:deb/*'], ['pkg:rpm/*']),
        release: fc.constantFrom<string[][]>(['1*'], ['2.*']),
        exposure: fc.constantFrom<('open' | 'controlled' | 'unknown')[][]>(
          ['open'],
          ['controlled', 'unknown'],
        ),
      },
      { requiredKeys: [] },
    ),
    afterDays: fc.integer({ min: 0, max: 40 }),
    clock: fc.constantFrom('firstSeen' as const, 'published' as const),
    maxTotalDays: fc.integer({ min: 1, max: 40 }),
  },
  { requiredKeys: ['match'] },
);

const severities = fc.subarray(['critical', 'high', 'medium', 'low', 'none', 'unknown'] as const, {
  minLength: 1,
});
const kind = <K extends string>(name: K) => fc.constant(name);

/** One of every kind that is not a plain table by severity. */
const deadline = fc.oneof(
  fc.record({ kind: kind('within'), clock, severities, days: few }),
  fc.record({ kind: kind('kev-due') }),
  fc.record({ kind: kind('epss'), clock, atLeast: fc.constantFrom(0.05, 0.1, 0.5), days: few }),
  fc.record({ kind: kind('bod-26-04'), clock }),
  fc.record({
    kind: kind('ssvc-deployer'),
    clock,
    days: fc.record({ immediate: few, 'out-of-cycle': few, scheduled: few }),
  }),
  fc.record({ kind: kind('pci-dss'), clock, version: fc.constantFrom('4.0.1', '4.0'), mitigateDays: few }),
  fc.record({
    kind: kind('container-escape'),
    clock,
    packages: fc.constantFrom<string[][]>(['lib*'], ['zlib', 'openssl']),
    severities,
  }),
);

const baseline: fc.Arbitrary<Omit<Baseline, 'id'>> = fc
  .record({
    select: fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, selector),
    priority: fc.integer({ min: 1, max: 6 }),
    approve: fc.array(approval, { minLength: 1, maxLength: 3 }),
    reject: fc.array(fc.constantFrom<string[][]>(['zlib'], ['lib*']), { maxLength: 1 }),
    sla: fc.record({
      clock,
      days: fc.record({ critical: few, high: few, medium: few, low: few, unknown: few }),
    }),
    kev: maybe(few),
    exceptionDays: fc.constantFrom({}, { high: 30, unknown: 40 }, { critical: 1, low: 50, none: 20 }),
    more: fc.array(fc.record({ deadline, select: maybe(selector) }), { maxLength: 3 }),
    rings: fc.array(fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, selector), {
      minLength: 1,
      maxLength: 2,
    }),
  })
  .map((b) => ({
    apiVersion: 'patchwarden/v1',
    kind: 'Baseline',
    owner: 'team:ops',
    mode: 'propose',
    select: b.select,
    priority: b.priority,
    approve: b.approve.map((a, i) => ({ id: `a${i}`, ...a })),
    reject: b.reject.map((names, i) => ({
      id: `r${i}`,
      match: { package: names },
      action: 'block',
      reason: 'no',
    })),
    exceptionDays: b.exceptionDays,
    deadlines: [
      { id: 'sla', kind: 'severity-sla', clock: b.sla.clock, days: b.sla.days },
      ...(b.kev === null
        ? []
        : [{ id: 'kev', kind: 'kev' as const, clock: 'kevAdded' as const, days: b.kev }]),
      ...b.more.map(({ deadline: d, select }, i) => ({
        ...d,
        id: `more-${i}`,
        ...(select === null ? {} : { select }),
      })),
    ],
    rings: b.rings.map((select, i) => ({ id: `ring-${i}`, select })),
  }));

const exception: fc.Arbitrary<Omit<Exception, 'id'>> = fc
  .record({
    advisories: maybe(fc.constantFrom<string[][]>(['ADV-0', 'ADV-2'], ['CVE-2024-0001'])),
    component: maybe(
      fc.record({ name: fc.constantFrom('openssl', 'zlib'), before: fc.option(version, { nil: undefined }) }),
    ),
    select: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, selector),
    validFrom: day,
    length: fc.integer({ min: 10, max: 90 }),
    decision: fc.constantFrom('accept-risk' as const, 'mitigated' as const),
    controls: fc.constantFrom<string[][]>([], ['firewall']),
    maxAssets: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
  })
  .map(({ advisories, component: c, length, maxAssets, ...e }) => ({
    apiVersion: 'patchwarden/v1',
    kind: 'Exception',
    owner: 'team:ops',
    reason: 'test',
    ticket: 'T-1',
    ...e,
    ...(maxAssets === undefined ? {} : { maxAssets }),
    match: {
      ...(advisories === null && c !== null ? {} : { advisories: advisories ?? ['ADV-3'] }),
      ...(c === null
        ? {}
        : { component: c.before === undefined ? { name: c.name } : { name: c.name, before: c.before } }),
    },
    validUntil: new Date(Date.parse(e.validFrom) + length * 86_400_000).toISOString().slice(0, 10),
  }));

const hold: fc.Arbitrary<Omit<Hold, 'id'>> = fc.record({
  apiVersion: fc.constant('patchwarden/v1' as const),
  kind: fc.constant('Hold' as const),
  stream,
  package: fc.constantFrom(...NAMES),
  version,
  owner: fc.constant('team:ops'),
  reason: fc.constant('bad'),
});

const numbered = <T extends object>(
  one: fc.Arbitrary<T>,
  prefix: string,
  minLength: number,
  maxLength: number,
) =>
  fc.array(one, { minLength, maxLength }).map((list) => list.map((v, i) => ({ ...v, id: `${prefix}-${i}` })));

/** Some of them with the rules of the first: what is judged alike must not be mixed up by who governs. */
const baselines = fc
  .tuple(numbered(baseline, 'base', 1, 3), fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }))
  .map(([list, alike]) =>
    list.map((b, i) => {
      const { approve, reject, deadlines } = list[0] ?? b;
      return alike[i] ? { ...b, approve, reject, deadlines } : b;
    }),
  );

/** A small world of everything that the assessment looks at. */
export const fleetWorld: fc.Arbitrary<NaiveWorld> = fc.record({
  rows: rowsOf,
  baselines: baselines as fc.Arbitrary<Baseline[]>,
  exceptions: numbered(exception, 'exc', 2, 4) as fc.Arbitrary<Exception[]>,
  holds: numbered(hold, 'hold', 0, 2) as fc.Arbitrary<Hold[]>,
  feeds: fc.constantFrom<IntelFeed[]>(
    [],
    [{ kind: 'openvex', path: 'trusted', trust: ['pkg:deb/debian/*', 'pkg:rpm/almalinux/zlib'] }],
    [
      { kind: 'openvex', path: 'trusted', trust: ['pkg:*'] },
      { kind: 'openvex', path: 'other' },
    ],
  ),
  asOf: instant,
});

/** No hosts and no documents: what a world shrinks to that a failure does not need. */
const NOWHERE: Omit<NaiveWorld, 'asOf'> = {
  rows: NO_ROWS,
  baselines: [],
  exceptions: [],
  holds: [],
  feeds: [],
};
const NEVER = 2 ** 30;

/** Worlds that stand apart, at one moment. */
export const fleetWorlds = (count: number): fc.Arbitrary<readonly NaiveWorld[]> =>
  fc
    .tuple(instant, fc.array(fc.option(fleetWorld, { freq: NEVER }), { minLength: count, maxLength: count }))
    .map(([asOf, worlds]) => worlds.map((w, i) => apart({ ...(w ?? NOWHERE), asOf }, i)));

/**
 * To assess fleets takes seconds and a smaller one may fail for another reason: the first failure ends the run, with its seed
 * and path. To see a smaller world, give both to `fc.assert` and leave `endOnFailure` out.
 */
export const ofFleets = (numRuns: number) => ({ numRuns, endOnFailure: true });
