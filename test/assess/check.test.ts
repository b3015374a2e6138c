import { describe, expect, it } from 'vitest';
import { buildCheckReport, type CheckInput } from '../../src/assess/check.ts';
import { gateReport } from '../../src/assess/check-gate.ts';
import type { Candidate } from '../../src/assess/match/candidates.ts';
import type { CheckFinding } from '../../src/contracts/generated/check-report.ts';
import { validateKind } from '../../src/contracts/validate.ts';
import type { Component, HostObservation } from '../../src/domain/component.ts';
import { aComponent, anAdvisory, aRange } from '../support/builders/intel-rows.ts';

const host = (components: readonly Component[], facts: Partial<HostObservation> = {}): HostObservation => ({
  stream: 'debian:12:amd64',
  components,
  origins: [],
  runningKernel: null,
  rebootRequired: false,
  unknown: null,
  source: 'root',
  ...facts,
});
const CVE = 'CVE-2023-4911';
const intel = (
  advisories = [anAdvisory(CVE, { severity: 'high' })],
  affected = [aRange(CVE, { fixed: '2.36-9+deb12u3' })],
) => ({
  advisories,
  affected,
  kev: [{ cve: CVE, dateAdded: '2023-11-21', dueDate: null, ransomware: false }],
});
const offer = (facts: Partial<Candidate> = {}): Candidate => ({
  name: 'libc6',
  arch: 'amd64',
  version: '2.36-9+deb12u9',
  sourceVersion: facts.version ?? '2.36-9+deb12u9',
  origin: 'debian:bookworm-security/main',
  security: true,
  phased: null,
  ...facts,
});
/** Every report must be one of the schema. */
const check = (input: Partial<CheckInput>) => {
  const report = buildCheckReport({ host: host([aComponent()]), intel: null, candidates: null, ...input });
  expect(validateKind('check-report', report)).toEqual([]);
  return report;
};
const statuses = (findings: readonly CheckFinding[]) =>
  findings.map((f) => [f.advisory ?? f.kind, f.status, f.reason]);

