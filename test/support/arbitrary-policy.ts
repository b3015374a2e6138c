import fc from 'fast-check';
import type { ApproveInput } from '../../src/contracts/generated/approve-input.ts';
import type { ChangeInput } from '../../src/contracts/generated/change-input.ts';
import type { DecideInput } from '../../src/contracts/generated/decide-input.ts';

type Finding = DecideInput['finding'];
export type PolicyException = DecideInput['exceptions'][number];
export type Approval = ChangeInput['approvals'][number];
type Rule = ApproveInput['baseline']['approve'][number];

const STREAM = 'debian:12:amd64';
const severity = fc.constantFrom<Finding['severity']>('critical', 'high', 'medium', 'low', 'none', 'unknown');
const days = fc.nat(40);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });

export const anException: fc.Arbitrary<PolicyException> = fc.record({
  id: fc.constantFrom('exc-a', 'exc-b', 'exc-c'),
  decision: fc.constantFrom('accept-risk', 'mitigated', 'vendor-pending', 'false-positive'),
  controlled: fc.boolean(),
  days: fc.constantFrom(1, 30, 31, 400),
});

/** With one deadline of every kind. */
const baseline = {
  id: 'servers',
  mode: 'apply',
  exceptionDays: { critical: 30, high: 400 },
  deadlines: [
    {
      id: 'sla',
      kind: 'severity-sla',
      clock: 'firstSeen',
      days: { critical: 3, high: 14, medium: 30, low: 90, unknown: 30 },
    },
    { id: 'exploited', kind: 'kev', clock: 'kevAdded', days: 14 },
    { id: 'cisa', kind: 'kev-due' },
    { id: 'mid', kind: 'within', clock: 'published', severities: ['medium', 'high'], days: 90 },
    { id: 'likely', kind: 'epss', clock: 'published', atLeast: 0.1, days: 10 },
    { id: 'bod', kind: 'bod-26-04', clock: 'published' },
    {
      id: 'tree',
      kind: 'ssvc-deployer',
      clock: 'published',
      days: { immediate: 1, 'out-of-cycle': 7, scheduled: 60 },
    },
    { id: 'pci', kind: 'pci-dss', clock: 'published', days: { high: 60 }, mitigateDays: 5 },
    { id: 'escape', kind: 'container-escape', clock: 'published' },
  ],
} satisfies DecideInput['context']['baseline'];

export const aDecideInput: fc.Arbitrary<DecideInput> = fc.record({
  context: fc.record({
    baseline: fc.option(fc.constant(baseline), { freq: 8 }),
    ring: fc.option(fc.constant('first')),
    unknown: fc.oneof(
      { weight: 8, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constantFrom('two-baselines', 'no-ring', 'no-source', 'silent') },
    ),
    labels: fc.dictionary(
      fc.constantFrom('exposure', 'criticality', 'unit'),
      fc.constantFrom('internet', 'internal', 'isolated', 'low', 'critical', 'somewhere'),
    ),
  }),
  finding: fc.record({
    kind: fc.constantFrom('vulnerability', 'update', 'setting'),
    stream: fc.constant(STREAM),
    severity,
    kev: fc.boolean(),
    exploitation: fc.constantFrom('none', 'poc', 'active', 'unknown'),
    automatable: fc.constantFrom('no', 'yes', 'unknown'),
    technicalImpact: fc.constantFrom('partial', 'total', 'unknown'),
    epss: fc.constantFrom(null, 0, 0.1, 0.5),
    scopes: fc.subarray(['escape']),
    fix: fc.constantFrom('available', 'released', 'needs', 'none'),
    held: fc.boolean(),
    affected: fc.constantFrom('affected', 'affected', 'affected', 'fixed', 'not-affected', 'unknown'),
    vex: fc.constantFrom('none', 'none', 'not-affected', 'fixed'),
    approval: fc.record({
      verdict: fc.constantFrom('approved', 'waiting', 'rejected', 'unmatched', 'none'),
      rule: fc.constant(null),
    }),
  }),
  exceptions: fc.uniqueArray(anException, { selector: (e) => e.id, maxLength: 3 }),
});

export const DIGEST = `sha256:${'1'.repeat(64)}`;
const person = fc.constantFrom('ann', 'ben', 'cid', 'eve', 'bot', 'unknown:x@example.org');
export const anApproval: fc.Arbitrary<Approval> = fc.record({
  person,
  teams: fc.subarray(['ops', 'security']),
  roles: fc.subarray(['approver', 'merger'], { minLength: 1 }),
  contentDigest: fc.constantFrom(DIGEST, DIGEST, DIGEST, `sha256:${'2'.repeat(64)}`),
});

type Path = ChangeInput['proposal']['paths'][number];
const lock = (ring: string): Path => ({
  path: `locks/servers/${ring}.lock.json`,
  class: 'lock',
  change: 'modified',
});
const aPath = fc.constantFrom<Path>(
  lock('first'),
  lock('second'),
  { path: 'holds/x.json', class: 'hold', change: 'added' },
  { path: 'exceptions/x.json', class: 'exception', change: 'deleted' },
  { path: 'baselines/x.json', class: 'baseline', change: 'modified' },
  { path: 'roles.json', class: 'roles', change: 'modified' },
);

const aDifference: fc.Arbitrary<ChangeInput['proposal']['differences'][number]> = fc.record({
  document: fc.constant('x.json'),
  class: fc.constantFrom('roles', 'config', 'baseline', 'exception'),
  change: fc.constantFrom('document', 'limits.growth', 'deadlines.days', 'select'),
  item: fc.constantFrom(null, 'sla'),
  effect: fc.constantFrom('loosened', 'tightened', 'changed'),
  from: fc.constantFrom(null, 1),
  to: fc.constantFrom('x', true),
});

