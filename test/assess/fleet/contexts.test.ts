import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assessFleet } from '../../../src/assess/fleet/assess-fleet.ts';
import { ringsOfAssets } from '../../../src/assess/fleet/govern.ts';
import { assetFindings, byRing } from '../../../src/assess/fleet/queries.ts';
import type { Baseline } from '../../../src/contracts/generated/baseline.ts';
import type { Exception } from '../../../src/contracts/generated/exception.ts';
import type { FleetStore } from '../../../src/ports/fleet-store.ts';
import type { PolicyRule } from '../../../src/ports/policy-engine.ts';
import { FAKE_READS, fakePolicy } from '../../support/fakes/policy-decide.ts';
import { loadRows, tempFleetStore } from '../../support/fleet-store.ts';
import { aBaseline, anAsset, anException, aWorld } from '../../support/fleet-world.ts';

let store: FleetStore;
beforeAll(async () => {
  store = await tempFleetStore();
});
afterAll(() => store.close());

interface Case {
  readonly assets: readonly ReturnType<typeof anAsset>[];
  readonly baselines: readonly Baseline[];
  readonly exceptions?: readonly Exception[];
  readonly limit?: number;
  readonly asOf?: string;
  readonly rules?: readonly PolicyRule[];
  readonly reads?: readonly string[];
}

async function assess(c: Case) {
  await loadRows(store, aWorld([...c.assets]));
  const limits = c.limit === undefined ? {} : { contexts: c.limit };
  const config = { limits, intel: { feeds: [] } } as never;
  const documents = { config, baselines: c.baselines, exceptions: c.exceptions ?? [], holds: [] };
  return assessFleet(
    { store, policy: fakePolicy(), reads: c.reads ?? FAKE_READS, rules: c.rules ?? [] },
    { documents, asOf: c.asOf ?? '2024-10-24T12:00:00Z' },
  );
}

async function statusesOf(...assets: string[]): Promise<readonly string[]> {
  return (await assetFindings(store, assets)).map((f) => `${f.asset}: ${f.status}`);
}

const prod = { all: [{ label: 'env', in: ['prod'] }] };

describe('baselines', () => {
  it.each<[string, readonly Baseline[], string]>([
    ['none selects it', [aBaseline('a', { select: prod })], 'h: ungoverned'],
    ['one selects it', [aBaseline('a')], 'h: missing'],
    ['a tie is unknown', [aBaseline('a'), aBaseline('b')], 'h: unknown'],
    ['no ring is unknown', [aBaseline('a', { rings: [{ id: 'r', select: prod }] })], 'h: unknown'],
  ])('%s', async (_name, baselines, expected) => {
    await assess({ assets: [anAsset('h', { env: 'test' })], baselines });
    expect(await statusesOf('h')).toEqual([expected]);
  });

  it('names the reason of an unknown asset and counts it', async () => {
    await assess({
      assets: [anAsset('both', { env: 'prod' }), anAsset('fine', { env: 'test' }), anAsset('none', {})],
      baselines: [
        aBaseline('a', { select: { any: [{ label: 'env', exists: true }] } }),
        aBaseline('b', { select: prod }),
      ],
    });
    expect((await byRing(store)).map((r) => [r.baseline, r.ring, r.unknown, r.assets, r.open])).toEqual([
      ['a', 'all', null, 1, 1],
      [null, null, 'two-baselines', 1, 0],
      [null, null, null, 1, 0],
    ]);
  });

  it('the highest priority wins', async () => {
    await loadRows(store, aWorld([anAsset('h', {})]));
    const [low, high] = [aBaseline('low'), aBaseline('high', { priority: 11 })];
    expect(await ringsOfAssets(store, [high, low])).toEqual([{ asset: 'h', baseline: 'high', ring: 'all' }]);
  });

  it('a baseline without rings holds nothing', async () => {
    await loadRows(store, aWorld([anAsset('h', {})]));
    expect(await ringsOfAssets(store, [aBaseline('a', { rings: [] })])).toEqual([]);
  });

  it('the first ring that selects an asset holds it', async () => {
    await loadRows(store, aWorld([anAsset('p', { env: 'prod' }), anAsset('t', { env: 'test' })]));
    const rings = [
      { id: 'first', select: prod },
      { id: 'rest', select: {} },
    ];
    expect(await ringsOfAssets(store, [aBaseline('a', { rings })])).toEqual([
      { asset: 'p', baseline: 'a', ring: 'first' },
      { asset: 't', baseline: 'a', ring: 'rest' },
    ]);
  });
});

