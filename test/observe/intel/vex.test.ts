import { describe, expect, it } from 'vitest';
import { readCsaf as csafOf, isCsaf } from '../../../src/observe/intel/csaf.ts';
import { isOpenVex, readOpenVex as openVexOf } from '../../../src/observe/intel/openvex.ts';
import type { Reading } from '../../../src/observe/intel/reading.ts';

type Document = Parameters<typeof csafOf>[0];
const readCsaf = (document: Document) => csafOf(document, { feed: 'vendor' });
const readOpenVex = (document: Document) => openVexOf(document, { feed: 'vendor' });
const vexOf = (reading: Reading | string) => {
  if (typeof reading === 'string') throw new Error(reading);
  return reading.parts.flatMap((p) => (p.kind === 'vex' ? p.rows : []));
};
const openVex = (statements: readonly object[], over: object = {}) => ({
  '@context': 'https://openvex.dev/ns/v0.2.0',
  '@id': 'https://example.com/vex-1',
  author: 'Example',
  timestamp: '2024-01-01T00:00:00Z',
  version: 1,
  statements,
  ...over,
});
const statement = (over: object = {}) => ({
  vulnerability: { name: 'CVE-2024-0001' },
  products: [{ '@id': 'pkg:deb/debian/x@1' }],
  status: 'affected',
  ...over,
});

describe('an OpenVEX document', () => {
  it('is one row for each product, or part of a product', () => {
    const part = { '@id': 'pkg:oci/app', subcomponents: [{ '@id': 'pkg:golang/stdlib@v1.22.7' }] };
    const document = openVex([
      statement({
        products: [part, { '@id': 'app', identifiers: { purl: 'pkg:deb/debian/y' } }, 'pkg:deb/debian/z'],
        status: 'not_affected',
        justification: 'vulnerable_code_not_present',
        impact_statement: 'not\n built',
        timestamp: '2024-02-01T00:00:00Z',
      }),
    ]);
    expect(isOpenVex(document)).toBe(true);
    const reading = readOpenVex(document);
    expect(reading).toMatchObject({
      kind: 'openvex',
      records: 1,
      newest: '2024-02-01T00:00:00Z',
      problems: [],
    });
    expect(vexOf(reading).map((r) => r.product)).toEqual([
      'pkg:golang/stdlib@v1.22.7 in pkg:oci/app',
      'pkg:deb/debian/y',
      'pkg:deb/debian/z',
    ]);
    expect(vexOf(reading)[0]).toEqual({
      source: 'openvex:Example',
      document: 'https://example.com/vex-1',
      at: '2024-02-01T00:00:00Z',
      vulnerability: 'CVE-2024-0001',
      product: 'pkg:golang/stdlib@v1.22.7 in pkg:oci/app',
      status: 'not_affected',
      justification: 'vulnerable_code_not_present',
      statement: 'not built',
      feed: 'vendor',
    });
  });

  it.each([
    ['CVE-2024-0001', 'CVE-2024-0001'],
    [{ name: 'GO-2024-1', aliases: ['GHSA-x', 'CVE-2024-0002'] }, 'CVE-2024-0002'],
    [{ '@id': 'https://example.com/v' }, 'https://example.com/v'],
    [{ name: 'GO-2024-1' }, 'GO-2024-1'],
  ])('knows the vulnerability %j as %s', (vulnerability, name) => {
    expect(vexOf(readOpenVex(openVex([statement({ vulnerability })])))).toMatchObject([
      { vulnerability: name },
    ]);
  });

  it.each([
    [{ vulnerability: {} }, 'names no vulnerability'],
    [{ status: 'fine' }, 'has no status that is known'],
    [{ products: [] }, 'names no product'],
    [{ products: [{}] }, 'names no product'],
    [{ status: 'not_affected' }, 'says not_affected without a justification or an impact statement'],
  ])('with the damaged statement %j is told, and the others are read', (over, why) => {
    const reading = readOpenVex(openVex([statement(over), statement(), 7 as never]));
    expect(reading).toMatchObject({ problems: [`statement 1 ${why}`, 'statement 3 names no vulnerability'] });
    expect(vexOf(reading)).toHaveLength(1);
  });

  it('may keep what is said of the whole under a key of its own, as Canonical does', () => {
    const { statements, ...metadata } = openVex([statement()]);
    const document = { metadata, statements };
    expect(isOpenVex(document)).toBe(true);
    expect(readOpenVex(document)).toEqual(readOpenVex({ ...metadata, statements }));
  });

  it('without an id is damaged', () =>
    expect(readOpenVex(openVex([], { '@id': '' }))).toBe('it has no "@id"'));
  it('of another kind is none', () => {
    expect(isOpenVex(openVex([], { '@context': ['https://spdx.org'] }))).toBe(false);
    expect(isOpenVex({ '@context': 'https://openvex.dev/ns/v0.2.0' })).toBe(false);
  });
});

