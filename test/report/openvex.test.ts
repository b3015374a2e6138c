import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AcceptedFinding, AcceptedRisk } from '../../src/domain/accepted-risk.ts';
import { versionPurl } from '../../src/domain/purl.ts';
import { parseVexProduct } from '../../src/domain/vex-product.ts';
import { isOpenVex, readOpenVex } from '../../src/observe/intel/openvex.ts';
import { openVexJson } from '../../src/report/openvex.ts';
import { anException } from '../support/fleet-world.ts';
import { hasSharedData, SHARED_DATA, sharedDataNote } from '../support/shared-data.ts';

const accepted = (exception: string, change: Partial<AcceptedFinding> = {}): AcceptedFinding => ({
  exception,
  advisory: 'CVE-2024-1',
  names: ['CVE-2024-1', 'ADV-1'],
  stream: 'debian:12:amd64',
  name: 'libssl3',
  arch: 'amd64',
  version: '3.0.14-1~deb12u2',
  ...change,
});
const risk = (change: Partial<AcceptedRisk> = {}): AcceptedRisk => ({
  repository: 'example/policy',
  asOf: '2024-10-24T12:00:00Z',
  exceptions: [anException('exc-1')],
  accepted: [accepted('exc-1')],
  ...change,
});
const PURL = 'pkg:deb/debian/libssl3@3.0.14-1~deb12u2?arch=amd64&distro=debian-12';
const PRODUCT = 'https://patchwarden.dev/vex/example/policy/exceptions/exc-1';

const parsed = (of: AcceptedRisk) => JSON.parse(openVexJson(of)) as Record<string, never>;
const readBack = (of: AcceptedRisk) => {
  const document = parsed(of);
  expect(isOpenVex(document)).toBe(true);
  const reading = readOpenVex(document, { feed: 'own' });
  if (typeof reading === 'string') throw new Error(reading);
  expect(reading.problems).toEqual([]);
  return reading.parts.flatMap((p) => (p.kind === 'vex' ? p.rows : []));
};

