import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateKind } from '../../src/contracts/validate.ts';
import { rateVectors } from '../../src/observe/cvss.ts';
import { isKevCatalog, readKev } from '../../src/observe/kev.ts';
import { advisoryKind, isOsvRecord, type OsvRows, readOsv } from '../../src/observe/osv.ts';
import { parseEcosystem } from '../../src/observe/osv-ecosystem.ts';

type Json = Record<string, unknown>;

const record = (affected: readonly Json[], extra: Json = {}): Json => ({
  id: 'CVE-2024-0001',
  modified: '2024-01-02T00:00:00Z',
  affected,
  ...extra,
});
const debian = (events: readonly Json[], extra: Json = {}): Json => ({
  package: { ecosystem: 'Debian:12', name: 'glibc' },
  ranges: [{ type: 'ECOSYSTEM', events }],
  ...extra,
});
const read = (document: Json, ecosystems?: ReadonlySet<string>): OsvRows => {
  const rows = readOsv(document, { feed: 'f', ...(ecosystems ? { ecosystems } : {}) });
  if (typeof rows === 'string') throw new Error(rows);
  return rows;
};
const ranges = (affected: readonly Json[]) =>
  read(record(affected)).affected.map((r) => [r.scheme, r.introduced, r.fixed, r.lastAffected]);