const csaf = (vulnerabilities: readonly object[], tracking: object = {}) => ({
  document: {
    csaf_version: '2.0',
    category: 'csaf_vex',
    publisher: { name: 'Red Hat Product Security' },
    tracking: {
      id: 'CVE-2024-0001',
      status: 'final',
      current_release_date: '2024-03-01T00:00:00+00:00',
      ...tracking,
    },
  },
  product_tree: {
    full_product_names: [{ product_id: 'F', name: 'Full name' }],
    branches: [
      {
        category: 'vendor',
        branches: [
          { product: { product_id: 'RPM', product_identification_helper: { purl: 'pkg:rpm/redhat/x@1' } } },
          { product: { product_id: 'RHEL', product_identification_helper: { cpe: 'cpe:/o:redhat:9' } } },
        ],
      },
    ],
    relationships: [
      {
        category: 'default_component_of',
        full_product_name: { product_id: 'RHEL:RPM', name: 'x of RHEL' },
        product_reference: 'RPM',
        relates_to_product_reference: 'RHEL',
      },
    ],
    product_groups: [{ group_id: 'G', product_ids: ['F', 'RHEL:RPM'] }],
  },
  vulnerabilities,
});
const vulnerability = (over: object) => ({ cve: 'CVE-2024-0001', ...over });
const rows = (document: object) =>
  vexOf(readCsaf(document as never)).map((r) => [r.product, r.status, r.justification, r.statement]);

describe('a CSAF document', () => {
  it('says of each product what its lists say', () => {
    const document = csaf([
      vulnerability({
        product_status: {
          known_not_affected: ['RHEL:RPM', 'F'],
          known_affected: ['RPM'],
          first_fixed: ['RHEL'],
          under_investigation: ['F'],
          recommended: ['RPM'],
        },
        flags: [{ label: 'vulnerable_code_not_present', product_ids: ['RHEL:RPM'] }],
        threats: [{ category: 'impact', details: 'never\nbuilt', group_ids: ['G'] }],
        remediations: [{ category: 'none_available', details: 'Affected', product_ids: ['RPM', 'RHEL'] }],
      }),
    ]);
    expect(isCsaf(document)).toBe(true);
    expect(rows(document)).toEqual([
      ['pkg:rpm/redhat/x@1 in cpe:/o:redhat:9', 'not_affected', 'vulnerable_code_not_present', 'never built'],
      ['Full name', 'not_affected', null, 'never built'],
      ['pkg:rpm/redhat/x@1', 'affected', null, 'Affected'],
      ['cpe:/o:redhat:9', 'fixed', null, null],
      ['Full name', 'under_investigation', null, null],
    ]);
    expect(readCsaf(document)).toMatchObject({
      records: 1,
      newest: '2024-03-01T00:00:00+00:00',
      problems: [],
    });
  });

  it('follows the product paths of version 2.1', () => {
    const document = csaf([vulnerability({ product_status: { fixed: ['P'] } })]);
    Object.assign(document.product_tree, {
      product_paths: [
        {
          beginning_product_reference: 'RPM',
          subpaths: [{ next_product_reference: 'RHEL' }, { next_product_reference: 'F' }],
          full_product_name: { product_id: 'P', name: 'P' },
        },
      ],
    });
    expect(rows(document)).toEqual([
      ['pkg:rpm/redhat/x@1 in cpe:/o:redhat:9 in Full name', 'fixed', null, null],
    ]);
  });

  it('claims each vector and each word once', () => {
    const score = (vectorString: string) => ({ cvss_v3: { vectorString }, products: ['F'] });
    const vector = 'CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:H';
    const reading = readCsaf(
      csaf([
        vulnerability({
          scores: [score(vector), score(vector), score('nonsense')],
          threats: [
            { category: 'impact', details: 'Moderate' },
            { category: 'impact', details: 'Moderate' },
            { category: 'impact', details: 'It was not built in.' },
          ],
        }),
        { ids: [{ text: 'no CVE' }], scores: [score(vector)] },
      ]),
    ) as Reading;
    const claims = reading.parts.flatMap((p) =>
      p.kind === 'claims' ? p.units.flatMap((u) => u.claims) : [],
    );
    expect(claims.map((c) => [c.cve, c.source, c.kind, c.value, c.vector])).toEqual([
      ['CVE-2024-0001', 'csaf:Red Hat Product Security', 'cvss', '5.9', vector],
      ['CVE-2024-0001', 'csaf:Red Hat Product Security', 'word', 'Moderate', null],
    ]);
  });

  it('tells of a product that it does not describe', () => {
    const document = csaf([vulnerability({ product_status: { fixed: ['LOST'] } })]);
    expect(readCsaf(document)).toMatchObject({
      problems: ['it speaks of the product "LOST", which it does not describe'],
    });
    expect(rows(document)).toEqual([['LOST', 'fixed', null, null]]);
  });

  it.each([
    ['deleted', 1],
    ['draft', 0],
  ])('that is %s says nothing', (status, parts) => {
    const reading = readCsaf(
      csaf([vulnerability({ product_status: { fixed: ['F'] } })], { status }),
    ) as Reading;
    expect(vexOf(reading)).toEqual([]);
    expect(reading.parts).toHaveLength(parts);
  });

  it('without an id is damaged', () => expect(readCsaf(csaf([], { id: 7 }))).toBe('it has no tracking id'));
  it('survives any shape', () => {
    const document = {
      ...csaf([null as never, 7 as never, { cve: 7 }]),
      product_tree: { branches: [null, { branches: 7 }], relationships: [7] },
    };
    expect(readCsaf(document)).toMatchObject({ problems: [] });
  });
});
