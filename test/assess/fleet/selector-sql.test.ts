import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFleetDuckdb } from '../../../src/adapters/fleet-duckdb.ts';
import { insertSelected } from '../../../src/assess/fleet/insert-selected.ts';
import { selectorSql } from '../../../src/assess/fleet/selector-sql.ts';
import type { Selector } from '../../../src/contracts/generated/baseline.ts';
import type { AssetRow } from '../../../src/contracts/generated/fleet-rows.ts';
import { appendRows, storedRows } from '../../../src/observe/snapshot.ts';
import type { FleetStore } from '../../../src/ports/fleet-store.ts';
import { labels, selector, term } from '../../support/arbitrary-selector.ts';
import { naiveSelects } from '../../support/naive-selector.ts';
import { sharedDir } from '../../support/temp-dir.ts';

let store: FleetStore;
beforeAll(async () => {
  store = await openFleetDuckdb({ directory: sharedDir() });
});
afterAll(() => store.close());

const assetWith = (asset: string, own: Record<string, string>): AssetRow => ({
  asset,
  stream: null,
  set: 'none',
  labels: own,
  unknown: null,
  runningKernel: null,
  rebootRequired: false,
  observedAt: '2024-10-24T00:00:00Z',
  source: 'test',
});

async function selected(one: Selector): Promise<readonly string[]> {
  const { sql, params } = selectorSql(one);
  const rows = await store.rows<{ asset: string }>(
    `SELECT asset FROM assets WHERE ${sql} ORDER BY asset`,
    params,
  );
  return rows.map((r) => r.asset);
}

describe('selectors as SQL', () => {
  it('an empty selector selects every asset, also one without labels', async () => {
    await appendRows(store, 'assets', 'assets', {
      assets: [assetWith('a', {}), assetWith('b', { env: 'x' })],
    });
    expect(await selected({})).toEqual(['a', 'b']);
    expect(await selected({ all: [] })).toEqual(['a', 'b']);
  });

  it.each<[string, Selector, string[]]>([
    ['in', { all: [{ label: 'env', in: ['prod', 'test'] }] }, ['p', 't']],
    [
      'notIn also holds where the label is not there',
      { all: [{ label: 'env', notIn: ['prod'] }] },
      ['n', 't'],
    ],
    ['exists', { all: [{ label: 'env', exists: true }] }, ['p', 't']],
    ['does not exist', { all: [{ label: 'env', exists: false }] }, ['n']],
    ['prefix', { all: [{ label: 'env', prefix: 'pr' }] }, ['p']],
    ['none', { none: [{ label: 'env', in: ['prod'] }] }, ['n', 't']],
    [
      'any',
      {
        any: [
          { label: 'env', in: ['test'] },
          { label: 'env', exists: false },
        ],
      },
      ['n', 't'],
    ],
  ])('%s', async (_name, one, expected) => {
    await appendRows(store, 'assets', 'assets', {
      assets: [assetWith('p', { env: 'prod' }), assetWith('t', { env: 'test' }), assetWith('n', {})],
    });
    expect(await selected(one)).toEqual(expected);
  });

  it('agrees with the plain reading on any labels and selectors', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(labels, { minLength: 1, maxLength: 8 }), selector, async (fleet, one) => {
        const rows = fleet.map((own, i) => assetWith(`a${i}`, own));
        await appendRows(store, 'assets', 'assets', { assets: rows });
        expect(await selected(one)).toEqual(
          rows.filter((r) => naiveSelects(one, r.labels)).map((r) => r.asset),
        );
      }),
      { numRuns: 80 },
    );
  });

  it('refuses a condition that says nothing', () => {
    expect(() => selectorSql({ all: [{ label: 'env' }] })).toThrow(/says nothing/);
  });

  it('many at once select what each one selects', async () => {
    const assets = Array.from({ length: 130 }, (_, i) =>
      assetWith(`host-${i}`, { id: `${i}`, odd: `${i % 2}` }),
    );
    await appendRows(store, 'assets', 'assets', storedRows({ assets }));
    await store.run('CREATE OR REPLACE TABLE chosen (one VARCHAR, weight INTEGER, asset VARCHAR)');
    const each = assets.map(({ asset, labels: { id = '' } }, i) => ({
      values: { one: asset, weight: i },
      select: { all: [{ label: 'id', in: [id] }] },
    }));
    const odd = { values: { one: 'odd', weight: -1 }, select: { none: [{ label: 'odd', in: ['0'] }] } };
    await insertSelected(store, 'chosen', { from: 'assets', key: 'asset' }, [...each, odd]);
    const [told] = await store.rows(
      'SELECT count(*) FILTER (one = asset) AS own, count(*) FILTER (weight = -1) AS odd, count(*) AS n FROM chosen',
    );
    expect(told).toEqual({ own: 130, odd: 65, n: 195 });
  });

  it('many at once agree with the plain reading, on a map and on a struct, all over and within', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(labels, { minLength: 1, maxLength: 8 }),
        fc.array(fc.oneof(selector, oneTerm), { maxLength: 6 }),
        async (fleet, selectors) => {
          const rows = fleet.map((own, i) => assetWith(`a${i}`, own));
          await appendRows(store, 'assets', 'assets', { assets: rows });
          await store.run(STRUCT);
          await store.run('CREATE OR REPLACE TABLE owner AS SELECT asset, asset AS own FROM assets');
          const wanted = selectors.map((select, no) => ({ values: { own: `a${no % 3}`, no }, select }));
          const expected = wanted.flatMap(({ values, select }) =>
            rows.flatMap((r) => (naiveSelects(select, r.labels) ? [{ ...values, asset: r.asset }] : [])),
          );
          for (const from of ['assets', 'columns'])
            for (const within of [undefined, { table: 'owner', column: 'own' }]) {
              await store.run('CREATE OR REPLACE TABLE chosen (own VARCHAR, no INTEGER, asset VARCHAR)');
              await insertSelected(
                store,
                'chosen',
                { from, key: 'asset', ...(within && { within }) },
                wanted,
              );
              expect(await store.rows('FROM chosen ORDER BY no, asset')).toEqual(
                expected.filter((e) => !within || e.own === e.asset),
              );
            }
        },
      ),
      { numRuns: 30 },
    );
  });
});

/** The labels of the assets as profiles have them. */
const STRUCT = `CREATE OR REPLACE TABLE columns AS SELECT asset,
  {env: labels['env'], role: labels['role'], unit: labels['unit']} AS labels FROM assets`;
const oneTerm = term.map((t) => ({ all: [t] }));
