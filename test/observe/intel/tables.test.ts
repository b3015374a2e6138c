import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { observeIntel } from '../../../src/observe/intel.ts';
import type { IntelFeed } from '../../../src/ports/intel-feed.ts';
import { cveRecord, ssvcMetric } from '../../support/intel-records.ts';

type Files = Readonly<Record<string, unknown>>;
const feed = (files: Files, over: Partial<IntelFeed> = {}): IntelFeed => ({
  label: 'feed',
  async *files() {
    for (const [path, content] of Object.entries(files))
      yield { path, bytes: Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)) };
  },
  ...over,
});
const osv = (modified: string, fixed: string, over: object = {}) => ({
  id: 'CVE-2024-0001',
  modified,
  affected: [
    {
      package: { ecosystem: 'Debian:12', name: 'x' },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }],
    },
  ],
  ...over,
});
const epss = (day: string, ...lines: readonly string[]) =>
  `#model_version:v1,score_date:${day}T00:00:00+0000\ncve,epss,percentile\n${lines.join('\n')}\n`;
const kev = (day: string, ...cves: readonly string[]) => ({
  catalogVersion: day.replaceAll('-', '.'),
  vulnerabilities: cves.map((cveID) => ({ cveID, dateAdded: '2024-01-01' })),
});
const V31 = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';
const V30 = 'CVSS:3.0/AV:L/AC:H/PR:H/UI:N/S:U/C:L/I:L/A:L';
const cvss = (vectorString: string) => ({ cvssV3_1: { vectorString } });

/** Files that speak of the same things in older and newer forms. */
const WORLD: readonly (readonly [string, unknown])[] = [
  ['a', osv('2024-01-01T00:00:00Z', '1')],
  ['b', osv('2024-02-01T00:00:00Z', '2', { withdrawn: '2024-02-01T00:00:00Z' })],
  ['c', osv('2024-02-01T00:00:00Z', '3')],
  ['d', epss('2024-10-26', 'CVE-2024-0001,0.9,0.9', 'CVE-2024-0002,0.9,0.9')],
  ['e', epss('2024-10-27', 'CVE-2024-0001,0.1,0.1')],
  ['f', epss('2024-10-27', 'CVE-2024-0003,0.3,0.3')],
  ['g', kev('2024-10-23', 'CVE-2024-0001', 'CVE-2024-0002')],
  ['h', kev('2024-10-24', 'CVE-2024-0001')],
  ['i', cveRecord({ cna: [cvss(V31)], adp: [ssvcMetric('none', 'no', 'total')] })],
  [
    'j',
    cveRecord({
      cna: [cvss(V30)],
      adp: [ssvcMetric('active', 'no', 'total', { timestamp: '2024-07-01T00:00:00Z' })],
      updated: '2024-06-02T00:00:00Z',
    }),
  ],
  ['k', cveRecord({ cve: 'CVE-2023-5129', cna: [cvss(V31)] })],
  ['l', cveRecord({ cve: 'CVE-2023-5129', state: 'REJECTED', updated: '2024-08-01T00:00:00Z' })],
];
/** All but the order of the feeds themselves. */
const tablesOf = async (feeds: readonly IntelFeed[]) => ({ ...(await observeIntel(feeds)), feeds: [] });

describe('what feeds say together', () => {
  it('is the newest of each', async () => {
    const intel = await observeIntel([feed(Object.fromEntries(WORLD))]);
    expect(intel.epss.map((r) => [r.cve, r.score, r.modelDate])).toEqual([
      ['CVE-2024-0001', 0.1, '2024-10-27'],
      ['CVE-2024-0003', 0.3, '2024-10-27'],
    ]);
    expect(intel.kev.map((r) => r.cve)).toEqual(['CVE-2024-0001']);
    expect(intel.ssvc).toMatchObject([{ cve: 'CVE-2024-0001', source: 'CISA-ADP', exploitation: 'active' }]);
    expect(intel.claims).toMatchObject([{ cve: 'CVE-2024-0001', source: 'cna:redhat', vector: V30 }]);
    // Of two copies of one age the withdrawn one counts.
    expect(intel.advisories).toMatchObject([{ withdrawn: '2024-02-01T00:00:00Z' }]);
    expect(intel.affected.map((a) => a.fixed)).toEqual(['2']);
    expect(intel.feeds).toEqual([
      { label: 'feed', kind: null, records: 3 + 2 + 1 + 4, newest: '2024-10-27' },
    ]);
  });

  it('does not depend on the order of files, nor on that of feeds', async () => {
    const sorted = await tablesOf([feed(Object.fromEntries(WORLD))]);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...WORLD], { minLength: WORLD.length }), async (files) => {
        expect(await tablesOf([feed(Object.fromEntries(files))])).toEqual(sorted);
      }),
      { numRuns: 60 },
    );
    const alone = WORLD.map((file) => feed(Object.fromEntries([file])));
    const apart = await tablesOf(alone);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(alone, { minLength: alone.length }), async (feeds) => {
        expect(await tablesOf(feeds)).toEqual(apart);
      }),
      { numRuns: 60 },
    );
  });

  it('mixes no scores of two days within a feed, and keeps the day of each between feeds', async () => {
    const feeds = [WORLD[3], WORLD[4]].map((file) => feed(Object.fromEntries([file!])));
    expect((await observeIntel(feeds)).epss.map((r) => [r.cve, r.modelDate])).toEqual([
      ['CVE-2024-0001', '2024-10-27'],
      ['CVE-2024-0002', '2024-10-26'],
    ]);
  });

  it('has the lines of one day by the higher score where two feeds differ', async () => {
    const feeds = ['0.2', '0.4', '0.3'].map((s) => feed({ x: epss('2024-10-27', `CVE-2024-0001,${s},0.5`) }));
    expect((await observeIntel(feeds)).epss).toMatchObject([{ score: 0.4 }]);
  });
});