describe('exceptions', () => {
  const of = (change: Partial<Exception>) => anException('e', change);
  const cases: readonly (readonly [string, Partial<Exception>, string])[] = [
    ['on its advisory', {}, 'excepted'],
    ['on an alias of it', { match: { advisories: ['CVE-2024-1'] } }, 'excepted'],
    ['on another advisory', { match: { advisories: ['ADV-9'] } }, 'missing'],
    ['on its source package', { match: { component: { name: 'openssl' } } }, 'excepted'],
    ['below a later version', { match: { component: { name: 'openssl', before: '2' } } }, 'excepted'],
    ['below its own version', { match: { component: { name: 'openssl', before: '1.0-1' } } }, 'missing'],
    ['on other assets', { select: prod }, 'missing'],
    ['from today', { validFrom: '2024-10-24' }, 'excepted'],
    ['from tomorrow', { validFrom: '2024-10-25' }, 'missing'],
    ['until today', { validUntil: '2024-10-24' }, 'excepted'],
    ['until yesterday', { validUntil: '2024-10-23' }, 'missing'],
  ];

  it('hold on their days, for their assets and findings', async () => {
    const assets = cases.map(([name]) => anAsset(name, { name }));
    const exceptions = cases.map(([name, change], i) =>
      anException(`e${i}`, { select: { all: [{ label: 'name', in: [name] }] }, ...change }),
    );
    await assess({ assets, baselines: [aBaseline('a')], exceptions });
    const expected = cases.map(([name, , status]) => `${name}: ${status}`).sort();
    expect(await statusesOf(...cases.map(([name]) => name))).toEqual(expected);
  });

  it('stops to count when it covers more assets than it may', async () => {
    const assets = [anAsset('h', {}), anAsset('i', {})];
    const baselines = [aBaseline('a')];
    const two = await assess({ assets, baselines, exceptions: [of({ maxAssets: 2 })] });
    expect(two.exceeded).toEqual([]);
    expect(await statusesOf('h', 'i')).toEqual(['h: excepted', 'i: excepted']);
    const one = await assess({ assets, baselines, exceptions: [of({ maxAssets: 1 })] });
    expect(one.exceeded).toEqual([{ exception: 'e', assets: 2, maxAssets: 1 }]);
    expect(await statusesOf('h', 'i')).toEqual(['h: missing', 'i: missing']);
  });
});

describe('contexts', () => {
  it('a label that no rule reads splits nothing', async () => {
    const assets = ['a', 'b', 'c'].map((id) => anAsset(id, { id }));
    expect(await assess({ assets, baselines: [aBaseline('a')] })).toMatchObject({
      contexts: 1,
      decisions: 1,
    });
  });

  it('a label that a rule reads enters, and counts', async () => {
    const assets = [anAsset('a', { exposure: 'internet' }), anAsset('b', { exposure: 'internal' })];
    expect(await assess({ assets, baselines: [aBaseline('a')] })).toMatchObject({
      contexts: 2,
      decisions: 2,
    });
    const [a, b] = await assetFindings(store, ['a', 'b']);
    // Published 2024-10-01, 30 days; the rule halves them on the internet.
    expect([a?.due, b?.due]).toEqual(['2024-10-16', '2024-10-31']);
    expect([a?.overdue, b?.overdue]).toEqual([true, false]);
  });

  it('a label that no asset can have is read as none', async () => {
    const assets = [anAsset('a', { exposure: 'internet' }), anAsset('b', { exposure: 'internal' })];
    const reads = ['Exposure', "o'hare"];
    expect(await assess({ assets, baselines: [aBaseline('a')], reads })).toMatchObject({ contexts: 1 });
    const select = { all: [{ label: 'exposure', in: ['internet'] }] };
    await assess({ assets, baselines: [aBaseline('a', { select })], reads });
    expect(await store.rows('SELECT DISTINCT reads FROM context')).toEqual([{ reads: [null, null] }]);
  });

  it('says which rules read the label that takes too many values', async () => {
    const assets = ['a', 'b', 'c'].map((id) => anAsset(id, { exposure: id }));
    const rules = [
      { id: 'deadlines/one', reads: ['exposure'] },
      { id: 'deadlines/two', reads: ['zone'] },
      { id: 'deadlines/three', reads: ['zone', 'exposure'] },
    ] as unknown as readonly PolicyRule[];
    await expect(assess({ assets, baselines: [aBaseline('a')], limit: 2, rules })).rejects.toMatchObject({
      message: expect.stringContaining('"exposure", which deadlines/one and deadlines/three read,'),
    });
  });

  it('says which label takes too many values', async () => {
    const assets = ['a', 'b', 'c'].map((id) => anAsset(id, { exposure: id }));
    await expect(assess({ assets, baselines: [aBaseline('a')], limit: 2 })).rejects.toMatchObject({
      code: 'bad-document',
      message: expect.stringMatching(/3 contexts.*limits\.contexts \(2\).*"exposure".*3 different/),
    });
  });
});

describe('a day', () => {
  it.each([
    ['2024-10-31T23:59:59Z', 0],
    ['2024-11-01T00:00:00Z', 1],
  ])('what is due on it is overdue once it is over: %s', async (asOf, overdue) => {
    const assessment = await assess({ assets: [anAsset('h', {})], baselines: [aBaseline('a')], asOf });
    expect(assessment.overdue).toBe(overdue);
  });
});

describe('what cannot be judged', () => {
  it('is one finding of the asset, never none', async () => {
    const dark = { ...anAsset('dark', {}), unknown: 'unreadable', set: 'nothing', stream: null };
    await assess({ assets: [dark, anAsset('h', {})], baselines: [aBaseline('a')] });
    expect(await statusesOf('dark', 'h')).toEqual(['dark: unknown', 'h: missing']);
  });

  it('is also an asset whose stream has no advisories at all', async () => {
    const other = { ...anAsset('other', {}), stream: 'debian:99:amd64' };
    await assess({ assets: [other], baselines: [aBaseline('a')] });
    expect(await statusesOf('other')).toEqual(['other: unknown']);
  });
});
