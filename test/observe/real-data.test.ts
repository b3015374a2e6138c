import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { directoryIntelFeed } from '../../src/adapters/intel-feed-directory.ts';
import { buildCheckReport } from '../../src/assess/check.ts';
import { advisorySource } from '../../src/assess/match/advisory-source.ts';
import type { CheckFinding } from '../../src/contracts/generated/check-report.ts';
import { compareDpkg } from '../../src/domain/version/dpkg.ts';
import { observeRoot } from '../../src/observe/host-root.ts';
import { type Intel, observeIntel } from '../../src/observe/intel.ts';
import type { Observation } from '../../src/observe/observation.ts';
import { readReport } from '../../src/observe/reports/read-report.ts';
import { dpkgDisagrees, hasDpkg } from '../support/dpkg-oracle.ts';
import { fakeFileTree } from '../support/fakes/file-tree.ts';
import { hasSharedData, SHARED_DATA, sharedArchive, sharedDataNote } from '../support/shared-data.ts';

const OCTOBER = '2024-10-22__7f021709fa/private/repos/deb';
let intel: Intel;
let vuls: ReadonlyMap<string, Uint8Array>;
let locks: ReadonlyMap<string, Uint8Array>;
let databases: ReadonlyMap<string, Uint8Array>;

const hosts = new Map<string, Observation>();
const observe = (files: ReadonlyMap<string, Uint8Array>, end: string): Observation => {
  const [path, bytes] = [...files].find(([p]) => p.endsWith(end)) ?? [];
  const host = hosts.get(path!) ?? readReport(bytes!, { label: path! });
  hosts.set(path!, host);
  return host;
};
const found = new Map<Observation, readonly CheckFinding[]>();
/** Of a host, judged once. */
function vulnerabilities(host: Observation): readonly CheckFinding[] {
  const findings =
    found.get(host) ??
    buildCheckReport({ host, intel, candidates: null }).findings.filter((f) => f.kind === 'vulnerability');
  found.set(host, findings);
  return findings;
}
const distinct = (values: Iterable<string | null>): number => new Set(values).size;
const summary = (findings: readonly CheckFinding[]) => {
  const fixable = findings.filter((f) => f.fixedIn !== null);
  return {
    findings: findings.length,
    advisories: distinct(findings.map((f) => f.advisory)),
    fixableAdvisories: distinct(fixable.map((f) => f.advisory)),
    fixableRecords: distinct(fixable.flatMap((f) => f.sources)),
    fixableSources: distinct(fixable.map((f) => f.component.sourcePackage)),
    exploited: [...new Set(findings.filter((f) => f.kev).map((f) => f.advisory))],
  };
};

