import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { directoryIntelFeed, type IntelFeedOptions } from '../../../src/adapters/intel-feed-directory.ts';
import type { AdvisoryRow } from '../../../src/contracts/generated/fleet-rows.ts';
import { type Intel, observeIntel } from '../../../src/observe/intel.ts';
import type { IntelFeed } from '../../../src/ports/intel-feed.ts';
import { hasSharedData, SHARED_DATA, sharedDataNote } from '../../support/shared-data.ts';

const read = (paths: readonly string[], options: IntelFeedOptions = {}): Promise<Intel> =>
  observeIntel(paths.map((p) => directoryIntelFeed(join(SHARED_DATA, p), options)));
const countBy = (values: Iterable<string>): Readonly<Record<string, number>> => {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
};
const kindOf = (source: string): string => source.replace(/:.*/, '');

describe.skipIf(!hasSharedData)(`real feeds${sharedDataNote}`, () => {
  it('every EPSS score of 27 October 2024, by its file without a header', async () => {
    const intel = await read(['intel/epss/emba-epss-2024-10-27.tar.xz'], { kind: 'epss' });
    expect(intel).toMatchObject({ problems: [], ignored: 0, feeds: [{ newest: '2024-10-27' }] });
    expect(intel.epss).toHaveLength(263_619);
    const of = (cve: string) => intel.epss.find((r) => r.cve === cve);
    expect(of('CVE-2024-9991')).toEqual({
      cve: 'CVE-2024-9991',
      score: 0.00043,
      percentile: 0.09829,
      modelDate: '2024-10-27',
    });
    expect(intel.epss.every((r) => r.modelDate === '2024-10-27' && r.percentile !== null)).toBe(true);
  });

  it('EPSS in the forms of FIRST, with and without percentile, and damaged ones', async () => {
    const first = await read(['intel/epss/first-shape']);
    expect(first.epss.map((r) => [r.cve, r.score, r.percentile, r.modelDate])[0]).toEqual([
      'CVE-1999-0001',
      0.00383,
      0.73075,
      '2025-02-20',
    ]);
    expect(first.problems).toEqual([
      expect.stringContaining('invalid-header.csv: its header is not cve,epss,percentile'),
      expect.stringContaining('missing-date.csv: it tells no model date'),
    ]);
    const old = await read(['intel/epss/first-model-no-percentile']);
    // Two days in one folder: the later one alone.
    expect(countBy(old.epss.map((r) => `${r.modelDate} ${r.percentile}`))).toEqual({
      '2021-08-31 null': 72_272,
    });
  });

  it.each([
    ['2023.05.09', 926],
    ['2024.10.24', 1202],
    ['2026.08.07', 1662],
  ])('the catalogue %s has %i entries', async (version, count) => {
    const intel = await read([`intel/kev/mirror-asof/kev-${version}.json.gz`], { kind: 'kev' });
    expect(intel.kev).toHaveLength(count);
    expect(intel.feeds[0]?.newest?.slice(0, 10)).toBe(version.replaceAll('.', '-'));
  });

  it('of the catalogues of six days the last one alone counts', async () => {
    expect((await read(['intel/kev/mirror-asof'])).kev).toHaveLength(1662);
  });

  it('how SSVC of one CVE changed: the newest record is told, CISA under one name', async () => {
    const { ssvc, problems } = await read(['intel/vulnrichment/record-history.tar.xz']);
    expect(problems).toEqual([]);
    expect(countBy(ssvc.map((s) => s.source))).toEqual({ 'CISA-ADP': 7 });
    expect(ssvc.find((s) => s.cve === 'CVE-2024-1086')).toMatchObject({
      exploitation: 'active',
      technicalImpact: 'total',
    });
  });

  it('NVD: every metric of 23 records, primary and secondary', async () => {
    const { claims, problems } = await read(['intel/nvd/nvd-api-2.0-samples.tar.xz'], { kind: 'nvd' });
    expect(problems).toEqual([]);
    expect(countBy(claims.map((c) => kindOf(c.source)))).toEqual({ 'nvd-primary': 28, 'nvd-secondary': 10 });
    expect(claims.filter((c) => c.cve === 'CVE-2022-2956').map((c) => [c.source, c.value])).toEqual([
      ['nvd-primary:nvd@nist.gov', '6.1'],
      ['nvd-secondary:cna@vuldb.com', '3.5'],
    ]);
  });

  it('OpenVEX of SUSE Rancher: every statement, and the one file that is none', async () => {
    const { vex, problems, feeds } = await read(['vex-csaf/rancher-openvex-sample.tar.xz'], {
      kind: 'openvex',
    });
    expect(feeds).toMatchObject([{ records: 199 }]);
    expect(problems).toEqual([expect.stringContaining('reports/rancher.openvex.json is no JSON')]);
    // Of 9,657 statements eleven are there twice.
    expect(countBy(vex.map((v) => v.status))).toEqual({ not_affected: 9646 });
  });

  it('CSAF of CISA and of Red Hat: statuses, words and vectors', async () => {
    const cisa = await read(['vex-csaf/cisa-csaf-2023-2024-sample.tar.xz'], { kind: 'csaf' });
    expect(cisa).toMatchObject({ problems: [], feeds: [{ records: 150 }] });
    // Of 5,186 that are listed as affected some have one name.
    expect(countBy(cisa.vex.map((v) => v.status))).toEqual({ affected: 5169, fixed: 439, not_affected: 200 });
    const redhat = await read(['vex-csaf/redhat-csaf-vex-documents.tar.xz']);
    expect(redhat).toMatchObject({ problems: [], feeds: [{ records: 36 }] });
    expect(
      redhat.vex.some((v) => v.product.startsWith('pkg:rpm/redhat/') && v.product.includes(' in cpe:/')),
    ).toBe(true);
    expect(countBy(redhat.claims.map((c) => c.kind))).toEqual({ cvss: 57, word: 60 });
  });

  it('the data of Debian’s tracker in JSON', async () => {
    const { advisories, affected, problems } = await read(['advisories/debian-security-tracker/json-shape']);
    expect(problems).toEqual([]);
    expect(advisories.map((a) => a.advisory)).toContain('CVE-2008-7220');
    expect(affected.find((a) => a.advisory === 'CVE-2008-7220' && a.ecosystem === 'debian:10')).toMatchObject(
      {
        package: 'prototypejs',
        fixed: '1.6.0.2-1',
        urgency: 'high**',
      },
    );
  });
});