describe('accepted risks as OpenVEX', () => {
  it('say what is affected, where, and what is done about it', () => {
    expect(parsed(risk())).toEqual({
      '@context': 'https://openvex.dev/ns/v0.2.0',
      '@id': expect.stringMatching(/^https:\/\/patchwarden\.dev\/vex\/example\/policy\/sha256-[0-9a-f]{64}$/),
      author: 'example/policy',
      timestamp: '2024-10-24T12:00:00Z',
      version: 1,
      tooling: 'patchwarden',
      statements: [
        {
          vulnerability: { name: 'CVE-2024-1', aliases: ['ADV-1'] },
          products: [{ '@id': PRODUCT, subcomponents: [{ '@id': PURL, identifiers: { purl: PURL } }] }],
          status: 'affected',
          action_statement: 'Risk accepted until 2024-12-31: test',
          status_notes: 'Exception exc-1 of team:ops, ticket T-1, in force from 2024-01-01 to 2024-12-31',
        },
      ],
    });
  });

  it.each([
    [
      { decision: 'mitigated', controls: ['a wall', 'a moat'] },
      'Mitigated by controls until 2024-12-31: test. Controls: a wall; a moat',
    ],
    [{ decision: 'vendor-pending' }, 'Waiting for the vendor until 2024-12-31: test'],
  ] as const)('of %j are affected all the same', (change, action) => {
    const exceptions = [
      anException('exc-1', { ...change, controls: [...('controls' in change ? change.controls : [])] }),
    ];
    expect(readBack(risk({ exceptions }))).toMatchObject([{ status: 'affected', statement: action }]);
  });

  it('are no risk only where they are false positives', () => {
    const exception = anException('exc-1', { decision: 'false-positive' });
    expect(readBack(risk({ exceptions: [exception] }))).toMatchObject([
      { status: 'not_affected', justification: null, statement: 'test' },
    ]);
    const justification = 'vulnerable_code_not_present';
    expect(readBack(risk({ exceptions: [{ ...exception, justification }] }))).toMatchObject([
      { status: 'not_affected', justification, statement: 'test' },
    ]);
  });

  it('are one statement for each vulnerability, with every package once', () => {
    const rows = readBack(
      risk({
        exceptions: [anException('exc-1'), anException('exc-2'), anException('idle')],
        accepted: [
          accepted('exc-2'),
          accepted('exc-1', { name: 'openssl' }),
          accepted('exc-1'),
          accepted('exc-1'),
          accepted('exc-1', { advisory: 'DSA-1', names: ['DSA-1'] }),
        ],
      }),
    );
    expect(rows.map((r) => [r.vulnerability, r.product])).toEqual([
      ['CVE-2024-1', `${PURL} in ${PRODUCT}`],
      ['CVE-2024-1', `${PURL.replace('libssl3', 'openssl')} in ${PRODUCT}`],
      ['DSA-1', `${PURL} in ${PRODUCT}`],
      ['CVE-2024-1', `${PURL} in ${PRODUCT.replace('exc-1', 'exc-2')}`],
    ]);
  });

  it('are never taken for a word about the package itself when they are read again', () => {
    for (const { product } of readBack(risk()))
      expect(parseVexProduct(product)).toMatchObject({ whole: false });
  });

  it('are equal bytes for equal facts, with another id for others', () => {
    expect(openVexJson(risk())).toBe(openVexJson(risk()));
    const later = parsed(risk({ asOf: '2024-10-25T12:00:00Z' }));
    expect(later['@id']).not.toBe(parsed(risk())['@id']);
  });

  it('without one are no document', () => {
    expect(() => openVexJson(risk({ accepted: [] }))).toThrow(/no exception accepts a vulnerability/);
  });

  it.skipIf(!hasSharedData)(`are what the schema of OpenVEX asks for${sharedDataNote}`, () => {
    const schema = JSON.parse(
      readFileSync(join(SHARED_DATA, 'schemas/openvex/openvex_json_schema.json'), 'utf8'),
    ) as object;
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
    const falsePositive = anException('exc-2', { decision: 'false-positive' });
    const all = risk({
      exceptions: [anException('exc-1'), falsePositive],
      accepted: [accepted('exc-1'), accepted('exc-2')],
    });
    expect(validate(parsed(all)) || validate.errors).toBe(true);
    expect(validate({ ...parsed(all), statements: [] })).toBe(false);
  });
});

describe('the package URL of a version', () => {
  it.each([
    ['debian:12:amd64', '1:2.0+b1-1', 'pkg:deb/debian/x@1%3A2.0%2Bb1-1?arch=amd64&distro=debian-12'],
    [
      'almalinux:9:x86_64',
      '1:2.0-1.el9',
      'pkg:rpm/almalinux/x@2.0-1.el9?arch=amd64&distro=almalinux-9&epoch=1',
    ],
    ['almalinux:9:x86_64', '2.0-1.el9', 'pkg:rpm/almalinux/x@2.0-1.el9?arch=amd64&distro=almalinux-9'],
  ])('of %s %s', (stream, version, purl) => expect(versionPurl(stream, 'x', 'amd64', version)).toBe(purl));

  it('names exactly that package to whoever reads it', () => {
    const stream = fc.constantFrom('debian:12:amd64', 'ubuntu:22.04:amd64', 'almalinux:9:x86_64');
    const version = fc.stringMatching(/^([1-9]:)?[0-9][A-Za-z0-9.+~]{0,8}-[0-9]{1,2}$/);
    const name = fc.stringMatching(/^[a-z0-9][a-z0-9+.-]{1,8}$/);
    fc.assert(
      fc.property(stream, name, version, (s, n, v) => {
        const [distro, release] = s.split(':');
        expect(parseVexProduct(versionPurl(s, n, 'amd64', v))).toMatchObject({
          distro,
          name: n,
          version: v,
          arch: 'amd64',
          ecosystem: `${distro ?? ''}:${release ?? ''}`,
          whole: true,
        });
      }),
    );
  });
});