describe.skipIf(!hasSharedData)(`real hosts and real advisories of October 2024${sharedDataNote}`, () => {
  beforeAll(async () => {
    const feeds = ['advisories/debian-osv-2024-10-24.tar.xz', 'intel/kev/mirror-asof/kev-2024.10.24.json.gz'];
    [intel, vuls, locks, databases] = await Promise.all([
      observeIntel(
        feeds.map((f) => directoryIntelFeed(join(SHARED_DATA, f))),
        { ecosystems: new Set(['debian:11', 'debian:12']) },
      ),
      sharedArchive('hosts/vuls-scan-results.tar.xz', /(debian_11|centos_7|alma_8)\.json$/),
      sharedArchive(
        'hosts/distroless-deb-locks.tar.xz',
        new RegExp(`${OCTOBER}/|2020-07-27.*debian10\\.versions$`),
      ),
      sharedArchive('hosts/native-package-db-files.tar.xz', /dpkg|debian/),
    ]);
  });

  it('every record of the feed is read', () => {
    expect(intel).toMatchObject({ records: 42_212 + 1202, problems: [], unknownRanges: 0, ignored: 0 });
    expect(intel.affected).toHaveLength(32_540 + 32_060);
    expect(intel.kev).toHaveLength(1202);
  });

  it('the Debian 11 host: user space apart from its kernel', () => {
    const findings = vulnerabilities(observe(vuls, 'debian_11.json'));
    const kernel = findings.filter((f) => f.component.sourcePackage === 'linux-signed-amd64');
    expect(distinct(kernel.map((f) => f.component.name))).toBe(1);
    expect(kernel[0]?.component.name).toBe('linux-image-5.10.0-8-amd64');
    expect(summary(findings.filter((f) => !kernel.includes(f)))).toEqual({
      findings: 1426,
      advisories: 552,
      fixableAdvisories: 214,
      fixableRecords: 277,
      fixableSources: 45,
      exploited: ['CVE-2023-4911', 'DSA-5570-1'],
    });
    expect(summary(kernel)).toMatchObject({ advisories: 2858, fixableAdvisories: 1899, fixableSources: 1 });
    expect(
      findings.find((f) => f.advisory === 'CVE-2023-4911' && f.component.name === 'libc-bin'),
    ).toMatchObject({
      component: { sourceVersion: '2.31-13' },
      fixedIn: '2.31-13+deb11u7',
      severity: 'high',
      kev: true,
      status: 'missing',
      sources: ['osv:CVE-2023-4911', 'osv:DSA-5514-1'],
    });
    // The host already has this one: libc6 was upgraded, other packages of glibc were not.
    expect(findings.some((f) => f.advisory === 'CVE-2023-4911' && f.component.name === 'libc6')).toBe(false);
    expect(findings.find((f) => f.advisory === 'CVE-2022-0847')).toMatchObject({
      component: { name: 'linux-image-5.10.0-8-amd64', sourceVersion: '5.10.46+4' },
      fixedIn: '5.10.92-2',
      kev: true,
    });
  });

  it('each package with a missing fix outside the kernel also has an update, by the word of its own apt', () => {
    const host = observe(vuls, 'debian_11.json');
    const offered = new Set(host.offers.map((o) => o.name));
    const missing = vulnerabilities(host).filter(
      (f) => f.status === 'missing' && !f.component.name.startsWith('linux-image-'),
    );
    expect(missing.filter((f) => !offered.has(f.component.name))).toEqual([]);
  });

  it.each([
    ['bookworm', 26, 12],
    ['bookworm_java', 12, 10],
    ['bookworm_python', 49, 25],
  ])('the Debian 12 image %s has nothing to fix, and what is open is told', (name, count, advisories) => {
    const host = observe(locks, `${OCTOBER}/${name}.lock.json`);
    expect(host).toMatchObject({ stream: 'debian:12:amd64', unknown: null, problems: [] });
    const findings = vulnerabilities(host);
    expect(summary(findings)).toMatchObject({
      findings: count,
      advisories,
      fixableRecords: 0,
      exploited: [],
    });
    expect(new Set(findings.map((f) => f.status))).toEqual(new Set(['no-fix', 'not-affected']));
  });

  it.skipIf(!hasDpkg)(
    `dpkg agrees on every installed and fixed version that meet${hasDpkg ? '' : ' (skipped: dpkg is absent)'}`,
    () => {
      const hosts = [
        observe(vuls, 'debian_11.json'),
        ...['bookworm', 'bookworm_java', 'bookworm_python'].map((n) =>
          observe(locks, `${OCTOBER}/${n}.lock.json`),
        ),
      ];
      const pairs = new Map<string, readonly [string, string, -1 | 0 | 1]>();
      for (const host of hosts) {
        const ecosystem = host.stream?.replace(/:[^:]*$/, '');
        const versions = group(host);
        for (const row of intel.affected)
          for (const { sourceVersion } of row.ecosystem === ecosystem
            ? (versions.get(row.package) ?? [])
            : [])
            if (row.fixed !== null && sourceVersion !== null)
              pairs.set(`${sourceVersion} ${row.fixed}`, [
                sourceVersion,
                row.fixed,
                compareDpkg(sourceVersion, row.fixed),
              ]);
      }
      expect(pairs.size).toBeGreaterThan(500);
      expect(dpkgDisagrees([...pairs.values()])).toEqual([]);
    },
  );

  it('hosts without source packages and of other families are unknown', () => {
    // Advisories of rpm distributions name what is installed.
    expect(observe(vuls, 'centos_7.json')).toMatchObject({ stream: 'centos:7:x86_64', unknown: null });
    expect(observe(vuls, 'alma_8.json')).toMatchObject({ stream: 'almalinux:8:x86_64', unknown: null });
    expect(observe(locks, 'package_bundle_debian10.versions')).toMatchObject({
      stream: 'debian:10:unknown',
      unknown: 'no-source',
    });
  });

  it('status files of scanners’ own tests, damaged ones among them', async () => {
    expect(observe(databases, 'claircore/dpkg/testdata/texlive.status')).toMatchObject({
      stream: 'ubuntu:18.04:amd64',
      problems: [],
    });
    const valid = observe(databases, 'dpkg/testdata/valid.txtar');
    expect(valid.components).toHaveLength(90);
    expect(valid.problems).toHaveLength(2);
    const corrupt = observe(databases, 'dpkg/testdata/corrupsed.txtar');
    expect(corrupt.components.length).toBeGreaterThan(0);
    const path = 'image-distroless-deb/var/lib/dpkg/status.d/libsqlite3-0';
    const [, stanza] = [...databases].find(([p]) => p.endsWith(path)) ?? [];
    const tree = fakeFileTree(new Map([['var/lib/dpkg/status.d/libsqlite3-0', stanza!]]));
    expect((await observeRoot(tree)).components).toMatchObject([
      { name: 'libsqlite3-0', sourcePackage: 'sqlite3', arch: 'arm64' },
    ]);
  });
});

const group = (host: Observation): ReadonlyMap<string, Observation['components'][number][]> => {
  const bySource = new Map<string, Observation['components'][number][]>();
  for (const c of host.components) {
    const { name, version } = advisorySource(c.sourcePackage ?? '', c.sourceVersion ?? '');
    bySource.set(name, [...(bySource.get(name) ?? []), { ...c, sourceVersion: version }]);
  }
  return bySource;
};