describe('findings of one host', () => {
  it('a vulnerability is missing where its fix is not installed', () => {
    expect(check({ intel: intel() })).toEqual({
      stream: 'debian:12:amd64',
      components: 1,
      findings: [
        {
          kind: 'vulnerability',
          advisory: CVE,
          aliases: [],
          component: {
            name: 'libc6',
            version: '2.36-9+deb12u1',
            arch: 'amd64',
            sourcePackage: 'glibc',
            sourceVersion: '2.36-9+deb12u1',
          },
          fixedIn: '2.36-9+deb12u3',
          severity: 'high',
          kev: true,
          status: 'missing',
          sources: [`osv:${CVE}`],
        },
      ],
    });
  });

  it('each component of the source has its own finding, sorted', () => {
    const components = [
      aComponent({ name: 'locales' }),
      aComponent({ name: 'libc-bin' }),
      aComponent({ name: 'libc6', version: '2.36-9+deb12u7' }),
    ];
    expect(check({ host: host(components), intel: intel() }).findings.map((f) => f.component.name)).toEqual([
      'libc-bin',
      'locales',
    ]);
  });

  it('compares the source version, not that of the package', () => {
    const dmsetup = aComponent({
      name: 'dmsetup',
      version: '2:1.02.185-2',
      sourcePackage: 'lvm2',
      sourceVersion: '2.03.16-2',
    });
    const rows = intel([anAdvisory(CVE)], [aRange(CVE, { package: 'lvm2', fixed: '2.03.17-1' })]);
    expect(check({ host: host([dmsetup]), intel: rows }).findings).toMatchObject([{ fixedIn: '2.03.17-1' }]);
  });

  it.each([
    [{ fixed: null }, 'no-fix', 'no fixed version is named'],
    [{ fixed: null, urgency: 'end-of-life' }, 'no-fix', 'end-of-life'],
    [{ fixed: null, urgency: 'unimportant' }, 'not-affected', 'unimportant'],
    [{ fixed: '2.36-10', urgency: 'unimportant' }, 'missing', undefined],
    [
      { scheme: 'apk' as const },
      'unknown',
      'no comparator knows the range of versions that the advisory names',
    ],
  ])('%j is %s', (facts, status, reason) => {
    const { findings } = check({ intel: intel([anAdvisory(CVE)], [aRange(CVE, facts)]) });
    expect(statuses(findings)).toEqual([[CVE, status, reason]]);
  });

  it('a fix that no origin of the host offers is no-fix with its need; one that none has at all stays missing', () => {
    const old = [offer({ version: '2.36-9+deb12u2' })];
    expect(check({ intel: intel(), candidates: old }).findings[1]).toMatchObject({
      status: 'no-fix',
      reason: 'needs: an origin that offers 2.36-9+deb12u3',
    });
    expect(check({ intel: intel(), candidates: [offer({ name: 'other' })] }).findings[0]).toMatchObject({
      status: 'missing',
    });
    expect(check({ intel: intel(), candidates: [offer()] }).findings[1]).toMatchObject({
      status: 'missing',
      candidate: { version: '2.36-9+deb12u9', origin: 'debian:bookworm-security/main' },
    });
  });

  it('a kernel whose fix waits for a reboot is pending-reboot', () => {
    const kernel = (abi: string, version: string) =>
      aComponent({
        name: `linux-image-${abi}`,
        version,
        sourcePackage: 'linux-signed-amd64',
        sourceVersion: version.replace('-', '+'),
      });
    const components = [kernel('6.1.0-18-amd64', '6.1.76-1'), kernel('6.1.0-20-amd64', '6.1.85-1')];
    const rows = intel(
      [anAdvisory('CVE-2024-1'), anAdvisory('CVE-2024-2')],
      [
        aRange('CVE-2024-1', { package: 'linux', fixed: '6.1.85-1' }),
        aRange('CVE-2024-2', { package: 'linux', fixed: '6.1.90-1' }),
      ],
    );
    const { findings } = check({ host: host(components, { runningKernel: '6.1.0-18-amd64' }), intel: rows });
    expect(findings.map((f) => [f.component.name, f.advisory, f.status])).toEqual([
      ['linux-image-6.1.0-18-amd64', 'CVE-2024-1', 'pending-reboot'],
      ['linux-image-6.1.0-18-amd64', 'CVE-2024-2', 'missing'],
    ]);
  });
});

describe('updates', () => {
  it('are findings without any advisory', () => {
    expect(check({ candidates: [offer()] }).findings).toMatchObject([
      {
        kind: 'update',
        advisory: null,
        fixedIn: '2.36-9+deb12u9',
        severity: 'unknown',
        status: 'missing',
        sources: ['apt:debian:bookworm-security/main'],
      },
    ]);
  });

  it.each([['2.36-9+deb12u1'], ['2.36-9'], ['not a version']])('%s is none', (version) =>
    expect(check({ candidates: [offer({ version })] }).findings).toEqual([]),
  );

  it('take the newest of all origins, and stay security updates where a later version replaced one', () => {
    const main = offer({ version: '2.36-9+deb12u13', origin: 'debian:bookworm/main', security: false });
    expect(check({ candidates: [offer(), main] }).findings).toMatchObject([
      {
        fixedIn: '2.36-9+deb12u13',
        severity: 'unknown',
        sources: ['apt:debian:bookworm-security/main', 'apt:debian:bookworm/main'],
      },
    ]);
    expect(check({ candidates: [main] }).findings).toMatchObject([{ severity: 'none' }]);
  });

  it('that are handed out in phases wait, unless an older one is there for everybody', () => {
    const phased = offer({ version: '2.36-9+deb12u13', phased: 20, security: false });
    expect(statuses(check({ candidates: [phased] }).findings)).toEqual([['update', 'waiting', 'phasing']]);
    expect(check({ candidates: [phased, offer()] }).findings).toMatchObject([
      { fixedIn: '2.36-9+deb12u9', status: 'missing' },
    ]);
    expect(statuses(check({ candidates: [{ ...phased, phased: 100 }] }).findings)).toEqual([
      ['update', 'missing', undefined],
    ]);
  });

  it('fit the architecture', () => {
    expect(check({ candidates: [offer({ arch: 'arm64' })] }).findings).toEqual([]);
    expect(check({ candidates: [offer({ arch: 'all' })] }).findings).toHaveLength(1);
  });
});