export const aChangeInput: fc.Arbitrary<ChangeInput> = fc.record({
  proposal: fc.record({
    kind: fc.constantFrom('remediate', 'promote', 'rollback', 'housekeeping', 'expedited', 'manual'),
    scope: fc.constantFrom('servers/first', 'servers'),
    contentDigest: fc.constant(DIGEST),
    paths: fc.uniqueArray(aPath, { selector: (p) => p.path, maxLength: 3 }),
    authors: fc.uniqueArray(person, { maxLength: 2 }),
    botOnly: fc.boolean(),
    autoRing: fc.boolean(),
    bad: fc.array(
      fc.record({
        package: fc.constant('openssl'),
        version: fc.constantFrom('3.0.14', '3.0.15'),
        by: fc.constantFrom('hold', 'halt'),
        id: fc.constant('x'),
      }),
      { maxLength: 1 },
    ),
    reasons: fc.subarray(['because']),
    differences: fc.array(aDifference, { maxLength: 2 }),
    exceptions: fc.array(
      fc.record({
        document: fc.constant('exceptions/x.json'),
        days: fc.integer({ min: 1, max: 200 }),
        renewals: fc.integer({ min: 0, max: 2 }),
      }),
      { maxLength: 1 },
    ),
    coverage: fc.array(
      fc.record({
        kind: fc.constantFrom('none', 'two'),
        baselines: fc.constant('a, b'),
        labels: fc.constantFrom(null, 'role=db'),
      }),
      { maxLength: 1 },
    ),
  }),
  approvals: fc.array(anApproval, { maxLength: 4 }),
  merger: fc.option(fc.record({ person, roles: fc.subarray(['approver', 'merger']) })),
  rules: fc.record({
    requiredApprovals: fc.integer({ min: 1, max: 3 }),
    edition: fc.integer({ min: 1, max: 2 }),
    exceptionDays: fc.constant(90),
    exceptionRenewals: fc.constant(1),
  }),
});

const match = fc
  .record({
    classification: maybe(fc.constantFrom(['security'], ['update'])),
    severity: maybe(fc.subarray(['critical', 'high', 'unknown'], { minLength: 1 })),
    package: maybe(fc.constantFrom(['lib*'], ['libssl3', 'nginx'], ['linux*'])),
    kev: maybe(fc.boolean()),
    epss: maybe(fc.constantFrom(0.1, 0.5)),
    exploitation: maybe(fc.constantFrom(['active'], ['poc', 'active'])),
    cve: maybe(fc.constantFrom(['CVE-2024-*'], ['CVE-2023-*'])),
    exposure: maybe(fc.constantFrom(['open'], ['small', 'controlled'], ['unknown'])),
  })
  .map((m) => Object.fromEntries(Object.entries(m).filter(([, v]) => v !== undefined)) as Rule['match']);

export const anApproveRule: fc.Arbitrary<Rule> = fc
  .record({
    id: fc.constantFrom('one', 'two', 'three'),
    match,
    afterDays: maybe(days),
    clock: maybe(fc.constantFrom('firstSeen', 'published')),
    untilDate: maybe(fc.constantFrom('2024-09-01', '2024-09-30')),
    maxTotalDays: maybe(fc.integer({ min: 1, max: 40 })),
  })
  .map((r) => Object.fromEntries(Object.entries(r).filter(([, v]) => v !== undefined)) as unknown as Rule);

export const anApproveInput: fc.Arbitrary<ApproveInput> = fc.record({
  baseline: fc.record({
    id: fc.constant('servers'),
    approve: fc.array(anApproveRule, { maxLength: 3 }),
    reject: fc.array(
      fc.record({
        id: fc.constantFrom('no-a', 'no-b'),
        match,
        action: fc.constantFrom('block', 'allow-as-dependency'),
        reason: fc.constant('x'),
      }),
      { maxLength: 1 },
    ),
  }),
  candidate: fc.record({
    stream: fc.constant(STREAM),
    package: fc.constantFrom('libssl3', 'nginx'),
    sourcePackage: fc.constantFrom('openssl', 'nginx'),
    version: fc.constant('1'),
    product: fc.constant('debian:12'),
    release: fc.constant(null),
    purl: fc.constant('pkg:deb/debian/libssl3'),
    cves: fc.subarray(['CVE-2024-0001']),
    fixState: fc.constantFrom('complete', 'partial', 'none'),
    epss: fc.option(fc.constantFrom(0, 0.2, 0.9)),
    exploitation: fc.constantFrom('none', 'poc', 'active', 'unknown'),
    automatable: fc.constantFrom('no', 'yes', 'unknown'),
    technicalImpact: fc.constantFrom('partial', 'total', 'unknown'),
    exposures: fc.subarray(['internet', 'internal', null]),
    arch: fc.constant('amd64'),
    origin: fc.constant('Debian:bookworm'),
    classification: fc.constantFrom('security', 'update'),
    severity,
    advisories: fc.constant([]),
    kev: fc.boolean(),
    section: fc.constant(null),
    packagePriority: fc.constant(null),
    held: fc.boolean(),
    age: fc.record({
      firstSeen: days,
      published: fc.option(days),
      behind: days,
      releaseDate: fc.option(fc.constantFrom('2024-09-01', '2024-09-15', '2024-10-01')),
    }),
  }),
});