/** The records of vulnerabilities are three times as many. */
const onlyBulletins = (path: string): IntelFeed => {
  const feed = directoryIntelFeed(join(SHARED_DATA, path));
  return {
    ...feed,
    async *files() {
      for await (const file of feed.files()) if (/(DSA|DLA|DTSA)-/.test(file.path)) yield file;
    },
  };
};

describe.skipIf(!hasSharedData)(`Debian's own lists beside the OSV records${sharedDataNote}`, () => {
  it('tell of the same bulletins the same', async () => {
    const [own, osv] = await Promise.all([
      read(['advisories/debian-security-tracker/debian-dsa-dla-lists-2023-04.tar.xz'], {
        kind: 'debian-security-tracker',
      }),
      observeIntel([onlyBulletins('advisories/debian-osv-2024-10-24.tar.xz')]),
    ]);
    expect(own).toMatchObject({ problems: [], feeds: [{ newest: '2023-04-01T00:00:00Z' }] });
    expect(countBy(own.advisories.map((a) => a.advisory.replace(/-.*/, '')))).toEqual({
      DLA: 3534,
      DSA: 5406,
      DTSA: 208,
    });
    const [theirs, ownFixes, theirFixes] = [
      new Map(osv.advisories.map((a) => [a.advisory, a])),
      fixesOf(own),
      fixesOf(osv),
    ];
    const both = own.advisories.filter((a) => theirs.has(a.advisory));
    expect([both.length, own.advisories.length]).toEqual([9118, 9148]);
    const differ = (test: (a: AdvisoryRow, b: AdvisoryRow) => boolean): readonly string[] =>
      both.flatMap((a) => {
        const b = theirs.get(a.advisory);
        return b && test(a, b) ? [a.advisory] : [];
      });
    expect(differ((a, b) => a.published !== b.published || a.kind !== b.kind)).toEqual([]);
    // The records are a year and a half younger: CVE ids were added, one was taken away, two fixed versions mended.
    expect(differ((a, b) => a.related.some((cve) => !b.related.includes(cve)))).toEqual(['DLA-3205-1']);
    expect(differ((a) => ownFixes.get(a.advisory) !== theirFixes.get(a.advisory))).toEqual([
      'DSA-2044-1',
      'DSA-2606-1',
    ]);
    expect(theirFixes.get('DSA-2606-1')).toBe('debian:6 proftpd-dfsg 1.3.3a-6squeeze6');
  });
});

const fixesOf = (intel: Intel): ReadonlyMap<string, string> => {
  const lists = new Map<string, string[]>();
  for (const { advisory, ecosystem, package: name, fixed } of intel.affected)
    lists.set(advisory, [...(lists.get(advisory) ?? []), `${ecosystem} ${name} ${fixed}`]);
  return new Map([...lists].map(([advisory, list]) => [advisory, list.sort().join('; ')]));
};