describe('what cannot be judged', () => {
  const whole = (reason: string) => ({
    kind: 'vulnerability',
    advisory: null,
    component: { name: '*' },
    status: 'unknown',
    reason,
    severity: 'unknown',
  });

  it.each([
    [
      'no-source',
      {
        host: host([aComponent({ sourcePackage: null, sourceVersion: null })], {
          unknown: 'no-source' as const,
        }),
        intel: intel(),
      },
    ],
    [
      'no-stream',
      { host: host([aComponent()], { stream: null, unknown: 'no-stream' as const }), intel: intel() },
    ],
    ['not-supported', { host: host([], { unknown: 'not-supported' as const }), intel: intel() }],
    ['no-advisories', { host: host([aComponent()], { stream: 'debian:99:amd64' }), intel: intel() }],
    ['nothing-to-compare', {}],
  ])('%s is a finding of its own and fails a gate', (reason, input) => {
    const report = check(input);
    expect(report.unknown).toBe(reason);
    expect(report.findings).toMatchObject([whole(reason)]);
    expect(gateReport(report, 'critical')).toEqual({ passes: false, hits: 0, ignoredUnknown: 0 });
  });

  it('a single component without a source is one as well', () => {
    const components = [
      aComponent({ name: 'odd', sourcePackage: null, sourceVersion: null }),
      aComponent({ version: '9' }),
    ];
    const report = check({ host: host(components), intel: intel() });
    expect(report).not.toHaveProperty('unknown');
    expect(report.findings).toMatchObject([
      { component: { name: 'odd' }, status: 'unknown', reason: 'no-source' },
    ]);
  });

  it('a list without sources still has its updates', () => {
    const bare = host([aComponent({ sourcePackage: null, sourceVersion: null })], { unknown: 'no-source' });
    expect(check({ host: bare, candidates: [offer()] }).findings.map((f) => f.kind)).toEqual([
      'update',
      'vulnerability',
    ]);
  });
});

describe('the gate', () => {
  const finding = (facts: Partial<CheckFinding>): CheckFinding => ({
    ...check({ intel: intel() }).findings[0]!,
    ...facts,
  });
  const gate = (...findings: CheckFinding[]) => gateReport({ stream: null, components: 1, findings }, 'high');

  it.each([
    [{ severity: 'critical' }, false],
    [{ severity: 'high' }, false],
    [{ severity: 'high', status: 'no-fix' }, false],
    [{ severity: 'high', status: 'pending-reboot' }, false],
    [{ severity: 'high', status: 'not-affected' }, true],
    [{ severity: 'medium' }, true],
    [{ severity: 'unknown' }, true],
    [{ severity: 'unknown', status: 'unknown' }, true],
    [{ severity: 'unknown', status: 'unknown', advisory: null }, false],
  ] as const)('%j passes: %s', (facts, passes) => expect(gate(finding(facts)).passes).toBe(passes));

  it('counts what it ignored', () => {
    expect(
      gate(
        finding({ severity: 'unknown' }),
        finding({ severity: 'unknown', kind: 'update', advisory: null }),
        finding({ severity: 'low' }),
      ),
    ).toEqual({
      passes: true,
      hits: 0,
      ignoredUnknown: 2,
    });
  });
});