describe('what was withdrawn', () => {
  const withdrawn = new Map([['CVE-2024-0001', '2024-03-01T00:00:00Z']]);
  const state = async (files: Files, known = withdrawn) =>
    (await observeIntel([feed(files)], { withdrawn: known })).advisories[0]?.withdrawn ?? null;

  it.each([
    ['an older copy', osv('2024-01-01T00:00:00Z', '1'), '2024-03-01T00:00:00Z'],
    ['a copy of the same moment', osv('2024-03-01T00:00:00Z', '1'), '2024-03-01T00:00:00Z'],
    ['a copy without a time', osv('whenever', '1'), '2024-03-01T00:00:00Z'],
    ['a record changed since', osv('2024-03-02T00:00:00Z', '1'), null],
    [
      'a record withdrawn again',
      osv('2024-01-01T00:00:00Z', '1', { withdrawn: '2024-04-01T00:00:00Z' }),
      '2024-04-01T00:00:00Z',
    ],
  ])('stays withdrawn, or not, with %s', async (_name, record, expected) => {
    expect(await state({ a: record })).toBe(expected);
  });

  it('is not revived by a copy that was changed before it was withdrawn', async () => {
    const gone = osv('2024-01-01T00:00:00Z', '1', { withdrawn: '2024-03-01T00:00:00Z' });
    for (const files of [
      { a: gone, b: osv('2024-02-01T00:00:00Z', '2') },
      { a: osv('2024-02-01T00:00:00Z', '2'), b: gone },
    ])
      expect(await state(files, new Map())).toBe('2024-03-01T00:00:00Z');
  });

  it('takes its severity claims along', async () => {
    const rated = { severity: [{ type: 'CVSS_V3', score: V31 }] };
    const live = await observeIntel([feed({ a: osv('2024-01-01T00:00:00Z', '1', rated) })]);
    expect(live.claims).toMatchObject([{ source: 'osv:CVE-2024-0001', kind: 'cvss', value: '9.8' }]);
    const gone = osv('2024-01-02T00:00:00Z', '1', { ...rated, withdrawn: '2024-01-02T00:00:00Z' });
    expect((await observeIntel([feed({ a: gone })])).claims).toEqual([]);
  });

  it('is a rejected CVE too, until a record is published later', async () => {
    const rejected = cveRecord({ state: 'REJECTED', updated: '2024-06-01T00:00:00Z' });
    const said = (updated: string) => cveRecord({ cna: [cvss(V31)], updated });
    const nvd = {
      format: 'NVD_CVE',
      vulnerabilities: [
        {
          cve: {
            id: 'CVE-2024-0001',
            lastModified: '2024-05-01T00:00:00',
            metrics: { cvssMetricV31: [{ cvssData: { vectorString: V31 } }] },
          },
        },
      ],
    };
    expect(
      (await observeIntel([feed({ a: rejected, b: said('2024-05-02T00:00:00Z'), c: nvd })])).claims,
    ).toEqual([]);
    expect(
      (await observeIntel([feed({ a: rejected, b: said('2024-07-02T00:00:00Z') })])).claims,
    ).toHaveLength(1);
  });
});

describe('a feed that is said to be of a kind', () => {
  it('must have records of it, and has its newest', async () => {
    const files = { a: kev('2024-10-24', 'CVE-2024-0001'), b: osv('2025-01-01T00:00:00Z', '1') };
    const intel = await observeIntel([feed(files, { kind: 'kev' })]);
    expect(intel.feeds).toEqual([{ label: 'feed', kind: 'kev', records: 2, newest: '2024-10-24' }]);
    await expect(observeIntel([feed(files, { kind: 'epss' })])).rejects.toMatchObject({
      code: 'source-failed',
      message: 'feed has no record of the kind epss',
    });
  });
});

describe('any content', () => {
  it('gives rows or sentences, never a crash', async () => {
    const json = fc.jsonValue({ maxDepth: 4 });
    const shape = fc.oneof(
      fc.record({
        dataType: fc.constant('CVE_RECORD'),
        cveMetadata: fc.oneof(json, fc.record({ cveId: fc.constant('CVE-2024-0001') })),
        containers: json,
      }),
      fc.record({ format: fc.constant('NVD_CVE'), vulnerabilities: fc.array(fc.record({ cve: json })) }),
      fc.record({
        '@context': fc.constant('https://openvex.dev/ns'),
        '@id': fc.constant('x'),
        statements: fc.array(json),
      }),
      fc.record({
        document: fc.record({ csaf_version: fc.constant('2.0'), tracking: fc.record({ id: fc.string() }) }),
        product_tree: json,
        vulnerabilities: fc.array(json),
      }),
      fc.record({ data: fc.array(fc.record({ epss: json })), score_date: fc.string() }),
      fc.record({
        x1: fc.record({ 'CVE-2024-0001': fc.record({ releases: json, description: json }) }),
        more: json,
      }),
      fc.string().map((s) => `#model_version:v1,score_date:2024-01-01\ncve,epss\n${s}`),
      fc.string().map((s) => `[1 Jan 2024] DSA-1-1 x - y\n${s}`),
      json,
    );
    await fc.assert(
      fc.asyncProperty(shape, async (content) => {
        const intel = await observeIntel([feed({ ok: kev('2024-10-24', 'CVE-2024-0001'), x: content })]);
        expect(intel.kev).toHaveLength(1);
        for (const row of intel.epss) expect(row.score >= 0 && row.score <= 1).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