describe('an OSV record', () => {
  it('becomes an advisory and its affected rows', () => {
    const rows = read(
      record(
        [
          debian([{ introduced: '0' }, { fixed: '2.36-9+deb12u3' }], {
            versions: ['2.36-9'],
            ecosystem_specific: { urgency: 'not yet assigned' },
          }),
        ],
        {
          published: '2024-01-01T00:00:00Z',
          related: ['DSA-1-1', 'CVE-2024-0001'],
          aliases: ['GHSA-xxxx'],
          details: 'first line\nsecond',
          severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H' }],
        },
      ),
    );
    expect(rows.advisory).toEqual({
      advisory: 'CVE-2024-0001',
      kind: 'vulnerability',
      aliases: ['GHSA-xxxx'],
      related: ['DSA-1-1'],
      summary: 'first line',
      published: '2024-01-01T00:00:00Z',
      modified: '2024-01-02T00:00:00Z',
      withdrawn: null,
      severity: 'high',
      severitySource: 'CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H',
      score: 7.8,
      feed: 'f',
    });
    expect(rows.affected).toEqual([
      {
        advisory: 'CVE-2024-0001',
        ecosystem: 'debian:12',
        package: 'glibc',
        scheme: 'dpkg',
        introduced: '0',
        fixed: '2.36-9+deb12u3',
        lastAffected: null,
        versions: [],
        urgency: 'not yet assigned',
      },
    ]);
  });

  it.each([
    [[{ introduced: '0' }], [['dpkg', '0', null, null]]],
    [[{ introduced: '1' }, { last_affected: '2' }], [['dpkg', '1', null, '2']]],
    [
      [{ introduced: '0' }, { fixed: '1' }, { introduced: '2' }, { fixed: '3' }],
      [
        ['dpkg', '0', '1', null],
        ['dpkg', '2', '3', null],
      ],
    ],
    [
      [{ fixed: '3' }, { introduced: '2' }, { fixed: '1' }, { introduced: '0' }],
      [
        ['dpkg', '0', '1', null],
        ['dpkg', '2', '3', null],
      ],
    ],
    [
      [{ introduced: '0' }, { fixed: '1' }, { introduced: '1' }],
      [
        ['dpkg', '0', '1', null],
        ['dpkg', '1', null, null],
      ],
    ],
    [[{ introduced: '0' }, { fixed: '0' }], [['dpkg', '0', '0', null]]],
    [[{ introduced: '0' }, { limit: '*' }], [['dpkg', '0', null, null]]],
    [[{ introduced: '0' }, { limit: '2' }], [['unknown', null, null, null]]],
    [[{ introduced: '0' }, { fixed: 'not a version' }], [['unknown', null, null, null]]],
    [[{ introduced: '0', fixed: '1' }], [['unknown', null, null, null]]],
    [[], [['unknown', null, null, null]]],
  ])('events %j', (events, expected) => expect(ranges([debian(events)])).toEqual(expected));

  it('keeps a range of another kind as unknown, and leaves commits out beside a range', () => {
    const git = { type: 'GIT', events: [{ introduced: '0' }] };
    const own = { type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2' }] };
    const pkg = { ecosystem: 'Debian:12', name: 'x' };
    expect(ranges([{ package: pkg, ranges: [{ type: 'SEMVER', events: own.events }] }])).toEqual([
      ['unknown', null, null, null],
    ]);
    expect(ranges([{ package: pkg, ranges: [git, own] }])).toEqual([['dpkg', '0', '2', null]]);
    expect(ranges([{ package: pkg, ranges: [git] }])).toEqual([['unknown', null, null, null]]);
  });

  it('keeps enumerated versions where there is no range', () => {
    const rows = read(
      record([{ package: { ecosystem: 'Debian:12', name: 'x' }, versions: ['2', '1', '2'] }]),
    );
    expect(rows.affected).toMatchObject([{ scheme: 'dpkg', versions: ['1', '2'] }]);
  });

  it('counts what is no distribution release, and rows are distinct', () => {
    const rows = read(
      record([
        debian([{ introduced: '0' }]),
        debian([{ introduced: '0' }]),
        { package: {} },
        { package: { ecosystem: 'npm', name: 'x' } },
      ]),
    );
    expect(rows).toMatchObject({ otherEcosystems: 2, affected: [{ ecosystem: 'debian:12' }] });
  });

  it('keeps only the ecosystems that are asked for', () => {
    expect(read(record([debian([{ introduced: '0' }])]), new Set(['debian:11'])).affected).toEqual([]);
  });

  it('of a bulletin keeps the vulnerabilities as related, never as aliases', () => {
    const { advisory } = read({
      id: 'DSA-5514-1',
      modified: 'x',
      aliases: ['CVE-2023-4911'],
      upstream: ['CVE-2023-1'],
      related: ['CVE-2023-2'],
    });
    expect(advisory).toMatchObject({
      kind: 'bulletin',
      aliases: [],
      related: ['CVE-2023-1', 'CVE-2023-2', 'CVE-2023-4911'],
    });
  });

  it("takes a distribution's own record of one CVE for that CVE", () => {
    expect(
      read({ id: 'UBUNTU-CVE-2024-0001', modified: 'x', upstream: ['CVE-2024-0001'] }).advisory.aliases,
    ).toEqual(['CVE-2024-0001']);
  });

  it.each([
    [{ id: '../x', modified: 'x' }, 'its id is no advisory id'],
    [{ id: 'CVE-2024-1', modified: 'x', affected: {} }, '"affected" is no list'],
  ])('%j is damaged', (document, problem) => expect(readOsv(document, { feed: 'f' })).toBe(problem));

  it.each(['CVE-2024-1', 'GHSA-a', 'UBUNTU-CVE-2024-1', 'DEBIAN-CVE-2024-1', 'CNVD-2024-1'])(
    '%s is a vulnerability',
    (id) => expect(advisoryKind(id)).toBe('vulnerability'),
  );
  it.each([
    'DSA-1-1',
    'DLA-1-1',
    'DTSA-1-1',
    'USN-1-1',
    'RHSA-2024:1',
    'ALSA-2024:1',
    'ALBA-2024:1',
    'SUSE-SU-2024:1',
    'openSUSE-SU-2024:1',
    'ALAS2-2024-1',
  ])('%s is a bulletin', (id) => expect(advisoryKind(id)).toBe('bulletin'));

  it('gives rows of the schema, or a sentence, whatever is in it', () => {
    const any = fc.jsonValue();
    const version = fc.oneof(fc.constantFrom('0', '1', '1.0-1', '~', ':', ''), any);
    const event = fc.oneof(
      fc.record({ introduced: version }),
      fc.record({ fixed: version }),
      fc.record({ last_affected: version }),
      fc.record({ limit: version }),
      any,
    );
    const affected = fc.record({
      package: fc.oneof(
        fc.record({
          ecosystem: fc.constantFrom('Debian:12', 'Alpine:v3.20', 'npm'),
          name: fc.oneof(fc.constant('x'), any),
        }),
        any,
      ),
      ranges: fc.oneof(
        fc.array(
          fc.record({
            type: fc.constantFrom('ECOSYSTEM', 'GIT', 'SEMVER'),
            events: fc.oneof(fc.array(event), any),
          }),
        ),
        any,
      ),
      versions: any,
      ecosystem_specific: any,
    });
    const document = fc.record({
      id: fc.oneof(fc.constant('CVE-2024-1'), fc.string()),
      modified: fc.string(),
      affected: fc.oneof(fc.array(affected), any),
      severity: any,
      related: any,
      aliases: any,
      summary: any,
      withdrawn: any,
    });
    fc.assert(
      fc.property(document, (value) => {
        const rows = readOsv(value as Json, { feed: 'f' });
        if (typeof rows === 'string') return;
        const all = {
          assets: [],
          components: [],
          origins: [],
          kev: [],
          packages: [],
          firstSeen: [],
          ssvc: [],
          epss: [],
          advisories: [rows.advisory],
          affected: rows.affected,
        };
        expect(validateKind('fleet-rows', all)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('ecosystems', () => {
  it.each([
    ['Debian:12', 'debian:12', 'dpkg'],
    ['Debian:4.0', 'debian:4', 'dpkg'],
    ['Debian:3.1', 'debian:3.1', 'dpkg'],
    ['Ubuntu:22.04:LTS', 'ubuntu:22.04', 'dpkg'],
    ['Ubuntu:24.10', 'ubuntu:24.10', 'dpkg'],
    ['Ubuntu:Pro:18.04:LTS', 'ubuntu-pro:18.04', 'dpkg'],
    ['Alpine:v3.20', 'alpine:3.20', 'apk'],
    ['AlmaLinux:8', 'almalinux:8', 'rpm'],
    ['Rocky Linux:9', 'rocky:9', 'rpm'],
  ])('%s is %s', (text, id, scheme) => expect(parseEcosystem(text)).toEqual({ id, scheme }));
  it.each(['npm', 'Debian', 'Debian:sid', '', 'Ubuntu:Pro:FIPS:22.04:LTS'])('%j is none', (text) =>
    expect(parseEcosystem(text)).toBeUndefined(),
  );
});

describe('CVSS', () => {
  // Scores as NVD and FIRST publish them for these vectors.
  it.each([
    ['CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H', 7.8, 'high'],
    ['CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 9.8, 'critical'],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N', 0, 'none'],
    ['CVSS:3.1/AV:L/AC:H/PR:L/UI:N/S:U/C:L/I:N/A:N', 2.5, 'low'],
    ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 9.3, 'critical'],
    ['AV:N/AC:L/Au:N/C:C/I:C/A:C', 10, 'high'],
    ['AV:N/AC:M/Au:N/C:N/I:P/A:N', 4.3, 'medium'],
  ])('%s is %d, %s', (vector, score, severity) =>
    expect(rateVectors([vector])).toEqual({ vector, score, severity }),
  );

  it('the newest version counts, of equal versions the worst', () => {
    const [v2, low, high] = [
      'AV:N/AC:L/Au:N/C:C/I:C/A:C',
      'CVSS:3.1/AV:L/AC:H/PR:L/UI:N/S:U/C:L/I:N/A:N',
      'CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H',
    ];
    expect(rateVectors([v2, low])?.severity).toBe('low');
    expect(rateVectors([low, high])?.severity).toBe('high');
  });

  it.each([
    '',
    'CVSS:3.1/AV:L',
    'CVSS:3.1/garbage',
    'CVSS:9.9/AV:N/AC:L/Au:N/C:C/I:C/A:C',
    'AV:N/AV:N/AC:L/Au:N/C:C/I:C/A:C',
    'x'.repeat(1000),
  ])('%j is no vector', (vector) => expect(rateVectors([vector])).toBeUndefined());
  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('CVSS:3.1', '/', 'AV', ':', 'N', 'C', 'H', 'CVSS:4.0')),
        (p) => void rateVectors([p.join('')]),
      ),
    );
  });
});

describe('the KEV catalog', () => {
  it('becomes rows; damaged entries are told', () => {
    const document = {
      catalogVersion: '2024.10.24',
      vulnerabilities: [
        {
          cveID: 'CVE-2023-4911',
          dateAdded: '2023-11-21',
          dueDate: '2023-12-12',
          knownRansomwareCampaignUse: 'Known',
        },
        { cveID: 'CVE-2021-0920', dateAdded: '2022-05-23', knownRansomwareCampaignUse: 'Unknown' },
        { cveID: 'nonsense', dateAdded: '2022-05-23' },
        null,
      ],
    };
    expect(isKevCatalog(document)).toBe(true);
    expect(readKev(document)).toEqual({
      rows: [
        { cve: 'CVE-2023-4911', dateAdded: '2023-11-21', dueDate: '2023-12-12', ransomware: true },
        { cve: 'CVE-2021-0920', dateAdded: '2022-05-23', dueDate: null, ransomware: false },
      ],
      problems: [
        'entry 3 has no CVE id or no day on which it was added',
        'entry 4 has no CVE id or no day on which it was added',
      ],
    });
  });

  it('is told from an advisory by its shape', () => {
    expect(isKevCatalog({ id: 'CVE-1', modified: 'x' })).toBe(false);
    expect(isOsvRecord({ catalogVersion: 'x', vulnerabilities: [] })).toBe(false);
  });
});
